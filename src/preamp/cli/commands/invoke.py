"""`preamp invoke`: call one function of the sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from preamp.cli import wiring
from preamp.cli.options import identifier_option, path_argument
from preamp.cli.render import Silence
from preamp.cli.wording import denial_lines
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.sandbox.invocation import HandlerFailure


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
@click.pass_context
def command(context: click.Context, *, path: str, event: str, identifier: str | None) -> None:
    """Invoke the function at construct PATH, or at the end of a path if that is unique.

    Its result goes to stdout, its log to stderr. If the handler raises, the exit status is 1.
    """
    payload = _payload(event)
    invocation = wiring.sandbox(identifier, Silence()).invoke(path, payload)
    click.echo(invocation.log, err=True, nl=bool(invocation.log) and invocation.log[-1] != "\n")
    if invocation.failure:
        _show(invocation.failure)
        for denial in invocation.denials:
            click.echo(f"\n{denial_lines(denial)}", err=True)
        context.exit(1)
    click.echo(json.dumps(invocation.result, indent=2, ensure_ascii=False))


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


def _show(failure: HandlerFailure) -> None:
    click.echo(click.style("the handler raised an exception", fg="red", bold=True), err=True)
    for line in failure.trace:
        click.echo(f"  {line}", err=True)
    click.echo(f"{failure.error_type}: {failure.message}", err=True)
