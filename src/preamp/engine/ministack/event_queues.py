"""A queue of events per function, worked off by a few threads that come and go.

Knows when an event may run and how many at a time, not what running one means.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from preamp.engine.threads import LingeringThreads

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

AT_ONCE: Final = 4
"""How many events of a function run at a time, as long as they come to an end."""

_AT_MOST: Final = 32
_STUCK_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Again:
    """An event is to run again.

    Attributes:
        seconds: How long from now.
        is_throttled: Whether the function is busy, so that no other event could run either.
    """

    seconds: float
    is_throttled: bool = False


@dataclass
class _Queue(Generic[T]):
    limit: int
    changed: threading.Condition = field(default_factory=threading.Condition)
    waiting: list[tuple[float, int, T]] = field(default_factory=list)
    threads: int = 0
    waiter: object = None
    is_watched: bool = False
    finished_at: float = 0.0

    @property
    def is_short_of_threads(self) -> bool:
        return bool(self.waiting) and self.threads < self.limit and not self.waiter


class EventQueues(Generic[T]):
    """The queues of all functions.

    Args:
        run: Runs one event; tells whether and when it is to run again.
    """

    def __init__(self, run: Callable[[T], Again | None]) -> None:
        self._run = run
        self._threads = LingeringThreads("events")
        self._queues: dict[str, _Queue[T]] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def add(self, name: str, event: T) -> None:
        """Put an event in a queue; it runs as soon as there is room.

        Args:
            name: The queue's name; it is made if there is none.
            event: What to run.
        """
        with self._lock:
            queue = self._queues.setdefault(name, _Queue(AT_ONCE))
        self._push(queue, event, time.monotonic())

    def _push(self, queue: _Queue[T], event: T, due: float) -> None:
        with queue.changed:
            heapq.heappush(queue.waiting, (due, next(self._numbers), event))
            if queue.waiter:
                queue.waiter = None
                queue.changed.notify()
            else:
                self._add_thread(queue)

    def _add_thread(self, queue: _Queue[T]) -> None:
        if queue.is_short_of_threads:
            queue.threads += 1
            self._threads.run(partial(self._work, queue))
        elif queue.waiting and not queue.is_watched and queue.limit < _AT_MOST:
            queue.is_watched = True
            self._threads.run(partial(self._watch, queue))

    def _work(self, queue: _Queue[T]) -> None:
        while (event := self._next(queue)) is not None:
            again = self._run(event)
            now = time.monotonic()
            queue.finished_at = now
            if again is None:
                continue
            self._push(queue, event, now + again.seconds)
            if again.is_throttled:
                time.sleep(again.seconds)

    def _next(self, queue: _Queue[T]) -> T | None:
        me = object()
        with queue.changed:
            while queue.waiting:
                seconds = queue.waiting[0][0] - time.monotonic()
                if seconds <= 0:
                    event = heapq.heappop(queue.waiting)[2]
                    self._add_thread(queue)
                    return event
                if queue.waiter:
                    break
                queue.waiter = me
                queue.changed.wait(seconds)
                queue.waiter = None if queue.waiter is me else queue.waiter
            queue.threads -= 1
            if not queue.threads:
                queue.limit = AT_ONCE
            return None

    def _watch(self, queue: _Queue[T]) -> None:
        """Give a queue more threads while none of its events comes to an end.

        Handlers may wait for each other; the lambda service would give each its environment.
        """
        while True:
            time.sleep(_STUCK_SECONDS)
            with queue.changed:
                if not queue.waiting or queue.limit >= _AT_MOST:
                    queue.is_watched = False
                    return
                is_due = queue.waiting[0][0] <= time.monotonic()
                if is_due and queue.finished_at < time.monotonic() - _STUCK_SECONDS:
                    queue.limit += AT_ONCE
                    self._add_thread(queue)
