"""The outputs file on disk.

Owns its name, its formatting and that nobody ever sees half of it. Must not know what is in it.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OUTPUTS_FILE: Final = "amplify_outputs.json"
"""The name that Amplify's client libraries look for."""


def write_outputs(directory: Path, document: Mapping[str, Any]) -> bool:
    """Write the outputs file, if that changes it.

    A file that says the same is left alone, so that a frontend's watcher does not reload.

    Args:
        directory: Where it goes; made if absent.
        document: Its content.

    Returns:
        Whether it was written.

    Raises:
        UserError: ``OutputsFileError`` if it cannot be written.
    """
    # A link, for instance from a frontend's folder, stays a link.
    path = (directory / OUTPUTS_FILE).resolve()
    content = (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise UserError(
            "OutputsFileError",
            f"{path} cannot be written: {error.strerror}",
            "make the place writable, or choose another one with --outputs-out-dir",
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
