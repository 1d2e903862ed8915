"""The outputs file on disk.

Owns that nobody ever sees half of it, and that it stays as it is if it says the same. Must not
know what is in it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, text: str) -> bool:
    """Write a file for frontends, if that changes it.

    A file that says the same is left alone, so that a frontend's watcher does not reload.

    Args:
        path: The file; its folder is made if absent.
        text: Its content.

    Returns:
        Whether it was written.

    Raises:
        UserError: ``OutputsFileError`` if it cannot be written.
    """
    # A link, for instance from a frontend's folder, stays a link.
    path = path.resolve()
    content = text.encode()
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise UserError(
            "OutputsFileError",
            f"{path} cannot be written: {error.strerror}",
            "make the place writable, or choose another folder",
        ) from error
    return True


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
