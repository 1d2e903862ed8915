"""Plans a project: which files are added to a folder, and which of its files stay as they are.

Only reads. `preamp.scaffold.apply` does what the plan says.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.scaffold.conflicts import refuse_conflicts
from preamp.scaffold.gitignore import GITIGNORE, with_entries
from preamp.scaffold.project_files import (
    PYPROJECT,
    README,
    package_name,
    pyproject,
    readme,
    requirements,
    supporting_files,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from preamp.scaffold.starter import Starter

_DEPENDENCY_FILES: Final = (
    "pyproject.toml",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
    "Pipfile",
)
# a requirement or a key, but not [tool.preamp]
_DECLARED: Final = re.compile(r"(?<![\w./-])preamp\s*(?:[\"'=<>~!\[;@]|$)", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """A file that is not written.

    Attributes:
        place: Where it would go.
        reason: Why it is not, unless that is just because it is there already.
    """

    place: PurePosixPath
    reason: str = ""


@dataclass(frozen=True)
class ProjectPlan:
    """What making a project does to a folder.

    Attributes:
        directory: The folder, absolute.
        starter: What the backend begins with.
        is_new: Whether the project is; otherwise a backend is added to it.
        written: New files in the order of writing, the definition last.
        ignored: The existing `.gitignore` with what is appended; None if it stays.
        kept: What stays as it is.
        undeclared: Requirements that the project's own file of dependencies should name.
        declared_in: That file; None if there is none or it is new.
    """

    directory: Path
    starter: Starter
    is_new: bool
    written: Mapping[PurePosixPath, bytes]
    ignored: bytes | None
    kept: tuple[Kept, ...]
    undeclared: tuple[str, ...]
    declared_in: str | None


def plan_project(directory: Path, starter: Starter) -> ProjectPlan:
    """Plan a new project, or a backend for an existing one.

    Args:
        directory: The folder; it need not exist.
        starter: What the backend begins with.

    Raises:
        UserError: The folder cannot take the backend; see `refuse_conflicts`.
    """
    # a link to the folder is as good as the folder; links within it are not followed
    directory = directory.resolve()
    backend = starter.files()
    refuse_conflicts(directory, backend)
    declared_in = next((n for n in _DEPENDENCY_FILES if (directory / n).exists()), None)
    is_new = _is_new(directory)
    files = {**_own_files(directory, starter, declared_in, is_new=is_new), **backend}
    kept = [_kept(directory, place) for place in files]
    ignored, ignored_kept = _ignored(directory)
    return ProjectPlan(
        directory,
        starter,
        is_new,
        {
            place: content
            for (place, content), found in zip(files.items(), kept, strict=True)
            if found is None
        },
        ignored,
        tuple(one for one in (*kept, ignored_kept) if one is not None),
        _undeclared(directory, declared_in),
        declared_in,
    )


def _own_files(
    directory: Path, starter: Starter, declared_in: str | None, *, is_new: bool
) -> Mapping[PurePosixPath, bytes]:
    """The files that are not the backend's; fewer for a project that exists."""
    name = package_name(directory.name)
    texts = dict(supporting_files())
    if declared_in is None:
        texts[PYPROJECT] = pyproject(name)
    if is_new:
        texts[README] = readme(name, starter)
    files = {place: text.encode() for place, text in texts.items()}
    if not os.path.lexists(directory / GITIGNORE):
        files[GITIGNORE] = with_entries(b"")
    return files


def _is_new(directory: Path) -> bool:
    """Whether there is nothing yet but what no one sees: a repository, an environment."""
    return not directory.exists() or all(path.name.startswith(".") for path in directory.iterdir())


def _kept(directory: Path, place: PurePosixPath) -> Kept | None:
    """Why a file is not written, if it is not."""
    for parent in [*place.parents][-2::-1]:
        folder = directory / parent
        if folder.is_symlink():
            return Kept(place, f"not written: {parent}/ is a link")
        if os.path.lexists(folder) and not folder.is_dir():
            return Kept(place, f"not written: {parent} is no folder")
    return Kept(place) if os.path.lexists(directory / place) else None


def _ignored(directory: Path) -> tuple[bytes | None, Kept | None]:
    """What becomes of a `.gitignore` that is there: new content, or that it stays."""
    path = directory / GITIGNORE
    if not os.path.lexists(path):
        return None, None
    if path.is_symlink() or not path.is_file():
        return None, Kept(GITIGNORE, "not changed, as it is a link or a folder")
    content = path.read_bytes()
    extended = with_entries(content)
    return (None, Kept(GITIGNORE)) if extended == content else (extended, None)


def _undeclared(directory: Path, declared_in: str | None) -> tuple[str, ...]:
    if declared_in is None:
        return ()
    text = (directory / declared_in).read_text(encoding="utf-8", errors="replace")
    return () if _DECLARED.search(text) else requirements()
