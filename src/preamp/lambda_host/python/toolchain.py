"""Which interpreter runs a Python function, and with what beside its code."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from preamp.contract.interpreters import Interpreter, find_interpreter
from preamp.contract.local_code import LocalCode
from preamp.events import Notice
from preamp.lambda_host.python.command import python_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.lambda_host.python.support import PythonSupport
    from preamp.lambda_host.specification import Command, DebugPort, FunctionSpec


class PythonToolchain:
    """Finds what Python functions run on, and remembers it.

    Args:
        support: What they find beside their code.
        report: Hears, once for each runtime, that another version of Python has to do.
    """

    def __init__(self, support: PythonSupport, report: Callable[[Notice], None]) -> None:
        self._support = support
        self._report = report
        self._lock = threading.Lock()
        self._interpreters: dict[str, Interpreter] = {}
        self._directories: dict[int, Path] = {}

    def command_for(self, spec: FunctionSpec, port: DebugPort | None = None) -> Command:
        """Tell how a function's worker is started, installing what is missing.

        Args:
            spec: The function.
            port: Where it waits for a debugger, if it does.

        Raises:
            RuntimeUnavailableError: What it needs cannot be installed.
        """
        interpreter = self._interpreter_of(spec)
        return python_command(spec, interpreter, self.support_for(interpreter), port)

    def interpreter_for(self, runtime: str) -> Interpreter:
        """The interpreter that stands for a runtime."""
        with self._lock:
            known = self._interpreters.get(runtime)
            if known is None or not known.path.exists():
                known = self._interpreters[runtime] = find_interpreter(runtime)
                if not known.exact:
                    self._report(Notice(_other_version(runtime, known)))
            return known

    def is_ready(self, interpreter: Interpreter) -> bool:
        """Whether nothing has to be installed for an interpreter."""
        return self._support.find(interpreter) is not None

    def support_for(self, interpreter: Interpreter) -> Path:
        """The directory that an interpreter's functions import from beside their own code.

        Raises:
            RuntimeUnavailableError: It cannot be installed.
        """
        with self._lock:
            directory = self._directories.get(interpreter.minor)
            if directory is None or not directory.is_dir():
                directory = self._support.find(interpreter) or self._support.install(interpreter)
                self._directories[interpreter.minor] = directory
            return directory

    def _interpreter_of(self, spec: FunctionSpec) -> Interpreter:
        """The interpreter the dependencies were installed for, if there are any."""
        found = self.interpreter_for(spec.runtime)
        local = LocalCode.read(spec.code)
        if local.python in (None, found.path) or not os.access(local.python, os.X_OK):
            return found
        return Interpreter(local.python, local.minor, exact=local.minor == found.minor)


def _other_version(runtime: str, found: Interpreter) -> str:
    return (
        f"{runtime} functions run on Python 3.{found.minor} here, the nearest there is; "
        f"`uv python install 3.{runtime.partition('.')[2]}` installs theirs"
    )
