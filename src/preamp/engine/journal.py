"""The journal: an append-only log of records in checksummed frames, and what is in it.

A frame is written with one system call before anything is answered, so a killed process loses
nothing that was; what was not yet handed to the disk is lost with the power. A torn or damaged
end is cut off. Knows what records are called and nothing of what they mean.

Files in its directory, read in this order: the last ``N.base`` (everything up to ``N``, written
by compacting), then every ``M.log`` with ``M`` above.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
import zlib
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Collection: TypeAlias = tuple[Hashable, ...]
"""Where a record belongs: a service's store, a queue's messages."""

Blobs: TypeAlias = tuple[str, ...]
"""Digests of the blobs a record names."""

_HEADER: Final = struct.Struct("<4sII")
_MAGIC: Final = b"pj1\n"
_BASE: Final = ".base"
_LOG: Final = ".log"
_FRAME_BYTES: Final = 4 * 1024 * 1024
_PROTOCOL: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is new or different, or gone.

    Attributes:
        collection: Where it belongs.
        key: Its name there.
        data: Its content; None if it is gone.
        blobs: The blobs its content names.
    """

    collection: Collection
    key: Hashable
    data: bytes | None
    blobs: Blobs = ()


Records: TypeAlias = dict[Collection, dict[Hashable, Change]]
"""Every record, by collection and key."""


class Journal:
    """The log in one directory; one process may have it open.

    Attributes:
        sealed_bytes: The size of the files that are not written to any more.
        count: How many files there are.

    Args:
        directory: Where its files are; made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._descriptor = -1
        self._number = max((_number(path) for path in directory.iterdir()), default=0)
        self._written = 0
        self._unwritten = bytearray()
        self.sealed_bytes = sum(path.stat().st_size for path in self._files())
        self.count = len(self._files())

    def read(self) -> Records:
        """Read everything, cutting off a damaged end, and make ready for writing."""
        records = _read(self._files())
        self._open(self._number + 1)
        return records

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return self.sealed_bytes + self._written

    @property
    def has_unwritten(self) -> bool:
        """Whether something added is not in the file yet."""
        return bool(self._unwritten)

    def add(self, changes: Iterable[Change]) -> None:
        """Take changes that belong together; `write` puts them in the file."""
        rows = [(c.collection, c.key, c.data, c.blobs) for c in changes]
        if rows:
            self._unwritten += _frame(rows)

    def write(self) -> None:
        """Hand what was added to the operating system, all of it or nothing.

        Raises:
            OSError: It does not take it, for example because the disk is full; what was added
                stays for the next time.
        """
        if not self._unwritten:
            return
        view, written = memoryview(self._unwritten), 0
        try:
            while written < len(view):
                written += os.write(self._descriptor, view[written:])
        except OSError:
            # A torn frame in the middle would hide whatever comes after it.
            os.ftruncate(self._descriptor, self._written)
            os.lseek(self._descriptor, self._written, os.SEEK_SET)
            raise
        finally:
            view.release()
        self._written += written
        self._unwritten.clear()

    def sync(self) -> None:
        """Hand what was written to the disk."""
        _sync(self._descriptor)

    def rotate(self) -> list[Path]:
        """Go on in a new file; return the files with everything until now, which stay as they are.

        Raises:
            OSError: The new file cannot be made; nothing has changed then.
        """
        self.write()
        self.sync()
        previous, written = self._descriptor, self._written
        self._open(self._number + 1)
        os.close(previous)
        self.sealed_bytes += written
        return self._files()[:-1]

    def compact(self, sealed: list[Path]) -> None:
        """Put one file with what counts in the place of the files that `rotate` returned.

        May run while others write.

        Raises:
            OSError: There is no room; the files stay as they were.
        """
        last = sealed[-1]
        temporary = last.with_suffix(".tmp")
        before = sum(path.stat().st_size for path in sealed)
        try:
            with temporary.open("wb") as file:
                for rows in _rows_of(_read(sealed)):
                    file.write(_frame(rows))
                file.flush()
                _sync(file.fileno())
            temporary.replace(last.with_suffix(_BASE))
            # Its name must be on the disk before the others are gone.
            self._sync_names()
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        for path in sealed:
            if path.suffix != _BASE or path.stem != last.stem:
                path.unlink(missing_ok=True)
        self.sealed_bytes += last.with_suffix(_BASE).stat().st_size - before
        self.count -= len(sealed) - 1

    def close(self) -> None:
        """Hand everything to the disk and end."""
        self.write()
        self.sync()
        os.close(self._descriptor)

    def _open(self, number: int) -> None:
        path = self._directory / f"{number:08d}{_LOG}"
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._number, self._written = number, 0
        self.count += 1
        self._sync_names()

    def _sync_names(self) -> None:
        if os.name == "posix":
            descriptor = os.open(self._directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _files(self) -> list[Path]:
        return journal_files(self._directory)


def journal_files(directory: Path) -> list[Path]:
    """Return the files that count, in the order they are read."""
    found = sorted(p for p in directory.iterdir() if p.suffix in {_BASE, _LOG})
    bases = [path for path in found if path.suffix == _BASE]
    if not bases:
        return found
    logs = [p for p in found if p.suffix == _LOG and _number(p) > _number(bases[-1])]
    return [bases[-1], *logs]


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0


def _frame(rows: object) -> bytes:
    payload = pickle.dumps(rows, _PROTOCOL)
    return _HEADER.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload


def _rows_of(records: Records) -> Iterator[list[object]]:
    """The rows of all records, in portions fit for a frame."""
    rows: list[object] = []
    size = 0
    for of_collection in records.values():
        for change in of_collection.values():
            rows.append((change.collection, change.key, change.data, change.blobs))
            size += len(change.data or b"")
            if size > _FRAME_BYTES:
                yield rows
                rows, size = [], 0
    if rows:
        yield rows


def _read(paths: list[Path]) -> Records:
    records: Records = {}
    for path in paths:
        content = path.read_bytes()
        for payload in _payloads(content, path):
            for collection, key, data, blobs in pickle.loads(payload):  # noqa: S301 - our own file
                if data is None:
                    records.get(collection, {}).pop(key, None)
                else:
                    change = Change(collection, key, data, blobs)
                    records.setdefault(collection, {})[key] = change
    return records


def _payloads(content: bytes, path: Path) -> Iterator[memoryview]:
    view, offset = memoryview(content), 0
    while offset + _HEADER.size <= len(content):
        magic, length, checksum = _HEADER.unpack_from(content, offset)
        start = offset + _HEADER.size
        payload = view[start : start + length]
        if magic != _MAGIC or len(payload) < length or zlib.crc32(payload) != checksum:
            break
        yield payload
        offset = start + length
    if offset < len(content):
        lost = len(content) - offset
        sys.stderr.write(f"{path.name}: the last {lost} bytes were never finished, left out\n")


def _sync(descriptor: int) -> None:
    with suppress(OSError):
        # not everything that can be written to can be synchronized
        getattr(os, "fdatasync", os.fsync)(descriptor)
