"""The standby interpreters of a host: a few at most, started when first wanted, ended when idle."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.python.standby_process import StandbyLostError, StandbyProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from preamp.lambda_host.python.standby_process import ForkedWorker
    from preamp.lambda_host.specification import Standby

_MOST: Final = 4
_READY_SECONDS: Final = 5.0
_VARIABLES: Final = {"LANG": "en_US.UTF-8", "TZ": ":UTC"}
"""What every function has that counts when a process starts."""


class Standbys:
    """Has workers made by standby interpreters.

    Args:
        machine_variables: Environment variables every function gets from this machine.
        watch: Hears of each process that starts (True) and is gone (False).
        ready_seconds: How long one that has just been started is waited for.
    """

    def __init__(
        self,
        machine_variables: Mapping[str, str],
        watch: Callable[[int, bool], None],
        ready_seconds: float = _READY_SECONDS,
    ) -> None:
        self._ready_seconds = ready_seconds
        self._variables = {**machine_variables, **_VARIABLES}
        self._watch = watch
        self._lock = threading.Lock()
        self._processes: dict[tuple[str, ...], StandbyProcess] = {}
        self._broken: set[tuple[str, ...]] = set()
        self._closed = False

    def fork(
        self, wanted: Standby, variables: Mapping[str, str], directory: Path, output: int
    ) -> ForkedWorker | None:
        """Have a worker made; None if one has to be started by itself.

        Args:
            wanted: Of what it is a copy.
            variables: All it may see of any environment.
            directory: Its working directory.
            output: The descriptor it writes to.
        """
        process = self._process_for(wanted.argv)
        if process is None:
            return None
        try:
            return process.fork(wanted.arguments, variables, directory, output)
        except StandbyLostError:
            self._give_up(wanted.argv, process)
            return None

    def pids(self) -> list[int]:
        """The interpreters that run."""
        with self._lock:
            return [process.pid for process in self._processes.values()]

    def reap(self, before: float) -> None:
        """End those that nobody has used since a time on the monotonic clock, nor uses."""
        with self._lock:
            for argv, process in list(self._processes.items()):
                if process.retire(before):
                    self._forget(argv)

    def close(self) -> None:
        """End all of them; none is started after it."""
        with self._lock:
            self._closed = True
            for argv in list(self._processes):
                self._end(argv)

    def _process_for(self, argv: tuple[str, ...]) -> StandbyProcess | None:
        with self._lock:
            known = self._processes.get(argv)
            if known is not None and known.lost:
                self._end(argv)
                known = None
            if known is not None or self._closed or argv in self._broken or not self._make_room():
                return known
            try:
                process = StandbyProcess(argv, self._variables, self._ready_seconds)
            except OSError:
                self._broken.add(argv)
                return None
            self._watch(process.pid, True)  # noqa: FBT003 - what it means is told by who watches
            self._processes[argv] = process
            return process

    def _make_room(self) -> bool:
        """End the one that was idle longest, if there are too many; False if all are in use."""
        if len(self._processes) < _MOST:
            return True
        for argv, process in sorted(self._processes.items(), key=lambda each: each[1].last_used):
            if process.retire(time.monotonic()):
                self._forget(argv)
                return True
        return False

    def _give_up(self, argv: tuple[str, ...], process: StandbyProcess) -> None:
        """Do without one that is lost; one that never was ready is not tried again."""
        if not process.was_ready and not process.lost:
            # The machine is busy; who comes later finds it ready.
            return
        with self._lock:
            if self._processes.get(argv) is process:
                self._end(argv)
            if not process.was_ready:
                self._broken.add(argv)

    def _end(self, argv: tuple[str, ...]) -> None:
        self._processes[argv].close()
        self._forget(argv)

    def _forget(self, argv: tuple[str, ...]) -> None:
        self._watch(self._processes.pop(argv).pid, False)  # noqa: FBT003
