"""`preamp logs`: what the sandbox's functions logged."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from preamp.cli import wiring
from preamp.cli.completion import complete_path
from preamp.cli.options import identifier_option, json_option
from preamp.cli.patterns import compiled
from preamp.cli.render import Silence
from preamp.cli.wording import logged_line
from preamp.errors import UserError
from preamp.events import FunctionLogged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.sandbox.logs import LogLine, LogReader

_LOOK_AGAIN_SECONDS: Final = 0.2
_AGO: Final = re.compile(r"(\d+)([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@click.command(
    name="logs",
    short_help="Show what functions logged.",
    epilog="Example: preamp logs CustomNotifications/Emailer --follow --filter ERROR",
)
@click.argument("path", required=False, shell_complete=complete_path)
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@click.option("--since", metavar="TIME", help="5m, 2h, 1d ago, or a time such as 2026-01-31T10:00.")
@click.option("--filter", "pattern", metavar="REGEX", help="Only lines that match.")
@identifier_option
@json_option
def command(
    *,
    path: str | None,
    follow: bool,
    since: str | None,
    pattern: str | None,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Show what the function at construct PATH logged, or all functions, oldest line first."""
    start = _milliseconds(since) if since else 0
    wanted = compiled("--filter", pattern or "")
    reader = wiring.sandbox(identifier, Silence()).logs(path, since=start)
    shown = False
    for line in _following(reader) if follow else reader.read():
        if wanted.search(line.text):
            click.echo(json.dumps(asdict(line)) if as_json else _shown(line, reader.names))
            shown = True
    if not shown and not as_json:
        click.echo("nothing was logged yet", err=True)


def _shown(line: LogLine, names: Mapping[str, str]) -> str:
    name = names.get(line.path, line.path)
    return logged_line(FunctionLogged(line.timestamp, line.path, name, line.text))


def _following(reader: LogReader) -> Iterator[LogLine]:
    try:
        while True:
            yield from reader.read()
            time.sleep(_LOOK_AGAIN_SECONDS)
    except KeyboardInterrupt:  # the way to end it, no failure
        return


def _milliseconds(since: str) -> int:
    ago = _AGO.fullmatch(since)
    if ago:
        return int((time.time() - int(ago[1]) * _SECONDS[ago[2]]) * 1000)
    try:
        return int(datetime.fromisoformat(since).astimezone().timestamp() * 1000)
    except ValueError as error:
        raise UserError(
            "InvalidTimeError",
            f"--since {since!r} is no time",
            "give a span such as 30s, 5m, 2h or 1d, or a time such as 2026-01-31T10:00",
        ) from error
