"""`preamp logs`: what the sandbox's functions logged."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from preamp.cli import wiring
from preamp.cli.options import identifier_option, json_option
from preamp.cli.render import Silence


@click.command(
    name="logs",
    short_help="Show what functions logged.",
    epilog="Example: preamp logs CustomNotifications/Emailer",
)
@click.argument("path", required=False)
@identifier_option
@json_option
def command(*, path: str | None, identifier: str | None, as_json: bool) -> None:
    """Show what the function at construct PATH logged, or all functions, oldest line first."""
    lines = wiring.sandbox(identifier, Silence()).logs(path)
    for line in lines:
        if as_json:
            click.echo(json.dumps(asdict(line), ensure_ascii=False))
            continue
        moment = datetime.fromtimestamp(line.timestamp / 1000, UTC).astimezone()
        prefix = f"{moment:%H:%M:%S.%f}"[:-3]
        click.echo(f"{click.style(prefix, dim=True)} {line.path}  {line.text}")
    if not lines and not as_json:
        click.echo("nothing was logged yet", err=True)
