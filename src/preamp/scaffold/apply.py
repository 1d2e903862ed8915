"""Carries out the plan of a project: all of it, or nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError
from preamp.scaffold.gitignore import GITIGNORE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.scaffold.plan import ProjectPlan

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def apply(plan: ProjectPlan) -> None:
    """Write the files of a plan. If one cannot be written, everything is as it was.

    Raises:
        UserError: ``ProjectFolderError``.
    """
    with ExitStack() as undo:
        path = plan.directory
        try:
            _make_folder(path, undo)
            for place, content in plan.written.items():
                path = plan.directory / place
                _make_folder(path.parent, undo)
                _write_new(path, content, undo)
            if plan.ignored is not None:
                path = plan.directory / GITIGNORE
                _replace(path, plan.ignored)
        except OSError as error:
            raise _unwritable(path, error) from error
        undo.pop_all()


def _make_folder(folder: Path, undo: ExitStack) -> None:
    """Make a folder and those above it that are missing."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, undo)
    folder.mkdir()
    undo.callback(_undo, folder.rmdir)


def _write_new(path: Path, content: bytes, undo: ExitStack) -> None:
    # exclusive: a file that appeared since the plan was made is not overwritten either
    with path.open("xb") as file:
        undo.callback(_undo, path.unlink)
        file.write(content)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        shutil.copymode(path, part)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _undo(step: Callable[[], None]) -> None:
    # what cannot be undone must not keep the rest from being undone
    with contextlib.suppress(OSError):
        step()


def _unwritable(path: Path, error: OSError) -> UserError:
    full = error.errno in _FULL
    cure = "free some space" if full else "make the folder writable, or name another one"
    return UserError(
        "ProjectFolderError",
        f"{path} cannot be written: {error.strerror}",
        f"nothing was changed; {cure}, then run this again",
    )
