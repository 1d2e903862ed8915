"""What a warm process was started with: when any of it is another, the process is outdated."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DECLARATIONS: Final = (
    "pyproject.toml",
    "uv.lock",
    "requirements.txt",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
    "package.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
)
_OURS: Final = ("bundling", "constructs", "contract", "definition", "synth")
_PREAMP: Final = Path(__file__).parents[1]

Stamp = tuple[object, ...]
"""Equal to another one where nothing has changed."""


def stamp(project: Path, environment: Mapping[str, str]) -> Stamp:
    """What a process started now would be made of; takes less than a millisecond.

    That is: the interpreter, Node, what is installed, what the project declares, which modules lie
    in its folder, preamp's own modules and the environment variables.

    Args:
        project: The project's folder, absolute.
        environment: The process's environment variables.
    """
    return (
        sys.executable,
        tuple(sorted(environment.items())),
        tuple(map(_version, _files(project))),
        tuple(_top_modules(project)),
    )


def _files(project: Path) -> Iterator[str]:
    yield sys.executable
    yield str(node_binary())
    # a folder's time changes when a package in it comes or goes
    yield sysconfig.get_path("purelib")
    for name in _DECLARATIONS:
        yield os.path.join(project, name)  # noqa: PTH118 - a stamp is taken for each synthesis
    for package in _OURS:
        with os.scandir(_PREAMP / package) as found:
            yield from (each.path for each in found if each.name.endswith((".py", ".cjs")))


def _top_modules(project: Path) -> Iterator[str]:
    """What a new process could find in place of a library or a module of Python's."""
    with os.scandir(project) as found:
        for each in sorted(found, key=lambda each: each.name):
            package = os.path.join(each.path, "__init__.py")  # noqa: PTH118
            if each.name.endswith(".py") or os.path.exists(package):  # noqa: PTH110
                yield each.name


def _version(path: str) -> tuple[str, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size
