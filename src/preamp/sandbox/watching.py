"""Waits for sources to be saved, and says which.

Editors save in several steps (a file beside it, a rename, a formatter's second save); what comes
within a few milliseconds is told at once.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from preamp.sandbox.ignoring import GITIGNORE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from preamp.sandbox.ignoring import Ignored

_QUIET_MS: Final = 10
_LONGEST_MS: Final = 200
_SLOWER_MS: Final = 300


class Watcher(Protocol):
    """Tells of saved sources."""

    def start(self, changed: Callable[[frozenset[Path]], None]) -> None:
        """Begin; `changed` is called from another thread with each set of saved files."""

    def also(self, files: Collection[Path]) -> None:
        """Watch these files too, and no others outside the watched folder."""

    def close(self) -> None:
        """End, and call nobody any more."""


class FileWatcher:
    """Watches a folder with all below it, and single files elsewhere.

    Args:
        folder: The folder, absolute.
        ignored: Files that are no sources.
    """

    def __init__(self, folder: Path, ignored: Ignored) -> None:
        self._folder = folder
        self._ignored = ignored
        self._elsewhere: frozenset[Path] = frozenset()
        self._inside: _Watch | None = None
        self._outside: _Watch | None = None
        self._changed: Callable[[frozenset[Path]], None] = _nobody

    def start(self, changed: Callable[[frozenset[Path]], None]) -> None:
        """Begin to watch."""
        self._changed = changed
        self._watch_inside()
        self._watch_outside()

    def also(self, files: Collection[Path]) -> None:
        """Watch these files too, instead of those given before."""
        wanted = frozenset(file for file in files if not file.is_relative_to(self._folder))
        if wanted != self._elsewhere:
            self._elsewhere = wanted
            self._watch_outside()

    def close(self) -> None:
        """End."""
        self._changed = _nobody
        for watch in (self._inside, self._outside):
            if watch:
                watch.close()

    def _watch_inside(self) -> None:
        if self._inside:
            self._inside.close()
        self._inside = _Watch({self._folder}, self._saved_inside, deep=True)

    def _watch_outside(self) -> None:
        if self._outside:
            self._outside.close()
        # the folder's own parent: it may be removed and come back, as with a change of branch
        folders = {self._folder.parent, *(file.parent for file in self._elsewhere)}
        self._outside = _Watch(folders, self._saved_outside, deep=False)

    def _saved_inside(self, paths: set[Path]) -> None:
        if any(path.name == GITIGNORE for path in paths):
            self._ignored.forget()
        self._tell({path for path in paths if path not in self._ignored})

    def _saved_outside(self, paths: set[Path]) -> None:
        found = paths & self._elsewhere
        if self._folder in paths and self._folder.is_dir():
            self._watch_inside()
            found |= {self._folder}
        self._tell(found)

    def _tell(self, paths: set[Path]) -> None:
        if paths:
            self._changed(frozenset(paths))


class _Watch:
    """One thread that waits for the system's word on some folders."""

    def __init__(
        self, folders: Collection[Path], saved: Callable[[set[Path]], None], *, deep: bool
    ) -> None:
        self._folders = [folder for folder in folders if folder.is_dir()]
        self._saved = saved
        self._deep = deep
        self._closed = threading.Event()
        if self._folders:
            threading.Thread(target=self._run, name="watch", daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        for paths in self._changes():
            if self._closed.is_set():
                return
            self._saved(paths)

    def _changes(self) -> Iterator[set[Path]]:
        try:
            yield from self._noticed(polling=False)
        except OSError:  # the system has no watches left: look again and again instead
            yield from self._noticed(polling=True)

    def _noticed(self, *, polling: bool) -> Iterator[set[Path]]:
        from watchfiles import Change, watch

        for changes in watch(
            *self._folders,
            watch_filter=None,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            stop_event=self._closed,
            recursive=self._deep,
            raise_interrupt=False,
            force_polling=polling or None,
            poll_delay_ms=_SLOWER_MS,
            ignore_permission_denied=True,
        ):
            yield _lasting({(change is Change.added, Path(path)) for change, path in changes})


def _lasting(changes: set[tuple[bool, Path]]) -> set[Path]:
    """The changed files, without those that came and went, as editors and tools leave some.

    A new folder counts with all that is in it: what is put there at once, before the system
    watches it too, would be missed.
    """
    appeared = {path for added, path in changes if added}
    lasting = {path for _, path in changes if path not in appeared or path.exists()}
    inside = {each for path in appeared & lasting if path.is_dir() for each in path.rglob("*")}
    return lasting | {path for path in inside if path.is_file()}


def _nobody(_paths: frozenset[Path]) -> None:
    """Hear of changes nobody waits for."""
