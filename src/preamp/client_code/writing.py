"""Writing files of code into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.outputs.file import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_files(directory: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files, in the place of those that have their names.

    Args:
        directory: Where to; made if it is not there.
        files: Their texts, by paths in it.

    Returns:
        The files.

    Raises:
        UserError: ``OutputsFileError`` if one cannot be written.
    """
    for name, text in files.items():
        write_file(directory / name, text)
    return tuple(directory / name for name in files)
