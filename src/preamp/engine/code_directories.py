"""Unpacked deployment packages: read-only, shared by content, gone with their last user."""

from __future__ import annotations

import io
import os
import shutil
import stat
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from preamp.contract.local_code import LocalCode

_ALL_MAY_READ: Final = 0o444
_ALL_MAY_EXECUTE: Final = 0o111


@dataclass
class _Directory:
    path: Path
    users: int = 0
    unpacked: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class CodeDirectories:
    """Hands out directories with the content of zip files.

    Args:
        root: Where they are unpacked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._directories: dict[str, _Directory] = {}
        self._lock = threading.Lock()

    def acquire(self, package: bytes, digest: str, *, live: bool = False) -> Path:
        """Return the directory of a zip's content, unpacking it for its first user.

        Args:
            package: The zip.
            digest: Names its content; fit for a file's name.
            live: Where the code names its sources, put them in the place of their copies.
        """
        name = f"{digest}-live" if live else digest
        with self._lock:
            fresh = _Directory(self._root / name)
            directory = self._directories.setdefault(name, fresh)
            directory.users += 1
        try:
            with directory.lock:
                if not directory.unpacked:
                    _unpack(package, directory.path, live=live)
                    directory.unpacked = True
        except BaseException:
            self.release(directory.path)
            raise
        return directory.path

    def release(self, path: Path) -> None:
        """Give a directory back; the last user's return removes it."""
        with self._lock:
            directory = self._directories[path.name]
            directory.users -= 1
            if directory.users:
                return
            del self._directories[path.name]
            trash = path.with_name(f"{path.name}.{id(directory):x}")
            if path.exists():
                path.rename(trash)
        remove_tree(trash)


def remove_tree(path: Path) -> None:
    """Remove a directory, be it read-only or not there; what goes meanwhile is no matter."""
    for folder, _, _ in os.walk(path):
        with suppress(OSError):
            Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(path, ignore_errors=True)


def _unpack(package: bytes, path: Path, *, live: bool) -> None:
    path.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            if stat.S_ISLNK(mode):
                _link(archive.read(entry).decode(), path, entry.filename)
            else:
                _settle(Path(archive.extract(entry, path)), mode)
    if live:
        LocalCode.read(path).link_sources(path)
    for directory in sorted((each for each in path.rglob("*") if each.is_dir()), reverse=True):
        if not directory.is_symlink():
            directory.chmod(_ALL_MAY_READ | _ALL_MAY_EXECUTE)
    path.chmod(_ALL_MAY_READ | _ALL_MAY_EXECUTE)


def _settle(place: Path, mode: int) -> None:
    if place.is_file():
        place.chmod(_ALL_MAY_READ | (mode & _ALL_MAY_EXECUTE))


def _link(target: str, root: Path, name: str) -> None:
    """Make a link, if it does not lead out of the package."""
    place = root / name
    leads_to = Path(place.parent, target).resolve()
    if leads_to.is_relative_to(root.resolve()) and place.parent.resolve().is_relative_to(
        root.resolve()
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
