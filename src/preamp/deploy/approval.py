"""Data that a deployment would lose, and who decides whether it may.

Owns what is put before whoever decides. Must not know how the question is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

LossAction = Literal["remove", "replace"]

_DONE: Final[dict[LossAction, str]] = {"remove": "removed", "replace": "replaced by an empty one"}


@dataclass(frozen=True)
class DataRisk:
    """A resource that holds data, and that the deployment would delete or replace by an empty one.

    Attributes:
        path: Construct path below the root stack.
        resource_type: CloudFormation's type.
        kind: What it is, for people: ``table``, ``bucket``, ``user pool``, ….
        physical_id: Its name at the target.
        action: Whether it goes, or a new and empty one takes its place.
        holds: What is in it, for people, e.g. ``12 items``.
        properties: The properties whose change replaces it; none if it is removed.
        site: The user's line that made it, or that of what was around it.
    """

    path: str
    resource_type: str
    kind: str
    physical_id: str
    action: LossAction
    holds: str
    properties: tuple[str, ...] = ()
    site: Site | None = None

    @property
    def holding(self) -> str:
        """What it is and holds, for people, e.g. ``table Orders: 12 items``."""
        return f"{self.kind} {self.path}: {self.holds}"

    @property
    def fate(self) -> str:
        """What becomes of it and why, for people."""
        why = f", as {', '.join(self.properties)} changes" if self.properties else ""
        return f"{_DONE[self.action]}{why}"

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.holding}; it is {self.fate}"


class Approval(Protocol):
    """Decides whether a deployment may lose data."""

    def approve(self, risks: Sequence[DataRisk]) -> bool:
        """Decide; called once per deployment, before anything is changed, and only if need be.

        Args:
            risks: Everything that would be lost, in the order of the templates; not empty.

        Returns:
            False if nothing may be deployed.
        """


@dataclass(frozen=True)
class FixedApproval:
    """An answer given beforehand, as ``--allow-data-loss`` gives it.

    Attributes:
        allowed: The answer.
    """

    allowed: bool

    def approve(self, risks: Sequence[DataRisk]) -> bool:
        """Give the answer."""
        del risks
        return self.allowed
