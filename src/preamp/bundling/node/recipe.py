"""What a bundle was made of, so that it need not be made again while all of that is the same.

The project's own files count by their content, installed packages by size and time. So do the names
of files in the project's folders: a file that is new may be what an import means from now on.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.bundling.store import use, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_INSTALLED: Final = "node_modules"
_SETTINGS: Final = ("tsconfig*.json", "package.json")
_INSTALLATIONS: Final = (".package-lock.json", ".modules.yaml", ".yarn-integrity")


@dataclass(frozen=True)
class Recipe:
    """How a bundle came to be.

    Attributes:
        digest: The bundle's.
        ingredients: What each path was like.
        environments: The functions whose typed environment is imported.
    """

    digest: str
    ingredients: dict[str, str]
    environments: list[str]

    @staticmethod
    def of(digest: str, sources: Iterable[Path], environments: list[str], project: Path) -> Recipe:
        """How a bundle was made that was made just now.

        Args:
            digest: The bundle's.
            sources: The modules in it, absolute.
            environments: The functions whose typed environment is imported.
            project: The project's folder, absolute.
        """
        paths = {*sources}
        for folder in _folders(sources, project):
            paths.add(folder)
            for pattern in _SETTINGS:
                paths.update(folder.glob(pattern))
            paths.update(folder / _INSTALLED / name for name in _INSTALLATIONS)
        ingredients = {str(path): _state(path) for path in sorted(paths)}
        return Recipe(digest, ingredients, environments)

    @staticmethod
    def read(place: Path) -> Recipe | None:
        """One that was kept; None if there is none."""
        try:
            found = json.loads(place.read_text(encoding="utf-8"))
            use(place)
            return Recipe(**found)
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, place: Path) -> None:
        """Keep it."""
        write_text(place, json.dumps(asdict(self)))

    @property
    def still_holds(self) -> bool:
        """Whether everything is as it was."""
        return all(_state(Path(path)) == state for path, state in self.ingredients.items())

    @property
    def sources(self) -> frozenset[Path]:
        """The files it says something about, less what is installed."""
        paths = map(Path, self.ingredients)
        return frozenset(path for path in paths if _INSTALLED not in path.parts and path.is_file())


def _folders(sources: Iterable[Path], project: Path) -> set[Path]:
    """The project's folders in which sources lie, and those above them."""
    return {
        folder
        for source in sources
        if _INSTALLED not in source.parts
        for folder in source.parents
        if folder.is_relative_to(project)
    }


def _state(path: Path) -> str:
    with suppress(OSError):
        if path.is_dir():
            return _sum("\n".join(sorted(_names(path))).encode())
        if _INSTALLED in path.parts:
            found = path.stat()
            return f"{found.st_mtime_ns} {found.st_size}"
        return _sum(path.read_bytes())
    return ""


def _names(folder: Path) -> Iterator[str]:
    return (name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()
