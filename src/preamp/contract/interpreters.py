"""Which Python of this machine stands for a Lambda runtime.

Both halves ask here: synthesis installs a function's dependencies for the interpreter that will
run it. Looks at names only, never starts anything; standard library only.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLES: Final = ("PATH", "HOME", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME")
"""The environment variables that decide what is found."""

_RUNTIME: Final = re.compile(r"python3\.(\d{1,2})")
_INSTALLED: Final = re.compile(r"(?:cpython-)?3\.(\d{1,2})\.(\d{1,3})(?=-|$)")
_OLDEST, _NEWEST = 9, 14


@dataclass(frozen=True)
class Interpreter:
    """A Python interpreter of this machine.

    Attributes:
        path: The program.
        minor: Its version's second number: 13 of Python 3.13.
        exact: Whether that is what was asked for.
    """

    path: Path
    minor: int
    exact: bool


def is_python(runtime: str) -> bool:
    """Whether a runtime, by Lambda's name of it, is a Python runtime."""
    return _RUNTIME.fullmatch(runtime) is not None


def find_interpreter(runtime: str, variables: Mapping[str, str] = os.environ) -> Interpreter:
    """Find the interpreter for a runtime: of its version, else of the nearest one.

    Looks on the PATH, then among those that uv and pyenv installed, then takes our own. One with
    the newer of two equally near versions wins.

    Args:
        runtime: Lambda's name of it, for example ``python3.13``.
        variables: The environment to look in.

    Raises:
        ValueError: The runtime is no Python runtime.
    """
    match = _RUNTIME.fullmatch(runtime)
    if match is None:
        raise ValueError(f"{runtime!r} is not a Python runtime")
    wanted = int(match[1])
    there = _available(variables)
    best = min(there, key=lambda minor: (abs(minor - wanted), -minor))
    return Interpreter(there[best], best, best == wanted)


def _available(variables: Mapping[str, str]) -> dict[int, Path]:
    """The best interpreter of each version."""
    found: dict[int, Path] = {}
    for minor, path in (*_on_path(variables), *_installed(variables), _own()):
        found.setdefault(minor, path)
    return found


def _on_path(variables: Mapping[str, str]) -> Iterator[tuple[int, Path]]:
    if sys.platform == "win32":
        return
    for directory in variables.get("PATH", "").split(os.pathsep):
        if not os.path.isabs(directory):  # noqa: PTH117 - for each synthesis, and most are not there
            continue
        for minor in range(_OLDEST, _NEWEST + 1):
            path = f"{directory}/python3.{minor}"
            if _is_program(path):
                yield minor, _settled(Path(path))


def _installed(variables: Mapping[str, str]) -> list[tuple[int, Path]]:
    """What uv and pyenv installed, the latest patch first."""
    found = [
        (int(match[2]), int(match[1]), _executable(Path(entry.path), int(match[1])))
        for root in _roots(variables)
        for entry in _entries(root)
        if (match := _INSTALLED.match(entry.name))
    ]
    found.sort(key=lambda each: -each[0])
    supported = [each for each in found if _OLDEST <= each[1] <= _NEWEST]
    return [(minor, path) for _, minor, path in supported if _is_program(path)]


def _roots(variables: Mapping[str, str]) -> Iterator[Path]:
    home = Path(variables.get("HOME") or Path.home())
    chosen = variables.get("UV_PYTHON_INSTALL_DIR")
    data = variables.get("XDG_DATA_HOME") or home / ".local" / "share"
    if sys.platform == "win32":
        data = Path(variables.get("APPDATA") or home / "AppData" / "Roaming")
    yield Path(chosen) if chosen else Path(data, "uv", "python")
    yield Path(variables.get("PYENV_ROOT") or home / ".pyenv") / "versions"


def _entries(root: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root) as entries:
            # uv has links beside the directories: cpython-3.13 for cpython-3.13.1
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _executable(directory: Path, minor: int) -> Path:
    if sys.platform == "win32":
        return directory / "python.exe"
    return directory / "bin" / f"python3.{minor}"


def _own() -> tuple[int, Path]:
    # in a virtual environment: the interpreter it was made from
    base = getattr(sys, "_base_executable", None) or sys.executable
    return sys.version_info.minor, Path(base)


def _is_program(path: Path | str) -> bool:
    """Whether it is a program itself, not a script that chooses one, as pyenv's shims are."""
    if not os.access(path, os.X_OK):
        return False
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(2) != b"#!"
    except OSError:
        return False


def _settled(path: Path) -> Path:
    """The interpreter a virtual environment on the PATH was made from, or the path itself."""
    if (path.parent.parent / "pyvenv.cfg").is_file():
        return path.resolve()
    return path
