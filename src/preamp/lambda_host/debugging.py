"""Functions whose next environment waits for a debugger: which they are, and their one worker.

A function that is debugged has one worker for all its environments, without a clock. Knows no
debugger; how a worker is made to wait is the runtimes' business.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from preamp.contract.local_code import LocalCode
from preamp.lambda_host.specification import DebugPort
from preamp.lambda_host.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from preamp.lambda_host.process import Process
    from preamp.lambda_host.specification import Command, FunctionSpec
    from preamp.lambda_host.worker import Surroundings

_WEEK: Final = 7 * 86400.0
_MEGABYTES: Final = 512
_HIGHEST_PORT: Final = 65535
_LATEST: Final = "$LATEST"
_Code = tuple[object, ...]


class Debugged:
    """A function that is debugged.

    Args:
        port: Where its worker waits for the debugger.
        claim: Keeps the port from other sandboxes until the end.
    """

    def __init__(self, port: DebugPort, claim: socket.socket) -> None:
        self.port = port
        self._claim = claim
        self._over = False
        self._turn = threading.Lock()
        self._worker: Worker | None = None
        self._code: _Code = ()

    @property
    def worker(self) -> Worker | None:
        """Its worker, if it was called."""
        return self._worker

    @contextmanager
    def turn(self, spec: FunctionSpec, surroundings: Surroundings) -> Iterator[Worker | None]:
        """Have its worker for one invocation, after those before; None if all is over.

        It is another one if the code has changed since.

        Args:
            spec: The function, as it is now.
            surroundings: The host.
        """
        with self._turn:
            yield None if self._over else self._worker_for(spec, surroundings)
            if self._over:
                self._stop()

    def end(self) -> None:
        """Kill its worker, whatever it does."""
        self._over = True
        self._kill()
        with self._turn:
            self._stop()
        self._claim.close()

    def started(self) -> None:
        """Hear that its worker has a process; it may have been ended meanwhile."""
        if self._over:
            self._kill()

    def _worker_for(self, spec: FunctionSpec, surroundings: Surroundings) -> Worker:
        code = _code_of(spec)
        if self._worker is None or code != self._code:
            self._stop()
            patient = replace(spec, timeout=_WEEK, memory_mb=spec.memory_mb + _MEGABYTES)
            self._worker = Worker(patient, _Patient(surroundings, self))
            self._code = code
        return self._worker

    def _kill(self) -> None:
        session = self._worker.session if self._worker else None
        if session is not None:
            # Who waits for it sees it end, and lets go.
            session.process.kill()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()


class Debugging:
    """The functions that are debugged, by name."""

    def __init__(self) -> None:
        self._functions: dict[str, Debugged] = {}
        self._lock = threading.Lock()

    def of(self, spec: FunctionSpec) -> Debugged | None:
        """What is known of a function if it is debugged; published versions never are."""
        return self._functions.get(spec.name) if spec.version == _LATEST else None

    def start(self, name: str, port: int, library: Path | None) -> int:
        """Debug a function from its next environment on.

        Args:
            name: The function's name.
            port: The first port to try.
            library: Where Python's debugger can be imported from.

        Returns:
            The port; the same as before if the function is debugged already.

        Raises:
            OSError: There is no free port.
        """
        with self._lock:
            known = self._functions.get(name)
            if known is None:
                free, claim = _claimed_port(port)
                known = self._functions[name] = Debugged(DebugPort(free, library), claim)
            return known.port.number

    def end(self, name: str) -> bool:
        """Debug a function no more; False if it was not debugged."""
        with self._lock:
            known = self._functions.pop(name, None)
        if known is not None:
            known.end()
        return known is not None

    def end_all(self) -> None:
        """Debug nothing any more."""
        for name in list(self._functions):
            self.end(name)

    def workers(self) -> list[Worker]:
        """The workers that there are."""
        with self._lock:
            return [each.worker for each in self._functions.values() if each.worker is not None]


@dataclass
class _Patient:
    """The host, as a worker sees it whose developer thinks."""

    host: Surroundings
    debugged: Debugged
    init_seconds: float = _WEEK

    @property
    def temporary(self) -> Path:
        return self.host.temporary

    @property
    def machine_variables(self) -> Mapping[str, str]:
        return self.host.machine_variables

    def command_for(self, spec: FunctionSpec, port: DebugPort | None = None) -> Command:
        return self.host.command_for(spec, port or self.debugged.port)

    def launch(
        self, command: Command, variables: Mapping[str, str], directory: Path, output: int
    ) -> Process:
        return self.host.launch(command, variables, directory, output)

    def started(self, pid: int) -> None:
        self.host.started(pid)
        self.debugged.started()

    def ended(self, pid: int) -> None:
        self.host.ended(pid)


def _code_of(spec: FunctionSpec) -> _Code:
    """Something that is another as soon as the function or one of its sources is."""
    return (replace(spec, credentials=dict), LocalCode.read(spec.code).version())


def _claimed_port(first: int) -> tuple[int, socket.socket]:
    for port in range(first, _HIGHEST_PORT + 1):
        claim = _claim(port) if _is_free(port) else None
        if claim is not None:
            return port, claim
    raise OSError(f"no port from {first} on is free")


def _claim(port: int) -> socket.socket | None:
    """Claim a port for a worker that is not there yet; None if someone else has claimed it.

    The claim is on the port of the same number for UDP: the one for TCP is the worker's to bind.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return None
    return claim


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False
