"""Finds the functions of a deployed sandbox by their construct path."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.contract.local_code import LocalCode
from preamp.contract.secret_names import FETCHER
from preamp.errors import UserError
from preamp.sandbox.resources import deployed_resources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mypy_boto3_cloudformation import CloudFormationClient

    from preamp.assembly.read import CloudAssembly

_MACHINERY: Final = re.compile(
    rf"/(?:{FETCHER}|Custom::|framework-|BucketNotificationsHandler|LogRetention)"
    r"|CustomResourceProvider|TableManager"
)
"""Functions that the CDK and other libraries bring along for their own resources."""

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


def code_directories(assembly: CloudAssembly) -> dict[str, Path]:
    """The code of each function, by its construct path."""
    assets = {asset.object_key: asset.path for asset in assembly.assets}
    found: dict[str, Path] = {}
    for stack in assembly.stack.tree():
        for logical_id, resource in stack.resources.items():
            code = resource.get("Properties", {}).get("Code")
            key = code.get("S3Key") if isinstance(code, dict) else None
            if resource["Type"] == FUNCTION and isinstance(key, str) and key in assets:
                found[stack.path_of(logical_id)] = assets[key]
    return found


def users_functions(assembly: CloudAssembly) -> list[str]:
    """Construct paths of the functions that a user wants to call, the project's own files first."""
    linked = {
        path
        for path, code in code_directories(assembly).items()
        if code.is_dir() and LocalCode.read(code).sources
    }
    plain = [path for path in function_paths(assembly) if not _MACHINERY.search(f"/{path}")]
    return sorted(plain, key=lambda path: path not in linked)


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
