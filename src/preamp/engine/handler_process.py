"""One handler process and the pipes to it: start, ask, listen to its log, kill.

Nothing here knows Lambda's names or the emulator's.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CHUNK: Final = 65536
_REAP_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Outcome:
    """What came of asking a process.

    Attributes:
        answer: What it answered; None if it did not.
        log: All it printed since the last time.
        exit_status: Set if it died instead of answering; negative for a signal.
    """

    answer: dict[str, Any] | None
    log: str
    exit_status: int | None = None

    @property
    def timed_out(self) -> bool:
        """Whether it neither answered nor died."""
        return self.answer is None and self.exit_status is None


class HandlerProcess:
    """A running process that answers JSON lines with JSON lines, in POSIX terms.

    Args:
        command: The program; the number of the descriptor for its answers is put in for ``{}``.
        directory: Its working directory.
        environment: All it may see of any environment.
    """

    def __init__(
        self, command: Sequence[str], directory: Path, environment: dict[str, str]
    ) -> None:
        self._answers, writing = os.pipe()
        try:
            self.process = subprocess.Popen(
                [argument.replace("{}", str(writing)) for argument in command],
                cwd=directory,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
            )
        except BaseException:
            os.close(self._answers)
            raise
        finally:
            os.close(writing)
        self._log = self._output().fileno()
        os.set_blocking(self._log, False)

    def ask(self, request: dict[str, Any], timeout: float) -> Outcome:
        """Send a request and wait for its answer.

        Args:
            request: What to send.
            timeout: Seconds to wait.
        """
        stdin = self.process.stdin
        with suppress(OSError):
            if stdin is not None:
                stdin.write(json.dumps(request).encode() + b"\n")
                stdin.flush()
        return self.listen(timeout)

    def listen(self, timeout: float) -> Outcome:
        """Wait for one answer, collecting the log meanwhile.

        Args:
            timeout: Seconds to wait.
        """
        answer, log = bytearray(), bytearray()
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ, answer)
            selector.register(self._log, selectors.EVENT_READ, log)
            while not answer.endswith(b"\n"):
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    return Outcome(None, self._rest_of(log))
                for key, _ in ready:
                    chunk = os.read(key.fd, _CHUNK)
                    key.data.extend(chunk)
                    if not chunk and key.fd == self._answers:
                        return self._died(log)
                    if not chunk:
                        selector.unregister(key.fd)
        # It printed before it answered, so the log is complete.
        return Outcome(json.loads(answer), self._rest_of(log))

    def kill(self) -> None:
        """Kill it and close its pipes; harmless if that was done before."""
        with suppress(OSError):
            self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_REAP_SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1

    def _died(self, log: bytearray) -> Outcome:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_REAP_SECONDS)
        return Outcome(None, self._rest_of(log), self.process.poll() or 0)

    def _rest_of(self, log: bytearray) -> str:
        with suppress(OSError):
            while chunk := os.read(self._log, _CHUNK):
                log.extend(chunk)
        return log.decode("utf-8", "replace")

    def _output(self) -> Any:  # noqa: ANN401
        return self.process.stdout
