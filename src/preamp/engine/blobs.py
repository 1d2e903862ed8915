"""Content-addressed files: each large value is written once, under the digest of its content.

A value appears whole or not at all. Knows nothing of who names it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

_YOUNG_SECONDS: Final = 60.0


class Blobs:
    """The values in one directory.

    Args:
        directory: Where they are; made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._unsynced: list[Path] = []
        self._lock = threading.Lock()

    def add(self, value: bytes) -> str:
        """Keep a value; return its digest.

        Raises:
            OSError: It cannot be written, for example because the disk is full.
        """
        digest = hashlib.sha256(value).hexdigest()
        path = self._path(digest)
        if _is_whole(path, len(value)):
            # Young again, so that nobody takes it for forgotten.
            os.utime(path)
        else:
            self._write(path, value)
        return digest

    def read(self, digest: str) -> bytes:
        """Return a value.

        Raises:
            OSError: It is not there.
        """
        return self._path(digest).read_bytes()

    def has(self, digest: str) -> bool:
        """Whether a value is there."""
        return self._path(digest).exists()

    def written(self, path: Path) -> None:
        """Note a file, also one that is none of the values, for `sync`."""
        with self._lock:
            self._unsynced.append(path)

    def sync(self) -> None:
        """Hand what was written since the last time to the disk."""
        with self._lock:
            fresh, self._unsynced = set(self._unsynced), []
        for path in fresh:
            with suppress(OSError):
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    def files(self) -> list[Path]:
        """Return the files of all values."""
        return [path for path in self._directory.glob("??/*") if path.suffix != ".tmp"]

    def remove_others(self, named: Collection[str], *, age: float = _YOUNG_SECONDS) -> None:
        """Remove every value that nobody names.

        Args:
            named: Digests that somebody names.
            age: Values younger than this many seconds stay: who will name them may not have
                said so yet.
        """
        latest = time.time() - age
        for path in self._directory.glob("??/*"):
            with suppress(OSError):
                if path.name not in named and path.stat().st_mtime <= latest:
                    path.unlink()

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def _write(self, path: Path, value: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(f"{path.name}-{threading.get_ident():x}.tmp")
        try:
            temporary.write_bytes(value)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        self.written(path)


class HeldBlobs:
    """Values that an owner holds in memory and asks about often; each is hashed once.

    Args:
        blobs: Where they are kept.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._digests: dict[int, tuple[bytes, str]] = {}

    def add(self, values: Iterable[bytes]) -> dict[int, str]:
        """Keep all that is held now; return their digests by identity.

        Raises:
            OSError: One cannot be written.
        """
        now: dict[int, tuple[bytes, str]] = {}
        for value in values:
            known = self._digests.get(id(value))
            is_known = known is not None and known[0] is value
            now[id(value)] = known if known and is_known else (value, self._blobs.add(value))
        self._digests = now
        return {identity: digest for identity, (_, digest) in now.items()}


def _is_whole(path: Path, size: int) -> bool:
    # After a power failure a file may be there and empty.
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False
