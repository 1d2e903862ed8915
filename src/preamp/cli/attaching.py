"""How to attach an editor to a function that waits for a debugger, in words and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.sandbox.debugging import Attachment
    from preamp.sandbox.place import SandboxPlace

_HOST: Final = "127.0.0.1"
_PYCHARM: Final = {
    "python": "a run configuration 'Attach to DAP'",
    "node": "a run configuration 'Attach to Node.js/Chrome'",
}


def write_attachments(
    attachments: Sequence[Attachment], place: SandboxPlace, *, as_json: bool
) -> None:
    """Write how to attach to stdout; JSON is one line for each function."""
    for attachment in attachments:
        if as_json:
            click.echo(json.dumps(_facts(attachment)))
        else:
            click.echo("\n".join(_lines(attachment, place.option)))


def launch_configuration(attachment: Attachment) -> dict[str, Any]:
    """What goes to the configurations of VS Code's launch.json."""
    common = {"name": f"Attach to {attachment.path}", "request": "attach"}
    if attachment.language == "node":
        return {**common, "type": "node", "address": _HOST, "port": attachment.port}
    connect = {"host": _HOST, "port": attachment.port}
    return {**common, "type": "debugpy", "connect": connect, "justMyCode": True}


def _facts(attachment: Attachment) -> dict[str, Any]:
    return {
        "function": attachment.path,
        "address": f"{_HOST}:{attachment.port}",
        "configuration": launch_configuration(attachment),
    }


def _lines(attachment: Attachment, option: str) -> Iterator[str]:
    address = click.style(f"{_HOST}:{attachment.port}", bold=True)
    yield ""
    yield f"{attachment.path} waits for a debugger at {address} once it is invoked"
    yield f"  PyCharm  {_PYCHARM[attachment.language]}, {_HOST}:{attachment.port}"
    yield "  VS Code  one of the configurations in .vscode/launch.json:"
    for line in json.dumps(launch_configuration(attachment), indent=2).splitlines():
        yield f"    {line}"
    yield f"  end      preamp sandbox debug {attachment.path} --off{option}"
