"""Who synthesizes for us, and the one that does it in a new process each time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Protocol, Self

from preamp.contract.messages import decode
from preamp.errors import Fault, PreampError, UserError
from preamp.events import AssemblyWritten, OutputPrinted

if TYPE_CHECKING:
    from types import TracebackType
    from typing import IO

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import Reporter


class Synthesizer(Protocol):
    """Runs a project's definition and has its cloud assembly written."""

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Synthesize once; call it from one thread at a time.

        Args:
            request: What to synthesize, and into which folder.
            reporter: Hears what happens, and what the user's code prints.

        Raises:
            UserError: The backend has a mistake, or ``SynthesisCancelledError``.
            Fault: ``SynthesisFault``.
        """

    def close(self) -> None:
        """End every process of the synthesizer."""


class ColdSynthesizer:
    """Synthesizes in a new process, which nothing was prepared for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Synthesize once; see `Synthesizer.run`."""
        child = self._start(request)
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise Fault("SynthesisFault", "the synth child has no pipes")
        printed = threading.Thread(target=forward, args=(child.stderr, reporter), daemon=True)
        printed.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(request.to_json() + "\n")
                child.stdin.close()
            return follow(child.stdout, reporter)
        except BaseException:
            child.kill()
            if self._cancelled:
                raise cancelled() from None
            raise
        finally:
            self._child = None
            _reap(child, printed)

    def cancel(self) -> None:
        """End the run that is going on, if there is one; call it from any thread."""
        with self._lock:
            self._cancelled = True
            if self._child is not None:
                self._child.kill()

    def close(self) -> None:
        """End the run that is going on."""
        self.cancel()

    def _start(self, request: SynthRequest) -> subprocess.Popen[str]:
        with self._lock:
            self._cancelled = False
            self._child = subprocess.Popen(
                [sys.executable, "-m", "preamp.synth"],
                cwd=request.project,
                env=child_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
            return self._child


def follow(lines: IO[str], reporter: Reporter) -> AssemblyWritten:
    """Report a child's events until it has written the assembly or failed."""
    for line in lines:
        message = decode(line)
        if isinstance(message, PreampError):
            raise message
        if isinstance(message, AssemblyWritten):
            return message
        reporter.report(message)
    raise Fault("SynthesisFault", "the synth child ended without a word")


def forward(lines: IO[str], reporter: Reporter) -> None:
    """Report what the user's code prints, line by line, until it ends."""
    for line in lines:
        reporter.report(OutputPrinted(line.rstrip("\n")))


def cancelled() -> UserError:
    """The error of a run that `cancel` has ended."""
    return UserError("SynthesisCancelledError", "the synthesis was cancelled", "synthesize again")


def child_environment() -> dict[str, str]:
    """The environment variables of a synth child."""
    # where the CDK's command line wants the assembly is for us to see to, not for the child
    kept = {name: value for name, value in os.environ.items() if name != "CDK_OUTDIR"}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _reap(child: subprocess.Popen[str], printed: threading.Thread) -> None:
    """Let a child that has said its last word end by itself, in its own time."""

    def wait() -> None:
        printed.join()
        child.wait()
        for stream in (child.stdout, child.stderr):
            if stream:
                stream.close()

    threading.Thread(target=wait, daemon=True).start()
