"""What Python handlers find beside their own code, as on AWS: the runtime client and boto3.

Installed once for each version of Python, from pinned requirements, into the user's cache.
Standard library only: it runs beside the user's project as well as in the engine.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.python.folders import InstalledFolders, NotInstalledError
from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.interpreters import Interpreter

REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
"""What is installed besides the runtime client, pinned."""

_CLIENT: Final = "awslambdaric==4.2.2"
_CLIENT_BEFORE_3_10: Final = "awslambdaric==3.1.1"
_MINOR_WITH_CURRENT_CLIENT: Final = 10
_SHOWN_LINES: Final = 3


class PythonSupport:
    """The directories to import from, by the version of Python.

    Args:
        cache: The user's cache.
        uv: The program that installs; None if there is none.
        variables: The environment variables it runs with.
    """

    def __init__(self, cache: Path, uv: Path | None, variables: Mapping[str, str]) -> None:
        self._folders = InstalledFolders(cache / "lambda", uv, variables)

    def find(self, interpreter: Interpreter) -> Path | None:
        """The directory for an interpreter, if it is there."""
        return self._folders.find(_name_of(interpreter))

    def install(self, interpreter: Interpreter) -> Path:
        """Make the directory for an interpreter; whoever is first with it wins.

        Raises:
            RuntimeUnavailableError: It cannot be installed.
        """
        try:
            return self._folders.make(
                _name_of(interpreter),
                lambda target: _installations(interpreter, target),
                _remove_compiled_client,
            )
        except NotInstalledError as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            raise _unavailable(interpreter, " ".join(lines[-_SHOWN_LINES:])) from error


def _name_of(interpreter: Interpreter) -> str:
    return f"python3.{interpreter.minor}-{_digest(interpreter)}"


def _installations(interpreter: Interpreter, target: Path) -> tuple[list[str], ...]:
    old = interpreter.minor < _MINOR_WITH_CURRENT_CLIENT
    install = ["pip", "install", "--target", str(target), "--no-deps"]
    python = ["--python", str(interpreter.path)]
    # Only for Linux it is to be had ready made; what is compiled in it is not used.
    linux = ["--python-platform", "x86_64-manylinux2014", "--only-binary", ":all:"]
    return (
        [*install, *python, *linux, _CLIENT_BEFORE_3_10 if old else _CLIENT],
        [*install, *python, "--compile-bytecode", "-r", str(REQUIREMENTS)],
    )


def _remove_compiled_client(directory: Path) -> None:
    for compiled in directory.glob("runtime_client*"):
        compiled.unlink()
    shutil.rmtree(directory / "bin", ignore_errors=True)


def _digest(interpreter: Interpreter) -> str:
    parts = (
        REQUIREMENTS.read_text(encoding="utf-8"),
        _CLIENT,
        _CLIENT_BEFORE_3_10,
        str(interpreter.minor),
        sys.platform,
        platform.machine(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _unavailable(interpreter: Interpreter, why: str) -> RuntimeUnavailableError:
    return RuntimeUnavailableError(
        f"what Python 3.{interpreter.minor} functions find on AWS beside their code could not be "
        f"installed: {why}; check the network connection and the package index, then invoke again"
    )
