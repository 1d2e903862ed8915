"""How much memory a process uses: now, and at most so far."""

from __future__ import annotations

import os
import sys
from typing import Final

_KILOBYTE: Final = 1024
_RUSAGE_INFO_V4: Final = 4
# In the structure that proc_pid_rusage fills, counted in 64-bit words.
_WORDS: Final = 64
_FOOTPRINT: Final = 9
_LIFETIME_MAXIMUM: Final = 30


def resident_memory(pid: int) -> int:
    """Bytes of physical memory a process uses now; 0 if nobody tells."""
    if sys.platform == "darwin":
        return _ask_darwin(pid, _FOOTPRINT)
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:  # noqa: PTH123 - it is quicker
            return int(file.read(128).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def peak_memory(pid: int) -> int:
    """The most bytes of physical memory a process has used; 0 if nobody tells."""
    if sys.platform == "darwin":
        return _ask_darwin(pid, _LIFETIME_MAXIMUM)
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:  # noqa: PTH123 - it is quicker
            text = file.read(4096)
        _, _, rest = text.partition(b"VmHWM:")
        return int(rest.split(None, 1)[0]) * _KILOBYTE
    except (OSError, IndexError, ValueError):
        return 0


def _ask_darwin(pid: int, word: int) -> int:
    import ctypes

    answer = (ctypes.c_uint64 * _WORDS)()
    try:
        libproc = ctypes.CDLL("libproc.dylib")
        failed = libproc.proc_pid_rusage(pid, _RUSAGE_INFO_V4, ctypes.byref(answer))
    except (OSError, AttributeError):
        return 0
    return 0 if failed else int(answer[word])
