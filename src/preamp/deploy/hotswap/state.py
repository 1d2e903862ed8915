"""What was hotswapped, remembered: it runs, and CloudFormation does not know of it.

Owns what the record says, and what was read of the stack that it is about. Must not know what a
sandbox is; whoever deploys says where the record lies.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.deployed import StackReader
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

    from preamp.deploy.deployed import Address, DeployedStack
    from preamp.deploy.hotswap.record import Record
    from preamp.deploy.plan import Resource

_VERSION: Final = 1


@dataclass(frozen=True)
class Hotswapped:
    """How what runs differs from CloudFormation's templates.

    Attributes:
        resources: The resources that differ, as they run.
        touched: Resources that were being changed when the process ended, as they may be by now, if
            they are not as above or as CloudFormation knows them. None for one of which nothing is
            known.
    """

    resources: Mapping[Address, Resource] = field(default_factory=dict)
    touched: Mapping[Address, Resource | None] = field(default_factory=dict)

    def possible(self) -> dict[Address, list[Resource | None]]:
        """Return what each resource that is not CloudFormation's may be."""
        found: dict[Address, list[Resource | None]] = {}
        for states in (self.resources, self.touched):
            for address, resource in states.items():
                found.setdefault(address, []).append(resource)
        return found


class HotswapState:
    """The record of one stack.

    It is written before the first call of a hotswap and after the last one, and speaks of one
    revision of the stack. If it is lost or speaks of another one, nothing goes wrong: everything
    that could have been hotswapped is then set to what CloudFormation knows, before anything else.
    """

    def __init__(self, record: Record) -> None:
        """Name the record.

        Args:
            record: Where it lies.
        """
        self._record = record
        self._reader: StackReader | None = None
        self._read_for: tuple[str, str] | None = None

    def read(self, stack: DeployedStack) -> Hotswapped | None:
        """Return what was hotswapped in a stack.

        Args:
            stack: The stack as it is.

        Returns:
            None if that is not known.
        """
        try:
            record = json.loads(self._record.read() or b"")
            if record["version"] != _VERSION or _key(record) != _key_of(stack):
                return None
            return Hotswapped(_by_address(record["resources"]), _by_address(record["touched"]))
        except (ValueError, KeyError, TypeError, IndexError):
            return None

    def write(
        self,
        stack: DeployedStack,
        resources: Mapping[Address, Resource],
        touched: Mapping[Address, Resource | None] | None = None,
    ) -> None:
        """Remember what runs.

        Args:
            stack: The stack as it is.
            resources: The resources that differ from CloudFormation's templates, as they run.
            touched: Resources that are about to be changed, as in `Hotswapped.touched`.

        Raises:
            UserError: ``HotswapRecordError`` if it cannot be written.
        """
        stack_id, revision = _key_of(stack)
        record = {
            "version": _VERSION,
            "stack": stack_id,
            "revision": revision,
            "resources": list(resources.items()),
            "touched": list((touched or {}).items()),
        }
        self._record.write(json.dumps(record))

    def settle(self, stack: DeployedStack, resources: Mapping[Address, Resource]) -> None:
        """Remember what runs, now that nothing is being changed.

        If that cannot be written, what is in the record is less certain, and no less true.

        Args:
            stack: The stack as it is.
            resources: As for `write`.
        """
        with contextlib.suppress(UserError):
            self.write(stack, resources)

    def forget(self) -> None:
        """Drop the record: the stack was changed behind its back, for instance restored."""
        self._record.forget()
        self._read_for = None

    def reader(self, stack: DeployedStack, cloudformation: CloudFormationClient) -> StackReader:
        """Return the reader of a stack; it is the same for as long as the stack is.

        Args:
            stack: The stack as it is.
            cloudformation: The target's client.
        """
        if self._reader is None or self._read_for != _key_of(stack):
            self._reader, self._read_for = StackReader(cloudformation), _key_of(stack)
        return self._reader


def _by_address(entries: Iterable[Any]) -> dict[Address, Any]:
    return {tuple(address): resource for address, resource in entries}


def _key(record: Mapping[str, Any]) -> tuple[str, str]:
    return record["stack"], record["revision"]


def _key_of(stack: DeployedStack) -> tuple[str, str]:
    return stack.stack_id, stack.revision
