"""`preamp logs`: what the sandbox's functions logged."""

from __future__ import annotations

import json
import re
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from preamp.cli import wiring
from preamp.cli.completion import complete_path
from preamp.cli.environments import (
    AccountOptions,
    EnvironmentOptions,
    account_options,
    target_option,
)
from preamp.cli.options import identifier_option, json_option
from preamp.cli.patterns import compiled
from preamp.cli.render import Silence
from preamp.cli.wording import logged_line
from preamp.errors import UserError
from preamp.events import FunctionLogged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.environment.place import Environment
    from preamp.sandbox.logs import LogLine, LogReader

_LOOK_AGAIN_SECONDS: Final = 0.2
_LATELY: Final = "1h"
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
@click.option("--stack", metavar="NAME", help="Root stack of a backend at AWS, or its ARN.")
@click.option("--branch", metavar="NAME", help="Branch that is deployed at AWS.")
@click.option("--app-id", metavar="ID", help="Amplify app of the branch, if there is one.")
@target_option
@account_options
@identifier_option
@json_option
def command(
    *,
    path: str | None,
    follow: bool,
    since: str | None,
    pattern: str | None,
    stack: str | None,
    branch: str | None,
    app_id: str | None,
    target: str,
    account: AccountOptions,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Show what the function at construct PATH logged, or all functions, oldest line first.

    Without --stack, --branch and --target those of the sandbox on this machine. At AWS, lines of
    the last hour are shown if --since says nothing else.
    """
    named = EnvironmentOptions(branch, app_id, identifier)
    named.check()
    if stack and (branch or identifier):
        raise click.UsageError("name a backend by --stack or by --branch")
    wanted = compiled("--filter", pattern or "")
    if target == "aws" and (stack or branch):
        raise click.UsageError("--target says where the sandbox is: name no --stack or --branch")
    if stack or branch or target == "aws":
        environment = None if stack else _environment(named)
        source = _at_aws(stack, environment, account, path, _milliseconds(since or _LATELY))
    elif account != AccountOptions():
        raise click.UsageError("--profile and --region go with --stack, --branch or --target aws")
    else:
        start = _milliseconds(since) if since else 0
        source = _Source(wiring.sandbox(identifier, Silence()).logs(path, since=start))
    shown = False
    with source.explaining:
        for line in source.following() if follow else source.reader.read():
            if wanted.search(line.text):
                names = source.reader.names
                click.echo(json.dumps(asdict(line)) if as_json else _shown(line, names))
                shown = True
    if not shown and not as_json:
        click.echo("nothing was logged yet", err=True)


@dataclass(frozen=True)
class _Source:
    """Where logs are read.

    Attributes:
        reader: Reads them.
        pause: Seconds between two looks.
        explaining: Turns what the reader raises into errors of ours.
    """

    reader: LogReader
    pause: float = _LOOK_AGAIN_SECONDS
    explaining: AbstractContextManager[None] = field(default_factory=nullcontext)

    def following(self) -> Iterator[LogLine]:
        """Lines as they come, until Ctrl-C."""
        try:
            while True:
                yield from self.reader.read()
                time.sleep(self.pause)
        except KeyboardInterrupt:  # the way to end it, no failure
            return


def _shown(line: LogLine, names: Mapping[str, str]) -> str:
    name = names.get(line.path, line.path)
    return logged_line(FunctionLogged(line.timestamp, line.path, name, line.text))


def _environment(named: EnvironmentOptions) -> Environment:
    """The branch that was named, or else the sandbox at AWS."""
    if named.branch:
        return named.environment()
    return wiring.cloud_environment(named.identifier)


def _at_aws(
    stack: str | None,
    environment: Environment | None,
    account: AccountOptions,
    path: str | None,
    since: int,
) -> _Source:
    from preamp.deploy.failure import explained
    from preamp.environment.deployment import last_assembly
    from preamp.sandbox.cloud_logs import cloud_logs

    target = account.target()
    name = environment.stack_name if environment else str(stack)
    known = last_assembly(environment) if environment else None
    reader = cloud_logs(name, target, known, path, since=since)
    return _Source(reader, reader.pause, explained(target))


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
