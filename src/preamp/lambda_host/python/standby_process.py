"""A standby interpreter: a process with everything loaded but the function, that copies itself.

A worker made so is there in milliseconds, with the SDK too, and shares the memory of what is
loaded. Knows nothing of functions; its program is `standby_worker`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ANSWER_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.005
_LONGEST_ANSWER: Final = 4096


class StandbyLostError(Exception):
    """It is gone, or does not answer."""


class StandbyProcess:
    """A running standby interpreter.

    Args:
        argv: The program and its arguments.
        variables: The environment it is started with.
        ready_seconds: How long it is waited for.

    Attributes:
        pid: The process.
        last_used: When a worker was last wanted, on the monotonic clock.
        was_ready: Whether it ever made a worker, or could have.
        lost: Whether it is known to be gone.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self, argv: Sequence[str], variables: Mapping[str, str], ready_seconds: float
    ) -> None:
        if sys.platform == "win32":
            raise OSError("a process cannot be copied here")
        self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(0)
        # Its workers' output is a pipe, and Python has already decided how to write to it.
        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                argv, env=dict(variables), stdin=its.fileno(), stdout=writing, process_group=0
            )
        except BaseException:
            self._control.close()
            raise
        finally:
            for descriptor in (reading, writing):
                os.close(descriptor)
            its.close()
        self.pid = self._process.pid
        self.last_used = time.monotonic()
        self._lock = threading.Lock()
        self.was_ready = False
        self._ready_seconds = ready_seconds
        self.lost = False
        self._alive: set[int] = set()
        self._ended: dict[int, int] = {}

    def fork(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        directory: Path,
        output: int,
    ) -> ForkedWorker:
        """Make a worker; the first waits until everything is loaded.

        Args:
            arguments: Of the worker's program.
            variables: All it may see of any environment.
            directory: Its working directory.
            output: The descriptor it writes to.

        Raises:
            StandbyLostError: It is gone, or does not answer.
        """
        request = {
            "arguments": list(arguments),
            "variables": dict(variables),
            "directory": str(directory),
        }
        with self._lock:
            self.last_used = time.monotonic()
            self._await_ready()
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [output])
            except OSError as error:
                raise StandbyLostError(str(error)) from error
            pid = int(self._await("started", _ANSWER_SECONDS))
            # Of one that had the number before, nobody asks any more.
            self._ended.pop(pid, None)
            self._alive.add(pid)
            self.last_used = time.monotonic()
        return ForkedWorker(self, pid)

    def exit_status(self, pid: int) -> int | None:
        """How one of its workers ended, negative for a signal; None if it runs."""
        with self._lock:
            self._take_answers()
            if self.lost and pid in self._alive:
                # Nobody will tell.
                _kill_group(pid)
                self._note_end(pid, -signal.SIGKILL)
            return self._ended.get(pid)

    def await_end(self, pid: int, seconds: float) -> None:
        """Wait until one of its workers has ended."""
        latest = time.monotonic() + seconds
        while self.exit_status(pid) is None and time.monotonic() < latest:
            self._wait(_LOOK_SECONDS)

    def forget(self, pid: int) -> None:
        """Hear that nobody will ask for a worker again."""
        with self._lock:
            self._ended.pop(pid, None)

    def retire(self, before: float) -> bool:
        """Close it if none of its workers runs, and none was wanted lately.

        Args:
            before: When one may last have been wanted, on the monotonic clock.

        Returns:
            Whether it is closed.
        """
        with self._lock:
            self._take_answers()
            if not self.lost and (self._alive or self.last_used >= before):
                return False
            self._close()
            return True

    def close(self) -> None:
        """Kill it and its workers, and wait."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        self.lost = True
        for pid in self._alive:
            _kill_group(pid)
        self._process.kill()
        self._process.wait()
        self._control.close()

    def _await_ready(self) -> None:
        if not self.was_ready:
            self._await("ready", self._ready_seconds)
            self.was_ready = True

    def _await(self, name: str, seconds: float) -> Any:  # noqa: ANN401 - what it has to tell
        latest = time.monotonic() + seconds
        while not self.lost:
            answer = self._take_answer()
            if answer is not None and name in answer:
                return answer[name]
            if answer is None:
                if time.monotonic() > latest:
                    break
                self._wait(latest - time.monotonic())
        raise StandbyLostError(f"nothing is heard of process {self.pid}")

    def _take_answers(self) -> None:
        while not self.lost and self._take_answer() is not None:
            pass

    def _take_answer(self) -> dict[str, Any] | None:
        """The next answer, if there is one; that a worker has ended is noted."""
        try:
            content = self._control.recv(_LONGEST_ANSWER)
        except BlockingIOError:
            return None
        except OSError:
            content = b""
        if not content:
            self.lost = True
            return None
        answer: dict[str, Any] = json.loads(content)
        if "ended" in answer:
            self._note_end(int(answer["ended"]), int(answer["status"]))
        return answer

    def _note_end(self, pid: int, status: int) -> None:
        self._alive.discard(pid)
        self._ended[pid] = status

    def _wait(self, seconds: float) -> None:
        """Wait until there is an answer."""
        with suppress(OSError, ValueError):
            poll = select.poll()
            poll.register(self._control, select.POLLIN)
            poll.poll(max(0.0, seconds) * 1000)


class ForkedWorker:
    """A worker that a standby interpreter made of itself.

    Args:
        standby: The interpreter.
        pid: The worker's process.
    """

    def __init__(self, standby: StandbyProcess, pid: int) -> None:
        self.pid = pid
        self._standby = standby
        self._status: int | None = None

    def exit_status(self) -> int | None:
        """How it ended, negative for a signal; None if it has not."""
        if self._status is None:
            self._status = self._standby.exit_status(self.pid)
            if self._status is not None:
                self._standby.forget(self.pid)
        return self._status

    def kill(self) -> None:
        """Kill it and its children, and wait; harmless if that was done before."""
        # If it ended by itself, what it started may not have.
        _kill_group(self.pid)
        if self._status is None:
            self._standby.await_end(self.pid, _ANSWER_SECONDS)
            self.exit_status()


def _kill_group(pid: int) -> None:
    if sys.platform != "win32":
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
