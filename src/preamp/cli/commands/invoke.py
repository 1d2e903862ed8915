"""`preamp invoke`: call one function of the sandbox."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from preamp.cli import wiring
from preamp.cli.options import identifier_option, json_option, path_argument
from preamp.cli.render import Silence
from preamp.cli.wording import denial_lines
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.sandbox.invocation import Invocation


@click.command(
    name="invoke",
    short_help="Invoke a function of the sandbox.",
    epilog="Example: preamp invoke CustomNotifications/Publisher --event @event.json",
)
@path_argument
@click.option(
    "--event",
    default="{}",
    metavar="JSON|@FILE|-",
    help="The event: JSON, a file that holds it, or - for standard input; {} by default.",
)
@identifier_option
@json_option
@click.pass_context
def command(
    context: click.Context, *, path: str, event: str, identifier: str | None, as_json: bool
) -> None:
    """Invoke the function at construct PATH, or at the end of a path if that is unique.

    Its result goes to stdout, its log to stderr; with --json, all goes to stdout. If the handler
    raises, the exit status is 1.
    """
    payload = _payload(event)
    sandbox = wiring.sandbox(identifier, Silence())
    invocation = sandbox.invoke(path, payload)
    if as_json:
        click.echo(json.dumps(asdict(invocation), ensure_ascii=False))
    else:
        _show(invocation)
    if invocation.failure:
        context.exit(1)


def _payload(event: str) -> str:
    if event == "-":
        text, source = sys.stdin.read(), "standard input"
    elif event.startswith("@"):
        text, source = _read(Path(event[1:])), event[1:]
    else:
        text, source = event, "--event"
    try:
        json.loads(text)
    except ValueError as error:
        raise UserError(
            "InvalidEventError",
            f"{source} is not JSON: {error}",
            'give JSON, for example --event \'{"name": "value"}\'',
        ) from error
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            "InvalidEventError", f"{path} cannot be read: {error.strerror}", "mend the file's name"
        ) from error


def _show(invocation: Invocation) -> None:
    for line in _logged(invocation):
        click.echo(line, err=True)
    if invocation.failure is None:
        click.echo(json.dumps(invocation.result, indent=2, ensure_ascii=False))
        return
    click.echo(click.style("the handler raised an exception", fg="red", bold=True), err=True)
    for line in invocation.failure.trace:
        click.echo(f"  {line}", err=True)
    click.echo(f"{invocation.failure.error_type}: {invocation.failure.message}", err=True)
    for denial in invocation.denials:
        click.echo(f"\n{denial_lines(denial)}", err=True)


def _logged(invocation: Invocation) -> Iterator[str]:
    """The log, without what a failure says once more."""
    failure = invocation.failure
    for entry in invocation.log.rstrip("\n").split("\n"):
        if failure is None or not entry.startswith(f"[ERROR] {failure.error_type}: "):
            # Lambda keeps the lines of one entry together by a return instead of a newline
            yield from entry.splitlines()
