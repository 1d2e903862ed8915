"""The worker of an environment: starts and stops its session, with the files that go with it."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from preamp.lambda_host.session import Session
from preamp.lambda_host.variables import function_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.lambda_host.process import Process
    from preamp.lambda_host.specification import Command, DebugPort, FunctionSpec

MEGABYTE: Final = 1 << 20
"""Bytes of a megabyte, as Lambda counts memory."""


class Surroundings(Protocol):
    """What a worker needs of the host."""

    @property
    def temporary(self) -> Path:
        """Directory for what dies with the host."""

    @property
    def machine_variables(self) -> Mapping[str, str]:
        """Environment variables every function gets from this machine."""

    @property
    def init_seconds(self) -> float:
        """How long an initialization may take."""

    def command_for(self, spec: FunctionSpec, port: DebugPort | None = None) -> Command:
        """Tell how a function's worker is started, and where it waits for a debugger."""

    def launch(
        self, command: Command, variables: Mapping[str, str], directory: Path, output: int
    ) -> Process:
        """Start a process; it writes to a descriptor."""

    def started(self, pid: int) -> None:
        """Hear of a new process."""

    def ended(self, pid: int) -> None:
        """Hear that a process is gone."""


class Worker:
    """At most one session of a function at a time.

    Args:
        spec: The function.
        surroundings: The host.
    """

    def __init__(self, spec: FunctionSpec, surroundings: Surroundings) -> None:
        self.spec = spec
        self.log_stream = _log_stream(spec)
        self.session: Session | None = None
        self._surroundings = surroundings
        self._temporary: Path | None = None

    @property
    def init_seconds(self) -> float:
        """How long its initialization may take before it is done again."""
        return self._surroundings.init_seconds

    @property
    def alive(self) -> bool:
        """Whether there is a process and it runs."""
        return self.session is not None and self.session.is_alive

    def start(self) -> Session:
        """Start a process in place of the one there may be.

        Raises:
            RuntimeUnavailableError: The runtime cannot run here.
            OSError: The process cannot be started.
        """
        self.stop()
        command = self._surroundings.command_for(self.spec)
        self._temporary = Path(tempfile.mkdtemp(prefix="w-", dir=self._surroundings.temporary))
        session = Session(
            lambda api, output: self._surroundings.launch(
                command, self._variables(command, api), self.spec.code, output
            ),
            self.spec.memory_mb * MEGABYTE,
        )
        self.session = session
        self._surroundings.started(session.process.pid)
        return session

    def stop(self) -> None:
        """Kill the process, if there is one, and remove its files."""
        session, self.session = self.session, None
        if session is not None:
            session.close()
            self._surroundings.ended(session.process.pid)
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def _variables(self, command: Command, api: str) -> dict[str, str]:
        if self._temporary is None:
            raise RuntimeError("a worker that starts has its directory")
        return function_variables(
            self.spec,
            machine=self._surroundings.machine_variables,
            runtime=command.env,
            temporary=self._temporary,
            log_stream=self.log_stream,
            api=api,
        )


def _log_stream(spec: FunctionSpec) -> str:
    return f"{datetime.now(UTC):%Y/%m/%d}/[{spec.version}]{uuid.uuid4().hex}"
