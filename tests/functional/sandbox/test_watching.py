"""The system's word on saved files, as editors save them."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pytest

from preamp.sandbox.ignoring import Ignored
from preamp.sandbox.watching import FileWatcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 20.0
_SAVES = 200
_BETWEEN = 0.1


class Watched:
    """A project that is watched."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / "amplify"
        self.watcher = FileWatcher(self.folder, Ignored(project))
        self.told: SimpleQueue[frozenset[Path]] = SimpleQueue()

    def save(self, path: Path) -> set[Path]:
        """Save a file until that is told of: the system begins to watch when it likes."""
        told: set[Path] = set()
        for number in range(_SAVES):
            path.write_text(str(number), encoding="utf-8")
            with suppress(Empty):
                told |= self.told.get(timeout=_BETWEEN)
            if path in told:
                return told
        pytest.fail(f"{path} is not watched")

    def until(self, path: Path) -> set[Path]:
        """Everything told of until a file is."""
        told: set[Path] = set()
        while path not in told:
            told |= self.told.get(timeout=_PATIENCE)
        return told


@contextmanager
def watched(project: Path) -> Iterator[Watched]:
    """A project under watch, once the watch is known to have begun."""
    made = Watched(project)
    made.folder.mkdir(exist_ok=True)
    made.watcher.start(made.told.put)
    try:
        made.save(made.folder / "probe")
        made.watcher.also([project / "probe"])
        made.save(project / "probe")
        yield made
    finally:
        made.watcher.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as made:
        yield made


def test_a_file_written_in_place(place: Watched) -> None:
    file = place.folder / "backend.py"
    file.write_text("1", encoding="utf-8")
    assert place.until(file) <= {file, place.folder / "probe"}


def test_a_file_written_beside_and_renamed(place: Watched) -> None:
    file, beside = place.folder / "backend.py", place.folder / "backend.py~"
    beside.write_text("1", encoding="utf-8")
    beside.replace(file)
    assert beside not in place.until(file)


def test_files_in_new_folders_and_removed_files(place: Watched) -> None:
    file = place.folder / "new" / "deep" / "a.py"
    file.parent.mkdir(parents=True)
    file.write_text("1", encoding="utf-8")
    place.until(file)
    file.unlink()
    place.until(file)


def test_single_files_elsewhere(place: Watched) -> None:
    settings, other = place.project / "settings.toml", place.project / "other.toml"
    place.watcher.also([settings])
    other.write_text("1", encoding="utf-8")
    assert other not in place.save(settings)
    assert other not in place.save(place.folder / "last.py")


def test_the_folder_goes_and_comes_back_as_with_a_change_of_branch(place: Watched) -> None:
    shutil.rmtree(place.folder)
    place.folder.mkdir()
    place.until(place.folder)
    place.save(place.folder / "backend.py")
