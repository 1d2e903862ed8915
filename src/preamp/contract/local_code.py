"""How a function's code says, on this machine, where it comes from.

On AWS a package holds its sources and dependencies, and that is all. Here it also names them:
dependencies stay where they are installed, so that a change of the source moves only the source,
and sources are named so that what runs is what is in the editor.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_ENTRIES: Final = "preamp_entry"
"""A folder of a function's code; an entry that preamp made lies in it as the user's own does above.
"""

DEPENDENCIES_FILE: Final = ".preamp-dependencies"
"""A file at the root of a function's code; its text is the folder to import from, absolute."""

PYTHON_FILE: Final = ".preamp-python"
"""A file beside it; its lines are the interpreter they are for, and its version's second number."""

SOURCES_FILE: Final = ".preamp-sources"
"""A file at the root of a function's code: JSON, path in the code -> file of the project."""


@dataclass(frozen=True)
class LocalCode:
    """What a function's code says of itself; empty for code that was made elsewhere.

    Attributes:
        dependencies: The folder its dependencies are installed in.
        sources: The project's files, absolute, by their path in the code.
        python: The interpreter the dependencies are for.
        minor: Its version's second number: 13 of Python 3.13.
    """

    dependencies: Path | None = None
    sources: Mapping[str, Path] = field(default_factory=dict)
    python: Path | None = None
    minor: int = 0

    @staticmethod
    def read(code: Path) -> LocalCode:
        """Read what the code in a folder says."""
        with contextlib.suppress(FileNotFoundError):
            sources = json.loads((code / SOURCES_FILE).read_text(encoding="utf-8"))
            named = {path: Path(file) for path, file in sources.items()}
            return LocalCode(_dependencies(code), named, *_python(code))
        return LocalCode(_dependencies(code), {}, *_python(code))

    def write(self, code: Path) -> None:
        """Let the code in a folder say this."""
        if self.dependencies is not None:
            (code / DEPENDENCIES_FILE).write_text(str(self.dependencies), encoding="utf-8")
            (code / PYTHON_FILE).write_text(f"{self.python}\n{self.minor}\n", encoding="utf-8")
        sources = {path: str(file) for path, file in self.sources.items()}
        (code / SOURCES_FILE).write_text(json.dumps(sources), encoding="utf-8")

    def version(self) -> tuple[tuple[int, int] | None, ...]:
        """Something that is another as soon as a source is saved; microseconds for a few files."""
        return tuple(_stamp(file) for file in self.sources.values())

    def link_sources(self, place: Path) -> None:
        """Put the project's own files in the place of their copies.

        Where a file of the project is gone, or the system has no links, the copy stays.

        Args:
            place: A folder that holds the code, and that nobody runs yet.
        """
        for path, file in self.sources.items():
            target = place / path
            if not file.is_file():
                continue
            with contextlib.suppress(OSError):
                link = target.with_name(f"{target.name}.link")
                link.symlink_to(file)
                link.replace(target)


def _dependencies(code: Path) -> Path | None:
    with contextlib.suppress(FileNotFoundError):
        return Path((code / DEPENDENCIES_FILE).read_text(encoding="utf-8"))
    return None


def _python(code: Path) -> tuple[Path | None, int]:
    with contextlib.suppress(FileNotFoundError):
        path, minor = (code / PYTHON_FILE).read_text(encoding="utf-8").splitlines()
        return Path(path), int(minor)
    return None, 0


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
