"""One synth child: a process that serves one request, started when needed or ahead of time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from preamp.contract.messages import decode
from preamp.errors import Fault, PreampError, UserError
from preamp.events import AssemblyWritten, OutputPrinted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import Reporter


# where the CDK's command line wants the assembly is for us to see to, not for the child; and the
# name of the test that runs would make each test find a warm process outdated
_NOT_HANDED_ON: Final = frozenset({"CDK_OUTDIR", "PYTEST_CURRENT_TEST"})


class SynthChild:
    """A child that has not been asked yet, or is at work."""

    def __init__(self, project: Path, *, standby: bool = False) -> None:
        """Start it.

        Args:
            project: The project's folder, absolute.
            standby: Whether it shall warm up while it waits for its request.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "preamp.synth", *(["standby"] if standby else [])],
            cwd=project,
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Have it serve its one request; see `Synthesizer.run`."""
        child = self._process
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise Fault("SynthesisFault", "the synth child has no pipes")
        printed = threading.Thread(target=forward, args=(child.stderr, reporter), daemon=True)
        printed.start()
        try:
            # its end is left open: a child whose parent is gone finds it closed, and ends
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(request.to_json() + "\n")
                child.stdin.flush()
            return follow(child.stdout, reporter, child.wait)
        except BaseException:
            child.kill()
            raise
        finally:
            self._reap(printed)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def discard(self) -> None:
        """End it at once and for good, if it was never asked."""
        self.kill()
        self._process.wait()
        self._close()

    def _reap(self, printed: threading.Thread) -> None:
        """Let it, now that it has said its last word, end by itself in its own time."""

        def wait() -> None:
            printed.join()
            self._process.wait()
            self._close()

        threading.Thread(target=wait, daemon=True).start()

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def follow(lines: IO[str], reporter: Reporter, ended: Callable[[], int]) -> AssemblyWritten:
    """Report a child's events until it has written the assembly or failed.

    Args:
        lines: What it says.
        reporter: Hears the events.
        ended: Waits for its end and gives its exit status, negative for a signal.

    Raises:
        UserError: What the child tells, or ``BackendCrashedError`` if it ended without a word.
        Fault: What the child tells.
    """
    for line in lines:
        message = decode(line)
        if isinstance(message, PreampError):
            raise message
        if isinstance(message, AssemblyWritten):
            return message
        reporter.report(message)
    raise crashed(ended())


def forward(lines: IO[str], reporter: Reporter) -> None:
    """Report what the user's code prints, line by line, until it ends."""
    with contextlib.suppress(ValueError):  # closed under our hands
        for line in lines:
            reporter.report(OutputPrinted(line.rstrip("\n")))


def crashed(status: int) -> UserError:
    """The error of a child that ended without a word."""
    how = f"with status {status}"
    if status < 0:
        with contextlib.suppress(ValueError):
            how = f"by {signal.Signals(-status).name}"
    return UserError(
        "BackendCrashedError",
        f"the process that runs the backend was ended {how}, and could not say why",
        "look at what it printed, and at calls in the backend that end or crash the process",
    )


def cancelled() -> UserError:
    """The error of a run that was cancelled."""
    return UserError("SynthesisCancelledError", "the synthesis was cancelled", "synthesize again")


def child_environment() -> dict[str, str]:
    """The environment variables of a synth child."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
