"""How a Python worker is started: the only place that composes its command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.local_code import LocalCode
from preamp.lambda_host.python.standby import OPTIONS, standby_for
from preamp.lambda_host.specification import Command, RuntimeUnavailableError

if TYPE_CHECKING:
    from preamp.contract.interpreters import Interpreter
    from preamp.lambda_host.specification import DebugPort, FunctionSpec

WORKER: Final = Path(__file__).with_name("python_worker.py")
"""The program a handler runs in."""

DEBUG_WORKER: Final = Path(__file__).with_name("debug_worker.py")
"""The program that waits for a debugger first."""


def python_command(
    spec: FunctionSpec, interpreter: Interpreter, support: Path, port: DebugPort | None = None
) -> Command:
    """Compose the command of a worker.

    Args:
        spec: The function.
        interpreter: What runs it.
        support: Directory of what handlers find beside their own code.
        port: Where it waits for a debugger, if it does.

    Raises:
        RuntimeUnavailableError: It should wait for a debugger that was not installed.
    """
    search = [str(spec.code), *_dependencies(spec), *_of_layers(spec, interpreter)]
    program = [str(WORKER)] if port is None else _debugged(port)
    standby = standby_for(spec, interpreter, support, search) if port is None else None
    argv = (str(interpreter.path), *OPTIONS, *program, str(support), *search)
    return Command(argv, standby=standby)


def _debugged(port: DebugPort) -> list[str]:
    if port.library is None:
        raise RuntimeUnavailableError(
            "debugpy is not installed for this function; ask for it with 'preamp sandbox debug'"
        )
    # Frozen modules have no lines that a debugger could stop at.
    frozen = ["-X", "frozen_modules=off"]
    return [*frozen, str(DEBUG_WORKER), str(port.library), str(port.number)]


def _dependencies(spec: FunctionSpec) -> list[str]:
    """Where the dependencies are that were installed for this machine, if the code says so."""
    dependencies = LocalCode.read(spec.code).dependencies
    return [] if dependencies is None else [str(dependencies)]


def _of_layers(spec: FunctionSpec, interpreter: Interpreter) -> list[str]:
    """AWS: "Packaging layer content"; a later layer covers an earlier one."""
    versions = dict.fromkeys([spec.runtime, f"python3.{interpreter.minor}"])
    return [
        str(place)
        for layer in reversed(spec.layers)
        for place in (
            *(layer / "python" / "lib" / version / "site-packages" for version in versions),
            layer / "python",
        )
        if place.is_dir()
    ]
