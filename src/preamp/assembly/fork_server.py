"""Our end of the fork server: a process that is warm, and forks itself for each synthesis."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from preamp.assembly.synth_child import child_environment, follow, forward

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import AssemblyWritten, Reporter

_MESSAGE: Final = 1 << 17
_PATIENCE: Final = 3.0


class ServerLostError(Exception):
    """The server cannot serve, or ended; the request may be put to another."""


@dataclass(frozen=True)
class Limits:
    """When a server is worn: what runs leave in its Node is never freed.

    Attributes:
        runs: How many it serves.
        megabytes: How much memory its Node takes.
    """

    runs: int = 40
    megabytes: int = 500


class ForkServer:
    """One server process and all it has started; Linux only."""

    def __init__(
        self, project: Path, usage: str, limits: Limits, heard: Callable[[], None]
    ) -> None:
        """Start it; it can be asked at once, and is quicker when ready.

        Args:
            project: The project's folder, absolute.
            usage: What an earlier server said that the project uses; empty if there was none.
            limits: When it is worn.
            heard: Called, in a thread of ours, when it has become ready, has ended a run or itself.
        """
        self.usage = usage
        self._runs = 0
        self.is_ready = False
        self.is_worn = False
        self.unfit = ""
        self._heard = heard
        self._limits = limits
        self._changed = threading.Condition()
        self._is_over = False
        self._number = 0
        self._ended: dict[int, int] = {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "preamp.synth", "serve", str(theirs.fileno())],
                cwd=project,
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,
            )
        self.pid = self._process.pid
        self._tell(warm=usage)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked."""
        return not self._is_over

    @property
    def has_served(self) -> bool:
        """Whether it ever served a request."""
        return self._runs > 0

    def reserve(self) -> None:
        """Announce a run; from now on `cancel` means this one."""
        self._number += 1
        self.is_ready = False

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Have it synthesize once; see `Synthesizer.run`.

        Raises:
            ServerLostError: It ended before the run did.
        """
        number = self._number
        (reading, asking), (hearing, saying), (seeing, printing) = (os.pipe() for _ in range(3))
        try:
            self._tell(reading, saying, printing, run=number)
        finally:
            for descriptor in (reading, saying, printing):
                os.close(descriptor)
        _forward(os.fdopen(seeing, encoding="utf-8", errors="replace"), reporter)
        with os.fdopen(asking, "wb", buffering=0) as question:
            with contextlib.suppress(BrokenPipeError):
                question.write(f"{request.to_json()}\n".encode())
            with os.fdopen(hearing, encoding="utf-8", errors="replace") as answers:
                return follow(answers, reporter, lambda: self._wait(number))

    def cancel(self) -> None:
        """End the run that was announced last."""
        with self._changed:
            number = self._number
            self._tell(cancel=number)
            heard = self._changed.wait_for(
                lambda: self._is_over or number in self._ended, timeout=_PATIENCE
            )
        if not heard:
            self._process.kill()

    def close(self) -> None:
        """End it, its Node and its run."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()  # what it has started ends with it
            self._process.wait()
        self._listener.join()
        self._control.close()

    def _wait(self, number: int) -> int:
        """Wait for a run to end; its exit status."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or number in self._ended)
            if number not in self._ended:
                raise ServerLostError(self.unfit or "the server ended")
            return self._ended[number]

    def _tell(self, *descriptors: int, **message: object) -> None:
        with contextlib.suppress(OSError):  # it is gone: whoever waits for it learns that
            socket.send_fds(self._control, [json.dumps(message).encode()], descriptors)

    def _listen(self) -> None:
        while message := self._hear():
            with self._changed:
                self._note(message)
                self._changed.notify_all()
            self._heard()
        with self._changed:
            self._is_over, self.is_ready = True, False
            self._changed.notify_all()
        self._heard()

    def _hear(self) -> dict[str, Any]:
        try:
            content = self._control.recv(_MESSAGE)
        except OSError:
            return {}
        message: dict[str, Any] = json.loads(content) if content else {}
        return message

    def _note(self, message: dict[str, Any]) -> None:
        if "ended" in message:
            self._ended = {message["ended"]: message["status"]}
            self._runs += 1
            self._is_over = not message["usable"]
            self.is_worn = (
                message["broken"]
                or message["runs"] >= self._limits.runs
                or message["megabytes"] > self._limits.megabytes
            )
            self.usage = message["usage"] or self.usage
        self.unfit = message.get("unfit", self.unfit)
        if "ready" in message:
            # not if another run has begun since
            self.is_ready = message["ready"] == self._number


def _forward(printed: IO[str], reporter: Reporter) -> None:
    def pass_on() -> None:
        with printed:
            forward(printed, reporter)

    threading.Thread(target=pass_on, daemon=True).start()
