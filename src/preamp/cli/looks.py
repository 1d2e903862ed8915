"""What the keys of a session show: logs, mail and outputs."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.wording import log_line, mail_lines
from preamp.errors import PreampError
from preamp.events import FunctionInvoked, RoundFinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preamp.events import Event
    from preamp.sandbox.control import SandboxControl
    from preamp.sandbox.logs import LogReader

_AGAIN_SECONDS: Final = 1.0
_MAILS: Final = 5
_OF_LAMBDA: Final = re.compile(r'(INIT_START|START RequestId:|END |REPORT )|\{.*"platform\.')
"""Lambda's own lines: a session says in one line of its own what they say in three."""


class Looks:
    """Looks into a sandbox while its session runs.

    Args:
        sandbox: The sandbox.
        write: Shows lines.
    """

    def __init__(self, sandbox: SandboxControl, write: Callable[[Iterable[str]], None]) -> None:
        self._sandbox = sandbox
        self._write = write
        self._logging: threading.Event | None = None
        self._again = threading.Event()
        self._changed = False

    def close(self) -> None:
        """Show no more logs."""
        if self._logging:
            self._logging.set()

    def toggle_logs(self) -> None:
        """Show what functions log from now on, or no more."""
        if self._logging:
            self._logging.set()
            self._logging = None
            self._write([click.style("logs off", dim=True)])
            return
        self._logging = threading.Event()
        self._write([click.style("logs on", dim=True)])
        threading.Thread(target=self._follow, args=(self._logging,), daemon=True).start()

    def show_mail(self) -> None:
        """Show the newest e-mails."""

        def lines() -> Iterable[str]:
            mails = self._sandbox.mail()
            for mail in mails[:_MAILS]:
                yield from mail_lines(mail)
            yield "no e-mails yet" if not mails else "read one with: preamp mail show"

        self._try(lines)

    def show_outputs(self) -> None:
        """Show the outputs file."""

        def lines() -> Iterable[str]:
            path = self._sandbox.outputs_file()
            try:
                content = path.read_text(encoding="utf-8")
            except OSError:
                yield "there are no outputs yet"
            else:
                yield from content.splitlines()

        self._try(lines)

    def notice(self, event: Event) -> None:
        """Look into the logs again if something may be in them."""
        if isinstance(event, FunctionInvoked | RoundFinished):
            self._changed = self._changed or isinstance(event, RoundFinished)
            self._again.set()

    def _follow(self, ended: threading.Event) -> None:
        since = round(time.time() * 1000)
        reader: LogReader | None = None
        while not ended.is_set():
            self._again.clear()
            if reader is None or self._changed:  # functions come and go with deployments
                self._changed = False
                reader = self._reader(since)
            try:
                lines = reader.read() if reader else []
            except Exception:  # noqa: BLE001 - the engine just ended: look again when it is back
                reader, lines = None, []
            names = reader.names if reader else {}
            self._write(log_line(line, names) for line in lines if not _OF_LAMBDA.match(line.text))
            since = max([since, *(line.timestamp + 1 for line in lines)])
            # a handler that goes on writes without being invoked
            self._again.wait(_AGAIN_SECONDS)

    def _reader(self, since: int) -> LogReader | None:
        try:
            return self._sandbox.logs(None, since=since)
        except PreampError:  # nothing is deployed right now
            return None

    def _try(self, lines: Callable[[], Iterable[str]]) -> None:
        try:
            self._write(list(lines()))
        except PreampError as error:
            self._write([error.message])
        except OSError:  # it ended just now: the next look finds it again
            self._write(["the local cloud does not answer right now"])
