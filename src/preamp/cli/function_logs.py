"""Follows what functions log while a session runs, and reports it line by line."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from preamp.cli.wording import logged_line
from preamp.errors import UserError
from preamp.events import FunctionInvoked, FunctionLogged, RoundFinished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.events import Event, Reporter
    from preamp.sandbox.logs import LogReader

_AGAIN_SECONDS: Final = 1.0
_OF_LAMBDA: Final = re.compile(r'(INIT_START|START RequestId:|END |REPORT )|\{.*"platform\.')
"""Lambda's own lines: a session says in one line of its own what they say in three."""


@dataclass(frozen=True)
class LogOptions:
    """Which logs a session shows, and where.

    Amplify: "Streaming logs".

    Attributes:
        stream: Whether they are shown from the beginning on.
        patterns: The functions whose logs are wanted; those of all if there are none.
        file: Where they are added to; None for where everything else is shown.
    """

    stream: bool = False
    patterns: tuple[re.Pattern[str], ...] = ()
    file: Path | None = None

    def wants(self, *names: str) -> bool:
        """Whether the logs of a function are wanted.

        Args:
            names: What it is called; one of them has to match.
        """
        found = (pattern.search(name) for pattern in self.patterns for name in names)
        return not self.patterns or any(found)


class Logged(Protocol):
    """Something whose functions log."""

    def logs(self, path: str | None, *, since: int = 0) -> LogReader:
        """Reads what one function logs, or all of them."""


class FunctionLogs:
    """Follows the logs of a sandbox's functions, while it is on.

    Args:
        sandbox: The sandbox.
        screen: Shows the lines, unless they go to a file.
        options: Which logs, and where.
    """

    def __init__(self, sandbox: Logged, screen: Reporter, options: LogOptions) -> None:
        self._sandbox = sandbox
        self._options = options
        self._sink: Reporter = LogFile(options.file) if options.file else _WithoutLambdas(screen)
        self._following: threading.Event | None = None
        self._again = threading.Event()
        self._changed = False

    @property
    def is_on(self) -> bool:
        """Whether they are followed."""
        return self._following is not None

    def start(self) -> None:
        """Follow what is logged from now on."""
        self._following = threading.Event()
        threading.Thread(
            target=self._follow, args=(self._following, round(time.time() * 1000)), daemon=True
        ).start()

    def stop(self) -> None:
        """Follow it no more."""
        if self._following:
            self._following.set()
            self._following = None
            self._again.set()

    def notice(self, event: Event) -> None:
        """Look again if something may have been logged."""
        if isinstance(event, FunctionInvoked | RoundFinished):
            self._changed = self._changed or isinstance(event, RoundFinished)
            self._again.set()

    def _follow(self, ended: threading.Event, since: int) -> None:
        reader: LogReader | None = None
        while not ended.is_set():
            self._again.clear()
            try:
                if reader is None or self._changed:  # functions come and go with deployments
                    self._changed = False
                    reader = self._sandbox.logs(None, since=since)
                lines = list(self._lines(reader))
            except Exception:  # noqa: BLE001 - nothing is deployed, or the engine just ended
                reader, lines = None, []
            for line in lines:
                self._sink.report(line)
            since = max([since, *(line.timestamp + 1 for line in lines)])
            # a handler that goes on writes without being invoked
            self._again.wait(_AGAIN_SECONDS)
            if reader is not None and reader.pause > _AGAIN_SECONDS:
                ended.wait(reader.pause - _AGAIN_SECONDS)

    def _lines(self, reader: LogReader) -> Iterator[FunctionLogged]:
        names = reader.names
        for line in reader.read():
            name = names.get(line.path, line.path)
            if self._options.wants(line.path, name):
                yield FunctionLogged(line.timestamp, line.path, name, line.text)


class LogFile:
    """A file that logs are added to, Lambda's own lines included.

    Args:
        path: The file; it is made if there is none.

    Raises:
        UserError: ``FileAccessError`` if it cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._add("")
        except OSError as error:
            raise UserError(
                "FileAccessError",
                f"{path} cannot be written to: {error.strerror}",
                "give --logs-out-file a file in a folder that exists and may be written to",
            ) from error

    def report(self, event: Event) -> None:
        """Add a line."""
        # a disk that is full for a while is no reason to end the session
        with suppress(OSError):
            if isinstance(event, FunctionLogged):
                self._add(f"{logged_line(event, plain=True)}\n")

    def _add(self, text: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)


class _WithoutLambdas:
    """A screen that is spared Lambda's own lines."""

    def __init__(self, screen: Reporter) -> None:
        self._screen = screen

    def report(self, event: Event) -> None:
        if not (isinstance(event, FunctionLogged) and _OF_LAMBDA.match(event.text)):
            self._screen.report(event)
