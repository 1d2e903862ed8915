"""What a deployment of a sandbox came to, and what to do next."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from preamp.cli.wording import unenforced_line
from preamp.sandbox.functions import function_paths, shortest_path, users_functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.assembly.read import CloudAssembly
    from preamp.sandbox.deployment import SandboxDeployment
    from preamp.sandbox.place import SandboxPlace


def write_summary(
    deployment: SandboxDeployment, place: SandboxPlace, seconds: float, *, as_json: bool
) -> None:
    """Write the summary to stdout."""
    if as_json:
        click.echo(json.dumps(_facts(deployment, seconds)))
        return
    for line in _lines(deployment, place, seconds):
        click.echo(line)


def _facts(deployment: SandboxDeployment, seconds: float) -> dict[str, object]:
    return {
        "result": "unchanged" if deployment.result.no_op else "deployed",
        "changes": len(deployment.result.changes),
        "seconds": round(seconds, 3),
        "endpoint": deployment.connection.endpoint,
        "enforces_iam": deployment.connection.enforces_iam,
        "stack": deployment.assembly.stack_name,
        "outputs_file": str(deployment.outputs_file),
    }


def _lines(deployment: SandboxDeployment, place: SandboxPlace, seconds: float) -> Iterator[str]:
    result = deployment.result
    verb = "hotswapped" if result.hotswapped else "deployed"
    headline = "nothing changed" if result.no_op else f"{verb} {_changes(len(result.changes))}"
    yield ""
    yield f"{click.style(headline, fg='green', bold=True)} in {seconds:.1f} s"
    yield f"  cloud    {deployment.connection.endpoint}"
    yield f"  outputs  {os.path.relpath(deployment.outputs_file)}"
    if not deployment.connection.enforces_iam:
        yield unenforced_line()
    yield from _next(_any_function(deployment.assembly), place.option)


def _next(function: str | None, option: str) -> Iterator[str]:
    """What can be done now, each command with the option that leads it to this sandbox."""
    if function:
        yield f"  next     preamp invoke {function}{option}"
        others = ["preamp logs", "preamp mail list", "preamp sandbox stop"]
    else:
        yield f'  next     eval "$(preamp sandbox env{option})"'
        others = ["preamp sandbox stop"]
    if option:
        yield from (f"           {command}{option}" for command in others)
    else:
        yield f"           {'    '.join(others)}"


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


def _any_function(assembly: CloudAssembly) -> str | None:
    """The shortest path that tells one of the user's functions from the others."""
    own = users_functions(assembly)
    return shortest_path(own[0], function_paths(assembly)) if own else None
