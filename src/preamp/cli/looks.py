"""What the keys of a session show: logs, mail and outputs."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.wording import log_line, mail_lines
from preamp.errors import PreampError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preamp.sandbox.control import SandboxControl

_AGAIN_SECONDS: Final = 0.2
_MAILS: Final = 5


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
            path = self._sandbox.place.outputs_file
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                yield "there are no outputs yet"
            else:
                yield from json.dumps(content, indent=2).splitlines()

        self._try(lines)

    def _follow(self, ended: threading.Event) -> None:
        since = round(time.time() * 1000)
        while not ended.wait(_AGAIN_SECONDS):
            try:
                # functions come and go with deployments, so they are looked up each time
                lines = self._sandbox.logs(None, since=since).read()
            except PreampError:  # nothing runs right now
                continue
            self._write(log_line(line) for line in lines)
            since = max([since, *(line.timestamp + 1 for line in lines)])

    def _try(self, lines: Callable[[], Iterable[str]]) -> None:
        try:
            self._write(list(lines()))
        except PreampError as error:
            self._write([error.message])
