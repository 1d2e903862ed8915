"""Tells a session what happens in its engine: invocations, e-mails, and the engine's end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.activity import Happening
    from preamp.engine.protocol import EngineConnection

_LONGEST_WAIT: Final = 30.0


class ActivityWatch:
    """Waits for what happens in one engine, in a thread of its own.

    Args:
        connection: The engine.
        happened: Called with each thing that happens from now on.
        lost: Called once if the engine answers no more, unless the watch was closed.
    """

    def __init__(
        self,
        connection: EngineConnection,
        happened: Callable[[Happening], None],
        lost: Callable[[], None],
    ) -> None:
        self._client = EngineClient(connection)
        self._happened = happened
        self._lost = lost
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="activity", daemon=True).start()

    def close(self) -> None:
        """Call nobody any more."""
        self._closed.set()

    def _run(self) -> None:
        last: int | None = None
        while not self._closed.is_set():
            try:
                activity = self._client.activity(last, 0 if last is None else _LONGEST_WAIT)
            except OSError:
                if not self._closed.is_set():
                    self._lost()
                return
            last = activity.last
            for happening in activity.happenings:
                if not self._closed.is_set():
                    self._happened(happening)
