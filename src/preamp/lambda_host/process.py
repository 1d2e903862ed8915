"""A worker's process: started in a process group of its own, killed with all it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_REAP_SECONDS: Final = 5.0


class Process(Protocol):
    """A running worker, however it came to be.

    Attributes:
        pid: Its number; it leads a process group of the same.
    """

    pid: int

    def exit_status(self) -> int | None:
        """How it ended, negative for a signal; None if it has not."""

    def kill(self) -> None:
        """Kill it and its children, and wait; harmless if that was done before."""


class WorkerProcess:
    """A worker that was started by itself.

    Args:
        argv: The program and its arguments.
        variables: All it may see of any environment.
        directory: Its working directory.
        output: The descriptor it writes to.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self, argv: Sequence[str], variables: Mapping[str, str], directory: Path, output: int
    ) -> None:
        # Both keep to the quick way of starting a process: nothing runs between fork and exec.
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        self._process = subprocess.Popen(
            argv,
            cwd=directory,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **group,
        )
        self.pid = self._process.pid

    def exit_status(self) -> int | None:
        """How it ended, negative for a signal; None if it has not."""
        return self._process.poll()

    def kill(self) -> None:
        """Kill it and its children, and wait; harmless if that was done before."""
        if self._process.returncode is None:
            with suppress(OSError):
                _kill_group(self.pid)
            with suppress(OSError):
                self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_REAP_SECONDS)
        else:
            # It ended by itself; what it started may not have.
            with suppress(OSError):
                _kill_group(self.pid)


def _kill_group(pid: int) -> None:
    if sys.platform != "win32":
        os.killpg(pid, signal.SIGKILL)
