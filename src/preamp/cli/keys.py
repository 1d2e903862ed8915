"""Single keys of a terminal, without Enter."""

from __future__ import annotations

import os
import select
import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType


class Keys:
    """Takes keys while it is entered; on a terminal only."""

    def __init__(self) -> None:
        self._bindings: Mapping[str, Callable[[], None]] = {}
        self._settings: list[object] | None = None
        self._wake: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._asking: SimpleQueue[str] | None = None

    @property
    def there(self) -> bool:
        """Whether anybody can press one."""
        return self._settings is not None

    def bind(self, bindings: Mapping[str, Callable[[], None]]) -> None:
        """Say what to call, by the key."""
        self._bindings = bindings

    def answer(self) -> str:
        """Wait for one key, which then calls nothing; an empty one after `give_up`."""
        asking: SimpleQueue[str] = SimpleQueue()
        with self._lock:
            self._asking = asking
        return asking.get()

    def give_up(self) -> None:
        """Wait for no answer any more."""
        self._take("")

    def __enter__(self) -> Self:
        if sys.platform != "win32" and sys.stdin.isatty():
            import termios
            import tty

            self._settings = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
            self._wake = os.pipe()
            threading.Thread(target=self._listen, name="keys", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._wake:
            os.write(self._wake[1], b".")
        self.restore()

    def restore(self) -> None:
        """Give the terminal back as it was."""
        if sys.platform != "win32" and self._settings is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._settings)  # type: ignore[arg-type]

    def _listen(self) -> None:
        wake = self._wake[0] if self._wake else -1
        while True:
            ready, _, _ = select.select([sys.stdin, wake], [], [])
            if wake in ready:
                return
            key = os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower()
            if not key:  # the terminal is gone
                return
            if not self._take(key) and key in self._bindings:
                self._bindings[key]()

    def _take(self, key: str) -> bool:
        """Give a key to whoever waits for an answer."""
        with self._lock:
            asking, self._asking = self._asking, None
        if asking is not None:
            asking.put(key)
        return asking is not None
