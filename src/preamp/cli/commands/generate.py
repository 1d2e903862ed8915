"""`preamp generate`: what frontends need of a deployed backend."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from preamp.cli import wiring
from preamp.cli.options import (
    form_options,
    identifier_option,
    json_option,
)
from preamp.cli.render import Silence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.outputs.writing import OutputsForm


@click.group(
    name="generate",
    short_help="Files that frontends need.",
    epilog="Example: preamp generate outputs --format dart --out-dir lib",
)
def command() -> None:
    """Write files that frontends need, from what is deployed."""


@command.command(
    short_help="Write the outputs file.",
    epilog="Example: preamp generate outputs --app-id d1a2b3c4 --branch main",
)
@click.option("--stack", metavar="NAME", help="Root stack of a backend at AWS, or its ARN.")
@click.option("--app-id", metavar="ID", help="Amplify app at AWS; goes with --branch.")
@click.option("--branch", metavar="NAME", help="Branch of that app.")
@click.option("--profile", metavar="NAME", help="AWS profile to read it with.")
@form_options
@click.option(
    "--out-dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=".",
    help="Folder of the file; the working directory by default.",
)
@identifier_option
@json_option
def outputs(
    *,
    stack: str | None,
    app_id: str | None,
    branch: str | None,
    profile: str | None,
    form: OutputsForm,
    directory: Path,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Write the outputs file of a backend, from what its stack says.

    Without --stack or --branch that is the sandbox on this machine.
    """
    _check(stack=stack, app_id=app_id, branch=branch, identifier=identifier, profile=profile)
    if app_id and branch:
        from preamp.contract.identity import BackendId

        stack = BackendId(app_id, branch, "branch").stack_name
    if stack is None:
        files = wiring.sandbox(identifier, Silence()).generate_outputs(directory, form)
    else:
        from preamp.outputs.deployed import generate_outputs

        told = f"{stack}, of the branch {branch} of the app {app_id}" if branch else stack
        files = generate_outputs(stack, directory, form, profile=profile, told=told)
    _tell(files, as_json=as_json)


def _check(
    *,
    stack: str | None,
    app_id: str | None,
    branch: str | None,
    identifier: str | None,
    profile: str | None,
) -> None:
    """Refuse options that do not go together."""
    if stack and (app_id or branch):
        raise click.UsageError("name a backend by --stack, or by --app-id and --branch")
    if bool(app_id) != bool(branch):
        raise click.UsageError("--app-id and --branch go together")
    at_aws = stack or branch
    if at_aws and identifier:
        raise click.UsageError("--identifier names a sandbox on this machine, not a stack at AWS")
    if profile and not at_aws:
        raise click.UsageError("--profile goes with --stack, or with --app-id and --branch")


def _tell(files: Iterable[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"files": [str(path) for path in files]}))
        return
    for path in files:
        click.echo(f"wrote {os.path.relpath(path)}")
