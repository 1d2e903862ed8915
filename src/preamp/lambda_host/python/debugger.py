"""Python's debugger: installed once for each version of Python into the user's cache.

Standard library only. Knows nothing of how it is used.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        self._root = cache / "debugger"
        self._uv = uv
        self._variables = variables

    def find(self, interpreter: Interpreter) -> Path | None:
        """The directory for an interpreter, if it is there."""
        directory = self._directory(interpreter)
        return directory if directory.is_dir() else None

    def install(self, interpreter: Interpreter) -> Path:
        """Make the directory for an interpreter; whoever is first with it wins.

        Raises:
            RuntimeUnavailableError: It cannot be installed; the text is the installer's.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._root, prefix=".new-") as temporary:
            made = Path(temporary, "made")
            self._run(interpreter, made)
            directory = self._directory(interpreter)
            try:
                made.rename(directory)
            except OSError:
                # Someone else was quicker.
                if not directory.is_dir():
                    raise
        return directory

    def _run(self, interpreter: Interpreter, target: Path) -> None:
        if self._uv is None:
            raise RuntimeUnavailableError("the uv program is missing")
        install = [str(self._uv), "pip", "install", "--quiet", "--color=never", "--no-deps"]
        where = ["--target", str(target), "--python", str(interpreter.path), "--compile-bytecode"]
        try:
            subprocess.run(
                [*install, *where, f"debugpy=={_version_for(interpreter)}"],
                cwd=target.parent,
                env=dict(self._variables),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise RuntimeUnavailableError(error.stderr.strip()) from error
        except OSError as error:
            raise RuntimeUnavailableError(str(error)) from error

    def _directory(self, interpreter: Interpreter) -> Path:
        version = _version_for(interpreter)
        machine = f"{sys.platform}-{platform.machine()}"
        return self._root / f"debugpy-{version}-python3.{interpreter.minor}-{machine}"


def _version_for(interpreter: Interpreter) -> str:
    return _VERSION if interpreter.minor >= _MINOR_WITH_CURRENT else _LAST_FOR_3_9
