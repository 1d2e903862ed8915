"""Zipping a directory so that the same content is the same bytes, always.

Owns the layout of the archives that Lambda and others unpack. Must not know where they go.
"""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 1
_PLAIN: Final = 0o644
_EXECUTABLE: Final = 0o755
_UNIX: Final = 3
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class _Member:
    name: str
    file: Path


def zip_directory(directory: Path, destination: IO[bytes]) -> None:
    """Write a directory as a zip archive.

    Files are sorted by name and carry a fixed date and fixed modes; the executable bit is kept.
    Symbolic links stay links as long as they lead to somewhere inside the directory.

    Args:
        directory: What to zip; its own name does not appear in the archive.
        destination: A binary file open for writing and seekable.

    Raises:
        UserError: ``AssetLinkError`` for a link that leads out of the directory, or nowhere.
    """
    with zipfile.ZipFile(
        destination, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL, strict_timestamps=False
    ) as archive:
        for member in sorted(_members(directory, directory), key=lambda member: member.name):
            _add(archive, member, directory)


def _members(root: Path, directory: Path) -> Iterator[_Member]:
    with os.scandir(directory) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield from _members(root, path)
            else:
                yield _Member(path.relative_to(root).as_posix(), path)


def _add(archive: zipfile.ZipFile, member: _Member, root: Path) -> None:
    info = zipfile.ZipInfo(member.name, _EPOCH)
    # Otherwise it would tell on which system it was made.
    info.create_system = _UNIX
    if member.file.is_symlink():
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, _link_target(member, root))
        return
    status = member.file.stat()
    mode = _EXECUTABLE if status.st_mode & stat.S_IXUSR else _PLAIN
    info.external_attr = (stat.S_IFREG | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size = status.st_size
    with member.file.open("rb") as source, archive.open(info, "w") as sink:
        while piece := source.read(_PIECE):
            sink.write(piece)


def _link_target(member: _Member, root: Path) -> str:
    target = PurePosixPath(member.file.readlink().as_posix())
    real_root = root.resolve()
    real = member.file.resolve()
    if target.is_absolute() or not real.is_relative_to(real_root) or not real.exists():
        raise UserError(
            "AssetLinkError",
            f"{member.file} is a symbolic link to {target}, which is not inside {root}",
            "replace the link by the file itself, or leave it out of the asset",
        )
    return str(target)
