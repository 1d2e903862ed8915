"""Hands what happens in a session to everyone who looks on, latecomers included."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

from preamp.events import RoundStarted, SandboxOpened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.errors import PreampError
    from preamp.events import Event

_REMEMBERED: Final = 500


class Screen(Protocol):
    """Whoever shows a session: a reporter that outlives failures."""

    def report(self, event: Event) -> None:
        """Take one event; must not raise."""

    def fail(self, error: PreampError) -> None:
        """Take what ended a round; must not raise."""


class Feed:
    """A screen that passes everything on to others.

    A latecomer is told what the session is, and what happened since its latest round began.

    Args:
        screen: The terminal the session runs in.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._opened: SandboxOpened | None = None
        self._past: deque[Event | PreampError] = deque(maxlen=_REMEMBERED)
        self._followers: list[SimpleQueue[Event | PreampError | None]] = []

    def report(self, event: Event) -> None:
        """Pass an event on."""
        self._screen.report(event)
        self._pass_on(event)

    def fail(self, error: PreampError) -> None:
        """Pass on what ended a round."""
        self._screen.fail(error)
        self._pass_on(error)

    def close(self) -> None:
        """Let everyone who follows come to an end."""
        with self._lock:
            for follower in self._followers:
                follower.put(None)

    @contextmanager
    def followed(self) -> Iterator[SimpleQueue[Event | PreampError | None]]:
        """A queue of everything, from the latest round's beginning on; None is its end."""
        queue: SimpleQueue[Event | PreampError | None] = SimpleQueue()
        with self._lock:
            for item in (*([self._opened] if self._opened else ()), *self._past):
                queue.put(item)
            self._followers.append(queue)
        try:
            yield queue
        finally:
            with self._lock:
                self._followers.remove(queue)

    def _pass_on(self, item: Event | PreampError) -> None:
        with self._lock:
            if isinstance(item, SandboxOpened):
                self._opened = item
            else:
                if isinstance(item, RoundStarted):
                    self._past.clear()
                self._past.append(item)
            for follower in self._followers:
                follower.put(item)
