"""What keeps a backend from being added to a folder, each with the way out of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.assembly.project import DEFAULT_BACKEND, PYPROJECT, read_settings
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

_FOLDER: Final = DEFAULT_BACKEND.parent
_MANY: Final = 3


def refuse_conflicts(directory: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Refuse a folder that a backend cannot be added to.

    Args:
        directory: The folder, absolute; it need not exist.
        files: The starter's files by place.

    Raises:
        UserError: ``ProjectFolderError``, ``BackendExistsError``, ``BackendElsewhereError``,
            ``AmplifyFolderError`` or ``TemplateConflictError``.
    """
    if os.path.lexists(directory) and not directory.is_dir():
        raise UserError(
            "ProjectFolderError",
            f"{directory} is no folder",
            "name a folder, or one that does not exist yet: it will be made",
        )
    _refuse_other_backend(directory)
    _refuse_other_content(directory / _FOLDER)
    differing = [
        str(place)
        for place, content in files.items()
        if place.is_relative_to(_FOLDER.as_posix())
        and os.path.lexists(directory / place)
        and not _may_stay(directory / place, content)
    ]
    if differing:
        more = f" and {len(differing) - _MANY} more" if len(differing) > _MANY else ""
        raise UserError(
            "TemplateConflictError",
            f"the template would replace {', '.join(differing[:_MANY])}{more}",
            "move what is in the way, or take another template with --template",
        )


def _refuse_other_backend(directory: Path) -> None:
    if os.path.lexists(directory / DEFAULT_BACKEND):
        raise UserError(
            "BackendExistsError",
            f"there is a backend already: {directory / DEFAULT_BACKEND}",
            "deploy it with 'preamp sandbox', or name another folder: preamp init DIR",
        )
    backend = read_settings(directory).get("backend", str(DEFAULT_BACKEND))
    if Path(backend) != DEFAULT_BACKEND:
        raise UserError(
            "BackendElsewhereError",
            f"{PYPROJECT} says that the backend is {backend}, not {DEFAULT_BACKEND}",
            "remove 'backend' under [tool.preamp], or name another folder: preamp init DIR",
            sites=[Site(str(directory / PYPROJECT), 1)],
        )


def _refuse_other_content(folder: Path) -> None:
    """Refuse an ``amplify`` that is not ours to write into: a link, a file, another tool's."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        kind = "a link" if folder.is_symlink() else "a file"
        raise UserError(
            "AmplifyFolderError",
            f"{folder} is {kind}, where the folder of the backend would be",
            f"move it, or name another folder: preamp init DIR (its {_FOLDER}/ will be made)",
        )
    found = next((path for path in _traces(folder) if path.exists()), None)
    if found:
        raise UserError(
            "AmplifyFolderError",
            f"{folder} holds a backend of Amplify's own tools: {found.relative_to(folder.parent)}",
            f"rename the folder, for example with 'mv {_FOLDER} {_FOLDER}-ts', and run this again: "
            "the two can stand side by side while you move your backend to Python",
        )


def _traces(folder: Path) -> list[Path]:
    """What Amplify's tools leave in their folder: those for TypeScript, and those before."""
    typescript = sorted([*folder.glob("*.ts"), *folder.glob("*/resource.ts")])
    names = ("backend", "cli.json", "team-provider-info.json", "tsconfig.json", "package.json")
    return [*typescript, *(folder / name for name in names)]


def _may_stay(path: Path, content: bytes) -> bool:
    """Whether a file that is there does as well as the starter's own."""
    if path.name == "__init__.py":
        return path.is_file()
    return path.is_file() and path.read_bytes() == content
