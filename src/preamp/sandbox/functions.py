"""Finds the functions of a deployed sandbox by their construct path."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient

    from preamp.assembly.read import AssemblyStack, CloudAssembly

_FUNCTION: Final = "AWS::Lambda::Function"


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
    return list(_functions(assembly.stack, assembly.stack_name, cloudformation))


def function_paths(assembly: CloudAssembly) -> list[str]:
    """Construct paths of all functions of an assembly, deployed or not."""
    return [
        stack.path_of(logical_id)
        for stack in assembly.stack.tree()
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == _FUNCTION
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


def _functions(
    stack: AssemblyStack, name: str, cloudformation: CloudFormationClient
) -> Iterator[DeployedFunction]:
    wanted = {
        logical_id
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == _FUNCTION
    }
    if not wanted and not stack.children:
        return
    physical = _physical_ids(name, cloudformation)
    for logical_id in stack.resources:
        if logical_id in wanted and logical_id in physical:
            yield DeployedFunction(stack.path_of(logical_id), physical[logical_id])
        child = stack.children.get(logical_id)
        if child and logical_id in physical:
            yield from _functions(child, physical[logical_id], cloudformation)


def _physical_ids(stack: str, cloudformation: CloudFormationClient) -> dict[str, str]:
    found = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def _not_found(path: str, functions: Sequence[DeployedFunction]) -> UserError:
    paths = [function.path for function in functions]
    tails = {path.rpartition("/")[2]: path for path in paths}
    near = difflib.get_close_matches(path, [*paths, *tails], n=1)
    if near:
        hint = f"did you mean {tails.get(near[0], near[0])}?"
    elif paths:
        hint = f"there are {', '.join(paths)}"
    else:
        hint = "the backend has no functions; add one and deploy it with 'preamp sandbox --once'"
    return UserError("FunctionNotFoundError", f"no function at {path!r}", hint)
