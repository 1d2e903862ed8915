"""The engine's private Python environment: made once from pinned requirements, in the user's cache.

The emulator pins its own botocore and reads its settings when imported, so it must never share
an environment with the user's code. Knows nothing of what will run there.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.cache import cache_root
from preamp.errors import UserError
from preamp.events import StageFinished, StageStarted

if TYPE_CHECKING:
    from preamp.events import Reporter

REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
"""Every package of the environment, pinned, in the wheel."""

_STAGE: Final = "engine environment"
_READY: Final = ".ready"
_SHOWN_LOG_LINES: Final = 12
_NOT_INHERITED: Final = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT")


def ensure_environment(reporter: Reporter) -> Path:
    """Return the Python executable of the private environment, making the environment if needed.

    Args:
        reporter: Hears of the installation, if there has to be one.

    Raises:
        UserError: ``EngineEnvironmentError`` if it cannot be installed.
    """
    from filelock import FileLock

    directory = cache_root() / "engine" / _digest()
    if _is_ready(directory):
        return _python_of(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{directory}.lock"):
        # Someone else may have made it while we waited for the lock.
        if not _is_ready(directory):
            _make(directory, reporter)
    return _python_of(directory)


def _digest() -> str:
    parts = (
        REQUIREMENTS.read_text(encoding="utf-8"),
        platform.python_implementation(),
        platform.python_version(),
        sys.platform,
        platform.machine(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _python_of(directory: Path) -> Path:
    if sys.platform == "win32":
        return directory / "Scripts" / "python.exe"
    return directory / "bin" / "python"


def _is_ready(directory: Path) -> bool:
    # The executable is a link: it is gone when the interpreter it was made from is.
    return (directory / _READY).is_file() and _python_of(directory).exists()


def _make(directory: Path, reporter: Reporter) -> None:
    reporter.report(StageStarted(_STAGE))
    started = time.monotonic()
    shutil.rmtree(directory, ignore_errors=True)
    log = directory.with_suffix(".log")
    with log.open("wb") as output:
        for arguments in _installation(directory):
            _run_uv(arguments, directory.parent, output.fileno(), log)
    (directory / _READY).touch()
    reporter.report(StageFinished(_STAGE, time.monotonic() - started))


def _installation(directory: Path) -> tuple[list[str], ...]:
    target = ["--python", str(_python_of(directory))]
    return (
        ["venv", "--no-project", "--python", sys.executable, str(directory)],
        # No resolution: every transitive requirement is pinned.
        ["pip", "install", "--no-deps", "--compile-bytecode", *target, "-r", str(REQUIREMENTS)],
    )


def _run_uv(arguments: list[str], working_directory: Path, output: int, log: Path) -> None:
    import uv

    environment = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
    finished = subprocess.run(
        [uv.find_uv_bin(), *arguments, "--quiet"],
        # Away from the user's project, whose own uv settings are not meant for this.
        cwd=working_directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=False,
    )
    if finished.returncode != 0:
        raise UserError(
            "EngineEnvironmentError",
            f"the local cloud's private environment could not be installed, see {log}",
            "check the network connection and the package index, then run the command again",
            details=_last_lines(log),
        )


def _last_lines(log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if line.strip()][-_SHOWN_LOG_LINES:]
