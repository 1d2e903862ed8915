"""Python's debugger: installed once for each version of Python into the user's cache.

Standard library only. Knows nothing of how it is used.
"""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.python.folders import InstalledFolders, NotInstalledError
from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.contract.interpreters import Interpreter

_VERSION: Final = "1.8.22"
_LAST_FOR_3_9: Final = "1.8.17"
_MINOR_WITH_CURRENT: Final = 10


class DebuggerLibrary:
    """The directories to import debugpy from, by the version of Python.

    Args:
        cache: The user's cache.
        uv: The program that installs; None if there is none.
        variables: The environment variables it runs with.
    """

    def __init__(self, cache: Path, uv: Path | None, variables: Mapping[str, str]) -> None:
        self._folders = InstalledFolders(cache / "debugger", uv, variables)

    def find(self, interpreter: Interpreter) -> Path | None:
        """The directory for an interpreter, if it is there."""
        return self._folders.find(_name_of(interpreter))

    def install(self, interpreter: Interpreter) -> Path:
        """Make the directory for an interpreter; whoever is first with it wins.

        Raises:
            RuntimeUnavailableError: It cannot be installed; the text is the installer's.
        """

        def installations(target: Path) -> list[list[str]]:
            where = ["--target", str(target), "--python", str(interpreter.path)]
            wanted = f"debugpy=={_version_for(interpreter)}"
            return [["pip", "install", "--no-deps", *where, "--compile-bytecode", wanted]]

        try:
            return self._folders.make(_name_of(interpreter), installations)
        except NotInstalledError as error:
            raise RuntimeUnavailableError(str(error)) from error


def _name_of(interpreter: Interpreter) -> str:
    version = _version_for(interpreter)
    machine = f"{sys.platform}-{platform.machine()}"
    return f"debugpy-{version}-python3.{interpreter.minor}-{machine}"


def _version_for(interpreter: Interpreter) -> str:
    return _VERSION if interpreter.minor >= _MINOR_WITH_CURRENT else _LAST_FOR_3_9
