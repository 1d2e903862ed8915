"""The feed of what happens in the engine: added to from any thread, waited for without polling.

Knows nothing of what the records say.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

from preamp.contract.activity import Activity, CallDenied

if TYPE_CHECKING:
    from preamp.contract.activity import Happening

_REMEMBERED: Final = 1000
_REMEMBERED_DENIALS: Final = 200
_GATHERING: Final = 0.02


class ActivityFeed:
    """The last things that happened, numbered from 1.

    Args:
        size: How many are remembered.
    """

    def __init__(self, size: int = _REMEMBERED) -> None:
        self._lock = threading.Lock()
        self._happenings: deque[Happening] = deque(maxlen=size)
        self._denials: deque[CallDenied] = deque(maxlen=_REMEMBERED_DENIALS)
        self._last = 0
        self._closed = False
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def add(self, happening: Happening) -> None:
        """Remember something and wake who waits for it."""
        with self._lock:
            self._last += 1
            self._happenings.append(happening)
            if isinstance(happening, CallDenied):
                self._denials.append(happening)
            if self._waiting:
                self._wake()

    def denials(self, since: float) -> tuple[CallDenied, ...]:
        """Return the denied calls, oldest first.

        Args:
            since: Seconds since the epoch; older ones are left out.
        """
        with self._lock:
            return tuple(denial for denial in self._denials if denial.time >= since)

    def after(self, number: int) -> Activity:
        """Return what happened after the one of this number, as far as it is remembered.

        Args:
            number: 0 for everything. A number that was never given is from an engine before this
                one, and means everything too.
        """
        with self._lock:
            wanted = self._last - number if 0 <= number <= self._last else self._last
            known = len(self._happenings)
            chosen = islice(self._happenings, max(0, known - wanted), known)
            return Activity(tuple(chosen), self._last)

    async def wait(self, number: int | None, seconds: float) -> Activity:
        """Return what happened after the one of this number; wait if nothing has.

        Args:
            number: See `after`; None for what happens from now on.
            seconds: How long to wait at most. Then there is nothing in the answer.
        """
        happened = asyncio.Event()
        with self._lock:
            number = self._last if number is None else number
            is_news = number != self._last or self._closed
            if not is_news:
                self._waiting[happened] = asyncio.get_running_loop()
        if not is_news:
            try:
                async with asyncio.timeout(seconds):
                    await happened.wait()
                    # One answer for what comes in a burst costs the engine less than many.
                    await asyncio.sleep(0 if self._closed else _GATHERING)
            except TimeoutError:
                pass
            finally:
                with self._lock:
                    self._waiting.pop(happened, None)
        return self.after(number)

    def forget(self) -> None:
        """Forget what happened; numbers go on."""
        with self._lock:
            self._happenings.clear()
            self._denials.clear()

    def close(self) -> None:
        """Let nobody wait any longer: the engine stops."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        for event, loop in self._waiting.items():
            loop.call_soon_threadsafe(event.set)
        self._waiting.clear()
