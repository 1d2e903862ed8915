"""Shows events: as a live tree on a terminal, as plain lines elsewhere, as JSON for scripts.

Everything goes to stderr but JSON, which is data.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from preamp.cli.errors import error_lines
from preamp.cli.wording import (
    notice_line,
    opened_lines,
    plan_line,
    resource_line,
    session_line,
    stage_line,
)
from preamp.contract.messages import encode_error, encode_event
from preamp.events import (
    ChangePlanned,
    Notice,
    OutputPrinted,
    ResourceChanged,
    SandboxOpened,
    StageFinished,
    StageStarted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.errors import PreampError
    from preamp.events import Event, Reporter


class Silence:
    """Shows nothing."""

    def report(self, event: Event) -> None:
        """Drop the event."""


class JsonLines:
    """Writes every event as a line of JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def report(self, event: Event) -> None:
        """Write the event."""
        self._write(encode_event(event))

    def fail(self, error: PreampError) -> None:
        """Write what ended a round."""
        self._write(encode_error(error))

    def _write(self, line: str) -> None:
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()


class PlainLines:
    """Writes one line for whatever was finished, failed or is worth knowing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noticed: set[str] = set()

    def report(self, event: Event) -> None:
        """Write the event's line, if it has one."""
        with self._lock:
            line = self._line(event)
            if line is not None:
                click.echo(line, err=True)

    def fail(self, error: PreampError) -> None:
        """Write what ended a round."""
        with self._lock:
            for line in error_lines(error):
                click.echo(line, err=True)

    def _line(self, event: Event) -> str | None:
        line: str | None = None
        match event:
            case StageFinished():
                line = stage_line(event)
            case ChangePlanned():
                line = plan_line(event)
            case ResourceChanged(progress="done" | "failed", via="cloudformation"):
                line = resource_line(event)
            case Notice(message=message):
                line = None if message in self._noticed else notice_line(event)
                self._noticed.add(message)
            case OutputPrinted(text=text):
                line = text
            case StageStarted(stage="engine environment"):
                line = "installing the local cloud (once; some seconds)"
            case SandboxOpened():
                line = "\n".join(opened_lines(event))
            case _:
                line = session_line(event)
        return line


@contextmanager
def reporter_for(*, as_json: bool = False, quiet: bool = False) -> Iterator[Reporter]:
    """The reporter for how and where the command runs."""
    if as_json:
        yield JsonLines(sys.stdout)
    elif quiet:
        yield Silence()
    elif sys.stderr.isatty():
        from preamp.cli.live import LiveTree

        with LiveTree() as tree:
            yield tree
    else:
        yield PlainLines()
