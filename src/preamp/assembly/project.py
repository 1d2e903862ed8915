"""Finds the user's project: its folder, its backend file and its name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from preamp.contract.site import Site
from preamp.errors import UserError

DEFAULT_BACKEND: Final = Path("amplify", "backend.py")
PYPROJECT: Final = "pyproject.toml"


@dataclass(frozen=True)
class Project:
    """A folder with a backend.

    Attributes:
        directory: The project's folder, absolute.
        backend_file: The definition, relative to the folder.
        name: The project's name, from which its stacks are named.
    """

    directory: Path
    backend_file: Path
    name: str

    @property
    def definition_folder(self) -> Path:
        """The folder that the definition is in."""
        return (self.directory / self.backend_file).parent

    @property
    def state_directory(self) -> Path:
        """Where preamp keeps what belongs to this project on this machine."""
        return self.directory / ".preamp"

    def keep_state_apart(self) -> None:
        """Keep what is in the state's folder for the user alone, and out of git."""
        self.state_directory.chmod(0o700)
        ignore = self.state_directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")

    def read(self, file: str) -> str | None:
        """Return the text of one of its files; None if there is none.

        Args:
            file: Its path, relative to the project's folder or absolute.
        """
        try:
            return (self.directory / file).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None


def find_project(start: Path) -> Project:
    """Find the project that a folder belongs to: itself, or the nearest one above it.

    Args:
        start: An absolute folder.

    Raises:
        UserError: ``BackendNotFoundError`` or ``InvalidProjectFileError``.
    """
    for directory in (start, *start.parents):
        settings = read_settings(directory)
        backend_file = Path(settings.get("backend", DEFAULT_BACKEND))
        if (directory / backend_file).is_file():
            return Project(directory, backend_file, _name(directory, settings))
        if "backend" in settings:
            raise UserError(
                "BackendNotFoundError",
                f"{PYPROJECT} names {backend_file} as the backend, which does not exist",
                "mend 'backend' under [tool.preamp], or create the file",
                sites=[Site(str(directory / PYPROJECT), 1)],
            )
    raise UserError(
        "BackendNotFoundError",
        f"no backend found: {start / DEFAULT_BACKEND} does not exist",
        "run this in a project's folder, or make one with 'preamp init'",
    )


def read_settings(directory: Path) -> dict[str, Any]:
    """The ``[tool.preamp]`` table of a folder's pyproject.toml, and its project's name.

    Raises:
        UserError: ``InvalidProjectFileError``.
    """
    path = directory / PYPROJECT
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            "InvalidProjectFileError",
            f"{path} cannot be read: {error}",
            "mend the file",
            sites=[Site(str(path), 1)],
        ) from error
    name = content.get("project", {}).get("name")
    own: dict[str, Any] = content.get("tool", {}).get("preamp", {})
    return {**({"name": name} if name else {}), **own}


def _name(directory: Path, settings: dict[str, Any]) -> str:
    name = str(settings.get("name", directory.name))
    return name if any(letter.isalnum() for letter in name) else "backend"
