"""Which pages of memory a run writes to, so that the next one finds copies of them.

A fork has its memory in common with the process it is a fork of, until it writes: then the system
copies the page. In a run that is thousands of pages, at 3 microseconds each. One run writes much
where another did. So what was written to once can be copied while nobody waits.

It is for Linux, which tells of each page whose it is (its documentation, "pagemap"), and copies on
request since 5.14 (its manual, "madvise"). Elsewhere it does nothing.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import json
import mmap
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAPS: Final = Path("/proc/self/maps")
_PAGES: Final = Path("/proc/self/pagemap")
_ENTRY: Final = 8
_OWN: Final = 1 << 63 | 1 << 56
"""In memory, and mapped by this process alone."""
_MADV_POPULATE_WRITE: Final = 23


def written_pages() -> str:
    """The pages that this process has to itself, as `copy_ahead` takes them; empty if unknown."""
    with contextlib.suppress(OSError), _PAGES.open("rb", buffering=0) as pages:
        return json.dumps([part for area in _areas() for part in _parts_of(area, pages)])
    return ""


def copy_ahead(written: str) -> None:
    """Have pages copied that will be written to.

    Args:
        written: What `written_pages` told in another fork of the same process. What does not lie
            in this one's memory is passed over.
    """
    if not written:
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    for start, length in json.loads(written):
        advise(start, length, _MADV_POPULATE_WRITE)


def _areas() -> Iterator[tuple[int, int]]:
    """Where the memory lies that a fork has in common only until it writes: start and end."""
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        area, rights, *_ = line.split()
        if rights == "rw-p":
            start, end = area.split("-")
            yield int(start, 16), int(end, 16)


def _parts_of(area: tuple[int, int], pages: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The parts of an area that are this process's own: start and length."""
    start, end = area
    size = mmap.PAGESIZE
    pages.seek(start // size * _ENTRY)
    entries = array.array("Q", pages.read((end - start) // size * _ENTRY))
    first: int | None = None
    for number, entry in enumerate((*entries, 0)):
        is_own = entry & _OWN == _OWN
        if is_own and first is None:
            first = number
        elif not is_own and first is not None:
            yield start + first * size, (number - first) * size
            first = None
