"""Finds the functions of a deployed sandbox by their construct path."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError
from preamp.sandbox.resources import deployed_resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation import CloudFormationClient

    from preamp.assembly.read import CloudAssembly

FUNCTION: Final = "AWS::Lambda::Function"
"""CloudFormation's type of a function."""


@dataclass(frozen=True)
class DeployedFunction:
    """A function of the sandbox.

    Attributes:
        path: Construct path below the root stack.
        name: The function's name in Lambda.
    """

    path: str
    name: str


def deployed_functions(
    assembly: CloudAssembly, cloudformation: CloudFormationClient
) -> list[DeployedFunction]:
    """All functions that are in the assembly and deployed, in the order of the templates."""
    found = deployed_resources(assembly, cloudformation, lambda kind: kind == FUNCTION)
    return [DeployedFunction(one.path, one.physical_id) for one in found]


def function_paths(assembly: CloudAssembly) -> list[str]:
    """Construct paths of all functions of an assembly, deployed or not."""
    return [
        stack.path_of(logical_id)
        for stack in assembly.stack.tree()
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == FUNCTION
    ]


def shortest_path(path: str, paths: Sequence[str], *, start: str = "") -> str | None:
    """The shortest end of a path by which `find_function` tells it from the others.

    Args:
        path: One of the paths.
        paths: All of them.
        start: What the end has to begin with.

    Returns:
        The end, or None if no such end begins so.
    """
    parts = path.split("/")
    ends = ("/".join(parts[-length:]) for length in range(1, len(parts) + 1))
    return next((end for end in ends if end.startswith(start) and _tells(end, path, paths)), None)


def find_function(path: str, functions: Sequence[DeployedFunction]) -> DeployedFunction:
    """The function at a construct path.

    Args:
        path: The path, or as much of its end as tells the function apart.
        functions: The functions there are.

    Raises:
        UserError: ``FunctionNotFoundError`` or ``AmbiguousFunctionError``.
    """
    wanted = path.strip("/")
    exact = [function for function in functions if function.path == wanted]
    found = exact or [one for one in functions if one.path.endswith(f"/{wanted}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            "AmbiguousFunctionError",
            f"{path!r} could be {' or '.join(one.path for one in found)}",
            "give more of the path",
        )
    raise _not_found(path, functions)


def _tells(end: str, path: str, paths: Sequence[str]) -> bool:
    """Whether an end of a path is this one's alone, or is all of it."""
    return end == path or [one for one in paths if f"/{one}".endswith(f"/{end}")] == [path]


def _not_found(path: str, functions: Sequence[DeployedFunction]) -> UserError:
    paths = [function.path for function in functions]
    tails = {path.rpartition("/")[2]: path for path in paths}
    near = difflib.get_close_matches(path, [*paths, *tails], n=1)
    if near:
        hint = f"did you mean {tails.get(near[0], near[0])}?"
    elif paths:
        hint = f"there are {', '.join(paths)}"
    else:
        hint = "the backend has no functions; add one and deploy it with 'preamp sandbox'"
    return UserError("FunctionNotFoundError", f"no function at {path!r}", hint)
