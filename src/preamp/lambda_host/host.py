"""The host: every execution environment of an engine, within what the machine can bear.

It never lets more workers live than its limit, stops those nobody has used for long, and leaves
nothing behind when it is closed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.debugging import Debugging
from preamp.lambda_host.environment import ExecutionEnvironment
from preamp.lambda_host.process import WorkerProcess
from preamp.lambda_host.python.standbys import Standbys
from preamp.lambda_host.python.support import PythonSupport
from preamp.lambda_host.python.toolchain import PythonToolchain
from preamp.lambda_host.runtimes import Runtimes
from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.events import Notice
    from preamp.lambda_host.process import Process
    from preamp.lambda_host.specification import Command, DebugPort, FunctionSpec, HostSettings

_MOST: Final = 64
_FEWEST: Final = 8
_SHARE: Final = 2
_BYTES_EACH: Final = 128 << 20
_SMALL_MACHINE: Final = 4 << 30
_LOOKS_PER_IDLE_TIME: Final = 4


class LambdaHost:
    """Opens execution environments and ends them.

    Args:
        settings: What it works with.
        report: Hears what the user should know.
        watch: Hears of each process that starts (True) and is gone (False), so that someone can
            end those that outlive us.
    """

    def __init__(
        self,
        settings: HostSettings,
        report: Callable[[Notice], None],
        watch: Callable[[int, bool], None] = lambda _pid, _alive: None,
    ) -> None:
        self.limit = settings.limit or machine_limit()
        self._idle_seconds = settings.idle_seconds
        self._surroundings = _Surroundings(settings, report, watch, self._make_room)
        self._lock = threading.Lock()
        self._environments: set[ExecutionEnvironment] = set()
        self._debugging = Debugging()
        self._closed = threading.Event()
        threading.Thread(target=self._reap, name="lambda-reaper", daemon=True).start()

    def open(
        self, spec: FunctionSpec, initialized: Callable[[], None] = lambda: None
    ) -> ExecutionEnvironment:
        """Open an environment; its worker is started when it is first used.

        Args:
            spec: The function.
            initialized: Told in each invocation once the worker is initialized, or has failed
                to be.
        """
        environment = ExecutionEnvironment(spec, self._surroundings, initialized, self._debugging)
        with self._lock:
            self._environments.add(environment)
        return environment

    def forget(self, environment: ExecutionEnvironment, *, at_once: bool = False) -> None:
        """End an environment.

        Args:
            environment: It will not be used again.
            at_once: Do not wait for an invocation that is going on.
        """
        with self._lock:
            self._environments.discard(environment)
        environment.close(at_once=at_once)

    def close(self) -> None:
        """Kill every worker at once and remove every file; nothing can be started after it."""
        self._closed.set()
        with self._lock:
            environments, self._environments = self._environments, set()
        for environment in environments:
            environment.close()
        self._debugging.end_all()
        self._surroundings.standbys.close()
        shutil.rmtree(self._surroundings.temporary, ignore_errors=True)

    def debug(self, name: str, port: int, library: Path | None) -> int:
        """Let the next environment of a function wait for a debugger; those there are end.

        Args:
            name: The function's name.
            port: The first port to try, on this machine alone.
            library: Where Python's debugger can be imported from.

        Returns:
            The port to attach to.

        Raises:
            OSError: There is no free port.
        """
        found = self._debugging.start(name, port, library)
        with self._lock:
            warm = [each for each in self._environments if each.debugged]
        for environment in warm:
            environment.retire()
        return found

    def end_debugging(self, name: str) -> bool:
        """Kill what is debugged, and run a function as always; False if it was not debugged."""
        return self._debugging.end(name)

    def workers(self) -> list[int]:
        """The processes that run."""
        with self._lock:
            environments = list(self._environments)
        debugged = [worker.session for worker in self._debugging.workers()]
        pids = [each.pid for each in environments]
        pids += [session.process.pid for session in debugged if session is not None]
        return [pid for pid in pids if pid is not None]

    def standbys(self) -> list[int]:
        """The processes that are no workers, but make them."""
        return self._surroundings.standbys.pids()

    def _make_room(self) -> None:
        """Stop the workers that were idle longest, until one more is within the limit."""
        if self._closed.is_set():
            raise RuntimeUnavailableError("the local cloud is being stopped")
        with self._lock:
            running = [each for each in self._environments if each.pid is not None]
        surplus = len(running) + 1 - self.limit
        for environment in sorted(running, key=lambda each: each.last_used):
            if surplus <= 0:
                return
            surplus -= environment.retire()

    def _reap(self) -> None:
        idle = self._idle_seconds
        while not self._closed.wait(idle / _LOOKS_PER_IDLE_TIME):
            before = time.monotonic() - idle
            with self._lock:
                old = [each for each in self._environments if each.last_used < before]
            for environment in old:
                environment.retire()
            self._surroundings.standbys.reap(before)


class _Surroundings:
    """What workers need: how they are started, after room was made for them."""

    def __init__(
        self,
        settings: HostSettings,
        report: Callable[[Notice], None],
        watch: Callable[[int, bool], None],
        make_room: Callable[[], None],
    ) -> None:
        support = PythonSupport(settings.cache, settings.uv, settings.uv_variables)
        self._runtimes = Runtimes(settings, PythonToolchain(support, report), report)
        self._watch = watch
        self._make_room = make_room
        self.standbys = Standbys(settings.machine_variables, watch)
        self.machine_variables = settings.machine_variables
        self.init_seconds = settings.init_seconds
        self.temporary = Path(tempfile.mkdtemp(prefix="lambda-", dir=settings.temporary))

    def command_for(self, spec: FunctionSpec, port: DebugPort | None = None) -> Command:
        """Tell how a function's worker is started, and where it waits for a debugger."""
        self._make_room()
        return self._runtimes.command_for(spec, port)

    def launch(
        self, command: Command, variables: Mapping[str, str], directory: Path, output: int
    ) -> Process:
        """Start a worker: a copy of a standby interpreter if that can be, else by itself."""
        wanted = command.standby
        copy = self.standbys.fork(wanted, variables, directory, output) if wanted else None
        return copy or WorkerProcess(command.argv, variables, directory, output)

    def started(self, pid: int) -> None:
        """Pass on that there is a new process."""
        self._watch(pid, True)  # noqa: FBT003 - what it means is told where it is declared

    def ended(self, pid: int) -> None:
        """Pass on that a process is gone."""
        self._watch(pid, False)  # noqa: FBT003


def machine_limit() -> int:
    """How many workers this machine can bear: half its memory for 128 MB each, at most 64."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        memory = _SMALL_MACHINE
    return max(_FEWEST, min(_MOST, memory // _SHARE // _BYTES_EACH))
