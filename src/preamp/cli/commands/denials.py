"""`preamp sandbox denials`: calls that the sandbox's roles made and may not make."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from preamp.cli import wiring
from preamp.cli.options import identifier_option, json_option
from preamp.cli.render import Silence
from preamp.cli.wording import denial_lines


@click.command(
    name="denials",
    short_help="Show calls that were denied, and what allows them.",
    epilog="Example: preamp sandbox denials --json",
)
@identifier_option
@json_option
def denials(*, identifier: str | None, as_json: bool) -> None:
    """Show the last calls that permissions denied, and what allows them."""
    found = wiring.sandbox(identifier, Silence()).open_denials()
    if as_json:
        click.echo(json.dumps([asdict(denial) for denial in found], indent=2))
    elif found:
        click.echo("\n\n".join(denial_lines(denial) for denial in found))
    else:
        click.echo("nothing was denied", err=True)
