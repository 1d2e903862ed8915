"""What a worker writes to its standard output and standard error: one pipe, read as it comes.

Knows nothing of Lambda's log format.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

_CHUNK: Final = 1 << 16
_PIPE_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 32 << 20
_MOST_READS: Final = 256


class Output:
    """The reading end of a worker's output.

    Attributes:
        writing_end: The descriptor the worker gets; `close_writing_end` once it has it.
    """

    def __init__(self) -> None:
        self._descriptor, self.writing_end = os.pipe()
        os.set_blocking(self._descriptor, False)
        self._pieces: list[bytes] = []
        self._size = 0
        self._dropped = 0
        if sys.platform == "linux":
            _widen(self.writing_end)

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._descriptor

    def close_writing_end(self) -> None:
        """Leave the writing end to the worker alone."""
        os.close(self.writing_end)

    def read(self) -> bool:
        """Read a piece; False if nothing will come any more."""
        try:
            piece = os.read(self._descriptor, _CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._keep(piece)
        return bool(piece)

    def drain(self) -> None:
        """Read what is there; a flood is left for later."""
        with suppress(OSError):
            for _ in range(_MOST_READS):
                piece = os.read(self._descriptor, _CHUNK)
                self._keep(piece)
                # a short piece was all there was
                if len(piece) < _CHUNK:
                    return

    def take(self) -> str:
        """Return what was read since the last time, however it was encoded."""
        text = b"".join(self._pieces).decode("utf-8", "replace")
        if self._dropped:
            text += f"\n[{self._dropped} more bytes of output were dropped]\n"
        self._pieces, self._size, self._dropped = [], 0, 0
        return text

    def close(self) -> None:
        """Stop reading."""
        os.close(self._descriptor)

    def _keep(self, piece: bytes) -> None:
        if self._size > _MOST_BYTES:
            self._dropped += len(piece)
            return
        self._size += len(piece)
        self._pieces.append(piece)


def _widen(descriptor: int) -> None:
    """Let the pipe hold more, so that a talkative handler waits for us less often."""
    import fcntl

    set_size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if set_size is not None:
        with suppress(OSError):
            fcntl.fcntl(descriptor, set_size, _PIPE_BYTES)
