"""Unpacked deployment packages, shared by content, gone with their last user."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class CodeDirectories:
    """Hands out directories with the content of zip files.

    Args:
        root: Where they are unpacked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._users: dict[Path, int] = {}
        self._lock = threading.Lock()

    def acquire(self, package: bytes) -> Path:
        """Return the directory of a zip's content, unpacking it for its first user."""
        directory = self._root / hashlib.sha256(package).hexdigest()[:24]
        with self._lock:
            if directory not in self._users:
                shutil.rmtree(directory, ignore_errors=True)
                directory.mkdir(parents=True)
                with zipfile.ZipFile(io.BytesIO(package)) as archive:
                    archive.extractall(directory)
            self._users[directory] = self._users.get(directory, 0) + 1
        return directory

    def release(self, directory: Path) -> None:
        """Give a directory back; the last user's return removes it."""
        with self._lock:
            self._users[directory] -= 1
            if not self._users[directory]:
                del self._users[directory]
                shutil.rmtree(directory, ignore_errors=True)
