"""Shows a session of the sandbox: what was saved, what it changed, and what goes wrong."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.errors import error_lines
from preamp.cli.live import LiveTree
from preamp.cli.wording import opened_lines, session_line
from preamp.events import RoundFinished, RoundStarted, SandboxOpened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.errors import PreampError
    from preamp.events import Event

_KEYS: Final = {"l": "logs", "m": "mail", "o": "outputs", "r": "redeploy", "q": "stop"}


class SessionScreen:
    """A screen for terminals: a live tree while a round runs, and lines that stay.

    Args:
        keys: The keys that do something; empty where there are none.
    """

    def __init__(self, keys: str = "") -> None:
        self._keys = "   ".join(f"{key} {_KEYS[key]}" for key in keys)
        self._lock = threading.RLock()
        self._noticed: set[str] = set()
        self._round = ExitStack()
        self._tree: LiveTree | None = None
        self._deployed = False
        self._opened: SandboxOpened | None = None
        self._shown: list[str] = []

    def report(self, event: Event) -> None:
        """Show an event."""
        with self._lock:
            if isinstance(event, RoundStarted):
                self._begin()
            elif isinstance(event, RoundFinished):
                self._end()
                self._deployed, self._shown = True, []
            if isinstance(event, SandboxOpened):
                if event != self._opened:
                    self.write(opened_lines(event, self._keys))
                self._opened = event
            elif self._tree is not None:
                self._tree.report(event)
            else:
                self.write(filter(None, [session_line(event)]))

    def fail(self, error: PreampError) -> None:
        """Show what ended a round; the same again in one line."""
        with self._lock:
            self._end()
            lines = list(error_lines(error))
            self.write([f"{lines[0]} (still)"] if lines == self._shown else lines)
            self._shown = lines
            self._say(click.style("waiting for the next save", dim=True))

    def close(self) -> None:
        """Give the terminal back."""
        with self._lock:
            self._end()

    def write(self, lines: Iterable[str]) -> None:
        """Write lines that stay, without harm to the live tree."""
        with self._lock:
            for line in lines:
                self._say(line)

    def _begin(self) -> None:
        self._end()
        tree = LiveTree(noticed=self._noticed, brief=self._deployed)
        self._tree = self._round.enter_context(tree)

    def _end(self) -> None:
        self._tree = None
        self._round.close()

    def _say(self, line: str) -> None:
        if self._tree is not None:
            self._tree.write(line)
        else:
            click.echo(line, err=True)
