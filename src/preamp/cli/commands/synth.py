"""`preamp synth`: the cloud assembly, for the CDK's own tools and for CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from preamp.cli import wiring
from preamp.cli.environments import EnvironmentOptions
from preamp.cli.options import identifier_option, json_option
from preamp.cli.render import reporter_for

if TYPE_CHECKING:
    from preamp.assembly.read import CloudAssembly

_CDK_FOLDER: Final = "CDK_OUTDIR"
_DEFAULT: Final = "cdk.out"


@click.command(
    name="synth",
    short_help="Write the cloud assembly.",
    epilog="Example: preamp synth --out build && npx cdk diff --app build",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Folder for the assembly; $CDK_OUTDIR or {_DEFAULT} by default.",
)
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@click.option("--branch", metavar="NAME", help="With the names of a branch at AWS.")
@click.option("--app-id", metavar="ID", help="Amplify app of the branch, if there is one.")
@identifier_option
@json_option
def command(
    *,
    out: Path | None,
    quiet: bool,
    branch: str | None,
    app_id: str | None,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Write the cloud assembly of the backend, as it would be deployed to AWS.

    The plain CDK command line accepts the folder: cdk ls, cdk diff, cdk deploy with --app.
    """
    named = EnvironmentOptions(branch, app_id, identifier)
    named.check()
    from preamp.assembly.produce import produce_assembly
    from preamp.assembly.read import read_assembly
    from preamp.check import Validator, raise_on_errors
    from preamp.contract.cache import cache_root
    from preamp.contract.node import node_binary
    from preamp.sandbox.place import sandbox_place

    project = wiring.project()
    # the CDK's command line runs `app` of cdk.json with this variable set
    output = (out or Path(os.environ.get(_CDK_FOLDER, _DEFAULT))).resolve()
    checking = Validator(node=node_binary(), cache=cache_root() / "check")
    with reporter_for(as_json=as_json, quiet=quiet) as reporter, checking as validator:
        validator.prepare()
        place = named.environment() if branch else sandbox_place(project, identifier)
        backend_id = place.backend_id
        produce_assembly(project, backend_id, output, reporter)
        assembly = read_assembly(output)
        raise_on_errors(validator.check(assembly))
    if not quiet and not as_json:
        _summarize(assembly, output)


def _summarize(assembly: CloudAssembly, output: Path) -> None:
    stacks = list(assembly.stack.tree())
    resources = sum(len(stack.resources) for stack in stacks)
    shown = os.path.relpath(output)
    click.echo(f"{assembly.stack_name}: {resources} resources in {len(stacks)} stacks")
    click.echo(f"assembly  {shown}")
