"""Prepares runtimes before their first function is called: the parent's part of the host."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from preamp.contract.cache import cache_root
from preamp.contract.interpreters import find_interpreter, is_python
from preamp.contract.uv import uv_binary, uv_variables
from preamp.errors import UserError
from preamp.events import Notice, StageFinished, StageStarted
from preamp.lambda_host.python.debugger import DebuggerLibrary
from preamp.lambda_host.python.support import PythonSupport
from preamp.lambda_host.python.toolchain import PythonToolchain
from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from preamp.contract.interpreters import Interpreter
    from preamp.events import Reporter

_STAGE: Final = "python runtime"
_DEBUGGER_STAGE: Final = "debugger"


def prepare_python(runtimes: Iterable[str], reporter: Reporter) -> None:
    """Install what Python functions find beside their code; done once for each version of Python.

    That it fails is no error: the functions that need it say so when they are called.

    Args:
        runtimes: Runtimes of the functions there will be; those that are not Python are no matter.
        reporter: Hears of an installation, and of runtimes for which another Python has to do.
    """
    support = PythonSupport(cache_root(), uv_binary(), uv_variables())
    toolchain = PythonToolchain(support, reporter.report)
    interpreters = {
        toolchain.interpreter_for(runtime) for runtime in sorted(runtimes) if is_python(runtime)
    }
    by_version = {interpreter.minor: interpreter for interpreter in interpreters}
    for interpreter in by_version.values():
        if not toolchain.is_ready(interpreter):
            _install(interpreter, toolchain, reporter)


def prepare_debugger(runtime: str, reporter: Reporter) -> Path:
    """Install Python's debugger; done once for each version of Python.

    Args:
        runtime: The function's runtime, a Python runtime.
        reporter: Hears of an installation.

    Returns:
        Where it can be imported from.

    Raises:
        UserError: ``DebuggerInstallationError``.
    """
    interpreter = find_interpreter(runtime)
    library = DebuggerLibrary(cache_root(), uv_binary(), uv_variables())
    found = library.find(interpreter)
    if found is not None:
        return found
    reporter.report(StageStarted(_DEBUGGER_STAGE))
    started = time.monotonic()
    try:
        found = library.install(interpreter)
    except RuntimeUnavailableError as error:
        raise UserError(
            "DebuggerInstallationError",
            f"debugpy could not be installed for Python 3.{interpreter.minor}",
            "check the network connection and the package index, then try again",
            details=(str(error),),
        ) from error
    summary = f"debugpy for Python 3.{interpreter.minor}"
    reporter.report(StageFinished(_DEBUGGER_STAGE, time.monotonic() - started, summary))
    return found


def _install(interpreter: Interpreter, toolchain: PythonToolchain, reporter: Reporter) -> None:
    reporter.report(StageStarted(_STAGE))
    started = time.monotonic()
    try:
        toolchain.support_for(interpreter)
    except RuntimeUnavailableError as error:
        reporter.report(Notice(str(error)))
        summary = f"Python 3.{interpreter.minor} functions cannot run yet"
    else:
        summary = f"boto3 for Python 3.{interpreter.minor}"
    reporter.report(StageFinished(_STAGE, time.monotonic() - started, summary))
