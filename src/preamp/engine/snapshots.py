"""Where state is on disk, and snapshots of it: mostly hard links, as few of its files ever change.

The engine takes them, while it holds still; putting one back is done with the files alone, while
no engine runs. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

STATE: Final = "state"
"""Everything that survives, below an engine's directory."""

JOURNAL: Final = "journal"
"""The records, below the state."""

BLOBS: Final = "blobs"
"""Large values, below the state."""

MAIL: Final = "mail"
"""Accepted messages, below the state; the only files that are written to more than once."""

KEPT: Final = 5
"""How many snapshots are kept; the oldest goes when there is one more."""

_SNAPSHOTS: Final = "snapshots"
_DESCRIPTION: Final = "snapshot.json"
_UNFINISHED: Final = ".unfinished"
_MAKING: Final = "state.making"
_NEXT: Final = "state.next"
_PREVIOUS: Final = "state.previous"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Snapshot:
    """The whole state as it was once.

    Attributes:
        name: What it is called.
        taken_at: When, in seconds since the epoch.
    """

    name: str
    taken_at: float


class Holding(Protocol):
    """Whoever writes the state."""

    def hold_still(self, work: Callable[[list[Path], list[Path]], None], /) -> None:
        """Hand over the journal's files and the blobs', which do not change meanwhile."""


def is_snapshot_name(name: str) -> bool:
    """Tell whether a snapshot may be called so: letters, digits, ``.``, ``_`` and ``-``."""
    return _NAME.fullmatch(name) is not None


class Snapshots:
    """Takes snapshots of a running engine's state.

    Args:
        directory: The engine's directory.
        holding: Writes the state.
    """

    def __init__(self, directory: Path, holding: Holding) -> None:
        self._directory = directory
        self._holding = holding

    def take(self, name: str) -> None:
        """Keep the state as it is now; one of the same name is replaced.

        Raises:
            OSError: There is no room for it.
        """
        place = self._directory / _SNAPSHOTS
        unfinished = place / f"{name}{_UNFINISHED}"
        _remove(unfinished)
        try:
            self._holding.hold_still(lambda journal, blobs: self._link(unfinished, journal, blobs))
            description = {"taken_at": time.time()}
            (unfinished / _DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
            _remove(place / name)
            unfinished.rename(place / name)
        except OSError:
            _remove(unfinished)
            raise
        for old in list_snapshots(self._directory)[KEPT:]:
            _remove(place / old.name)

    def _link(self, target: Path, journal: Iterable[Path], blobs: Iterable[Path]) -> None:
        state = self._directory / STATE
        for name in (JOURNAL, BLOBS):
            (target / name).mkdir(parents=True)
        for path in (*journal, *blobs):
            _link(path, target / path.relative_to(state))
        # It is written at its end.
        shutil.copytree(state / MAIL, target / MAIL)


def list_snapshots(directory: Path) -> list[Snapshot]:
    """Return an engine's snapshots, newest first.

    Args:
        directory: The engine's directory.
    """
    found = []
    for path in (directory / _SNAPSHOTS).glob(f"*/{_DESCRIPTION}"):
        with suppress(OSError, ValueError, KeyError):
            description = json.loads(path.read_text(encoding="utf-8"))
            if not path.parent.name.endswith(_UNFINISHED):
                found.append(Snapshot(path.parent.name, float(description["taken_at"])))
    return sorted(found, key=lambda snapshot: snapshot.taken_at, reverse=True)


def snapshot_directory(directory: Path, name: str) -> Path:
    """Return where a snapshot is; what else belongs to it may be put there.

    Args:
        directory: The engine's directory.
        name: The snapshot.
    """
    return directory / _SNAPSHOTS / name


def put_back(directory: Path, name: str) -> None:
    """Put a snapshot in the place of the state; no engine may run.

    Args:
        directory: The engine's directory.
        name: The snapshot, which stays.

    Raises:
        OSError: There is no room for it; the state is as it was then.
    """
    source, target = directory / _SNAPSHOTS / name, directory / _MAKING
    _remove(target)
    try:
        for part in (JOURNAL, BLOBS):
            (target / part).mkdir(parents=True)
            for path in (source / part).rglob("*"):
                if path.is_file():
                    _link(path, target / path.relative_to(source))
        shutil.copytree(source / MAIL, target / MAIL)
    except OSError:
        _remove(target)
        raise
    _exchange(directory)


def empty(directory: Path) -> None:
    """Put nothing in the place of the state; no engine may run.

    Args:
        directory: The engine's directory.
    """
    _remove(directory / _MAKING)
    (directory / _MAKING).mkdir(parents=True)
    _exchange(directory)


def finish_exchange(directory: Path) -> None:
    """Finish what somebody was killed in the middle of; call it before the state is read.

    Args:
        directory: The engine's directory.
    """
    state = directory / STATE
    if not state.exists() and (directory / _NEXT).exists():
        (directory / _NEXT).rename(state)
    for name in (_MAKING, _NEXT, _PREVIOUS):
        _remove(directory / name)


def _exchange(directory: Path) -> None:
    """Put what was made in the place of the state; `finish_exchange` can take over anywhere."""
    for name in (_NEXT, _PREVIOUS):
        _remove(directory / name)
    (directory / _MAKING).rename(directory / _NEXT)
    with suppress(FileNotFoundError):
        (directory / STATE).rename(directory / _PREVIOUS)
    (directory / _NEXT).rename(directory / STATE)
    _remove(directory / _PREVIOUS)


def _link(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(path)
    except OSError:
        # Some file systems have no links; a full disk fails this, too.
        shutil.copyfile(path, target)
        os.utime(target)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
