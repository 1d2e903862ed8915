"""Threads that wait a while for more work before they end.

Starting a thread holds up whoever starts it until the new one runs; for work that comes in all
the time that is most of its cost. There are as many as are needed, because what one does may
wait for what another has yet to do. Knows nothing of the work.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_IDLE_SECONDS: Final = 10.0


class LingeringThreads:
    """Runs work at once, each piece in a thread that does nothing else meanwhile.

    Args:
        name: What the threads are called.
        idle_seconds: How long a thread waits for more.
    """

    def __init__(self, name: str, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._name = name
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._waiting = 0
        self._work: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    def run(self, work: Callable[[], object]) -> None:
        """Run something; what it raises ends its thread.

        Args:
            work: What to run.

        Raises:
            RuntimeError: The operating system allows no more threads.
        """
        with self._lock:
            if self._waiting:
                # Under the lock: who gives up waiting looks here once more.
                self._waiting -= 1
                self._work.put(work)
                return
        threading.Thread(target=self._serve, args=(work,), name=self._name, daemon=True).start()

    def _serve(self, work: Callable[[], object] | None) -> None:
        while work is not None:
            work()
            with self._lock:
                self._waiting += 1
            work = self._next()

    def _next(self) -> Callable[[], object] | None:
        try:
            return self._work.get(timeout=self._idle_seconds)
        except queue.Empty:
            with self._lock:
                try:
                    return self._work.get_nowait()
                except queue.Empty:
                    self._waiting -= 1
                    return None
