"""Single keys of a terminal, without Enter."""

from __future__ import annotations

import os
import select
import sys
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType


class Keys:
    """Calls something for each key, while it is entered; on a terminal only.

    Args:
        bindings: What to call, by the key.
    """

    def __init__(self, bindings: Mapping[str, Callable[[], None]]) -> None:
        self._bindings = bindings
        self._settings: list[object] | None = None
        self._wake: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        if self._bindings and sys.platform != "win32" and sys.stdin.isatty():
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
            key = os.read(sys.stdin.fileno(), 1).decode(errors="replace")
            if not key:  # the terminal is gone
                return
            pressed = self._bindings.get(key.lower())
            if pressed:
                pressed()
