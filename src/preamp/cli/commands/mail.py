"""`preamp mail`: e-mails that the sandbox's SES accepted."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from preamp.cli import wiring
from preamp.cli.options import identifier_option, json_option
from preamp.cli.render import Silence
from preamp.cli.wording import mail_lines
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from preamp.sandbox.control import SandboxControl

_LOOK_AGAIN_SECONDS: Final = 0.1
_BODIES: Final = ("plain", "html")
_FIRST: Final = ("from", "to", "cc", "bcc", "reply-to", "subject", "date")
_ABOUT_ENCODING: Final = re.compile(r"content-|mime-version", re.IGNORECASE)


@click.group(
    name="mail",
    short_help="Show e-mails and text messages the sandbox accepted.",
    epilog="Example: preamp mail list",
)
def command() -> None:
    """Show the e-mails and text messages that the sandbox accepted. None leaves this machine."""


@command.command(name="list", epilog="Example: preamp mail list --json")
@identifier_option
@json_option
def list_command(*, identifier: str | None, as_json: bool) -> None:
    """List the e-mails, newest first."""
    messages = wiring.sandbox(identifier, Silence()).mail()
    if as_json:
        click.echo(json.dumps([asdict(message) for message in messages], indent=2))
        return
    if not messages:
        click.echo("no e-mails yet", err=True)
    for message in messages:
        click.echo(message.id)
        for line in mail_lines(message):
            click.echo(f"  {line}")


@command.command(name="clear", epilog="Example: preamp mail clear")
@identifier_option
@json_option
def clear_command(*, identifier: str | None, as_json: bool) -> None:
    """Delete all e-mails."""
    sandbox = wiring.sandbox(identifier, Silence())
    count = len(sandbox.mail())
    sandbox.clear_mail()
    if as_json:
        click.echo(json.dumps({"deleted": count}))
        return
    click.echo("deleted all e-mails", err=True)


@command.command(
    name="show",
    short_help="Show one e-mail, the newest by default.",
    epilog="Example: preamp mail show --save-attachments downloads",
)
@click.argument("message_id", required=False)
@click.option(
    "--save-attachments",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save the attachments into a folder.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="If there is no e-mail yet, wait for the first one.",
)
@identifier_option
@json_option
def show_command(
    *,
    message_id: str | None,
    folder: Path | None,
    wait: float,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Show one e-mail: its headers and both bodies; the newest if no MESSAGE_ID is given."""
    sandbox = wiring.sandbox(identifier, Silence())
    if message_id is None:
        message_id = _newest(sandbox, wait)
    mail = message_from_bytes(sandbox.raw_mail(message_id), policy=policy.default)
    for line in [json.dumps(_facts(mail), ensure_ascii=False)] if as_json else _shown(mail):
        click.echo(line)
    if folder:
        for path in _save(mail, folder):
            click.echo(f"saved {path}", err=True)


def _newest(sandbox: SandboxControl, patience: float) -> str:
    deadline = time.monotonic() + patience
    while True:
        messages = sandbox.mail()
        if messages:
            return messages[0].id
        if time.monotonic() >= deadline:
            raise UserError(
                "MailNotFoundError",
                "there are no e-mails yet",
                "let a function send one; 'preamp logs' shows what went wrong if it did",
            )
        time.sleep(_LOOK_AGAIN_SECONDS)


def _shown(mail: EmailMessage) -> Iterator[str]:
    for name, value in sorted(mail.items(), key=_rank):
        if not _ABOUT_ENCODING.match(name):
            yield f"{click.style(name, bold=True)}: {value}"
    for kind in _BODIES:
        body = _body(mail, kind)
        if body is not None:
            yield ""
            yield click.style(f"--- {kind} ---", dim=True)
            yield body.rstrip("\n")
    names = _attached(mail)
    if names:
        yield ""
        yield f"attachments: {', '.join(names)}"


def _facts(mail: EmailMessage) -> dict[str, object]:
    """What a script may want to know of an e-mail."""
    return {
        "headers": [[name, str(value)] for name, value in mail.items()],
        **{kind: _body(mail, kind) for kind in _BODIES},
        "attachments": _attached(mail),
    }


def _body(mail: EmailMessage, kind: str) -> str | None:
    body = mail.get_body((kind,))
    return None if body is None else str(body.get_content())


def _attached(mail: EmailMessage) -> list[str]:
    return [part.get_filename("unnamed") for part in mail.iter_attachments()]


def _rank(header: tuple[str, str]) -> int:
    """Where a header is shown: first what people read, then the others as they came."""
    name = header[0].lower()
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _save(mail: EmailMessage, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(mail.iter_attachments(), 1):
        # only the last part of a name: a message must not choose where its files go
        name = Path((part.get_filename() or "").replace("\\", "/")).name or f"attachment-{number}"
        path = _free(folder / name)
        content = part.get_payload(decode=True)
        path.write_bytes(content if isinstance(content, bytes) else b"")
        yield path


def _free(path: Path) -> Path:
    """The path, or one with a number where something is in its place already."""
    taken, number = path, 1
    while taken.exists():
        number += 1
        taken = path.with_stem(f"{path.stem}-{number}")
    return taken
