"""The cache on disk: what it holds where, how an entry appears at once, and when it goes.

Every entry is made beside its place and then renamed into it, so that two processes at once never
see half of one: the second finds the first one's and drops its own. Content lives in
``bundles``, ``trees``, ``locks``, ``interpreters`` and ``recipes``; it knows nothing of what that
content means.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY: Final = 24 * 60 * 60
_UNUSED_AFTER: Final = 30 * _DAY
_NEW: Final = ".new-"


@dataclass(frozen=True)
class Store:
    """The cache below one folder.

    Attributes:
        folder: May be deleted as a whole at any time between two bundlings.
    """

    folder: Path

    def bundle(self, digest: str) -> Path:
        """The directory of a bundle."""
        return self.folder / "bundles" / digest

    def tree(self, key: str) -> Path:
        """The directory of installed dependencies and what is known of them."""
        return self.folder / "trees" / key

    def lock(self, key: str) -> Path:
        """The file with chosen versions."""
        return self.folder / "locks" / f"{key}.txt"

    def interpreter(self, key: str) -> Path:
        """The file with what an interpreter said of itself."""
        return self.folder / "interpreters" / f"{key}.json"

    def recipe(self, key: str) -> Path:
        """The file with what a bundle for Node.js was made of."""
        return self.folder / "recipes" / f"{key}.json"


def use(place: Path) -> bool:
    """Whether an entry is there; if so, it counts as used today."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def write_text(place: Path, text: str) -> None:
    """Write a file so that it is seen whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_NEW, dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(place)


@contextmanager
def new_directory(place: Path) -> Iterator[Path]:
    """A directory to fill; when the block ends well it stands at its place.

    Args:
        place: Where it is to stand; if another process was quicker, that one's stays.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=_NEW, dir=place.parent))
    try:
        made.chmod(0o755)
        yield made
        try:
            made.rename(place)
        except OSError:
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def prune(store: Store, now: float | None = None) -> None:
    """Remove what was not used for 30 days; looks at most once a day.

    Args:
        store: The cache.
        now: The time, in seconds since the epoch; None for the clock's.
    """
    now = time.time() if now is None else now
    stamp = store.folder / "pruned"
    with suppress(FileNotFoundError):
        if now - stamp.stat().st_mtime < _DAY:
            return
    write_text(stamp, "")
    os.utime(stamp, (now, now))
    for kind in ("bundles", "trees", "locks", "interpreters", "recipes"):
        for place in (store.folder / kind).glob("*"):
            allowed = _DAY if place.name.startswith(_NEW) else _UNUSED_AFTER
            with suppress(FileNotFoundError):
                if now - place.stat().st_mtime > allowed:
                    _remove(place)


def _remove(place: Path) -> None:
    if not place.is_dir():
        place.unlink()
        return
    # Out of the way first: nobody must find half of it.
    leaving = place.with_name(f"{_NEW}{os.getpid()}-{place.name.removeprefix(_NEW)}")
    place.rename(leaving)
    shutil.rmtree(leaving, ignore_errors=True)
