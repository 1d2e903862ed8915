"""Finds the functions of a backend at AWS.

From what is deployed alone: whoever looks need not have the project. What was deployed from here
tells construct paths; without it they are made of logical ids, less the hash at the end of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.deployed import StackReader, read_stack
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.deploy.target import Target

_FUNCTION: Final = "AWS::Lambda::Function"
_HASH: Final = re.compile(r"(?<=.)[0-9A-F]{8}$")


@dataclass(frozen=True)
class EnvironmentFunction:
    """A function at AWS.

    Attributes:
        path: Construct path below the root stack.
        name: The function's name in Lambda.
    """

    path: str
    name: str


def environment_functions(
    stack_name: str, target: Target, assembly: CloudAssembly | None = None
) -> list[EnvironmentFunction]:
    """Find the functions of a deployed backend, in the order of the templates.

    Args:
        stack_name: Name or ARN of its root stack.
        target: The account, by rights that suffice to read the stack.
        assembly: What was deployed last from here, if anything.

    Raises:
        UserError: ``StackMissingError``.
    """
    cloudformation = target.clients.cloudformation
    if read_stack(cloudformation, stack_name) is None:
        raise UserError(
            "StackMissingError",
            f"there is no stack {stack_name} in {target.where}",
            "look whether region and credentials are the right ones, and whether it was deployed",
        )
    known = assembly.stack if assembly else None
    return list(_functions(stack_name, "", known, StackReader(cloudformation)))


def _functions(
    stack: str, parent: str, known: AssemblyStack | None, reader: StackReader
) -> Iterator[EnvironmentFunction]:
    running = reader.physical_ids(stack)
    resources: Mapping[str, Any] = reader.template(stack).get("Resources") or {}
    for logical_id, resource in resources.items():
        if logical_id not in running:
            continue
        path = known.paths.get(logical_id) if known else None
        path = path or "/".join(filter(None, (parent, _HASH.sub("", logical_id))))
        if resource["Type"] == _FUNCTION:
            yield EnvironmentFunction(path, running[logical_id])
        elif resource["Type"] == NESTED_STACK:
            inner = known.children.get(logical_id) if known else None
            yield from _functions(running[logical_id], path, inner, reader)
