"""The synth child: one request on stdin, events and at most one error as JSON lines on stdout.

The stages are `kernel` (prepare the CDK's Node process), `load` (import the user's file, which
builds the construct tree through `compose`) and `write` (the assembly and its annex). What the
user's code prints goes to stderr, which the parent shows line by line.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from preamp.contract.messages import encode_error, encode_event
from preamp.contract.synthesis import SynthRequest
from preamp.definition.backend import SYNTHESIS, Synthesis
from preamp.errors import Fault, PreampError
from preamp.events import AssemblyWritten, StageFinished

if TYPE_CHECKING:
    from preamp.events import Event


class LineReporter:
    """Writes events as JSON lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def report(self, event: Event) -> None:
        """Write one event."""
        self._write(encode_event(event))

    def fail(self, error: PreampError) -> None:
        """Write the error that ends the work."""
        self._write(encode_error(error, trace=True))

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


def main() -> int:
    """Serve the request on stdin; exit status as that of the error, 0 without one."""
    reporter = LineReporter(_take_stdout())
    try:
        _synthesize(SynthRequest.from_json(sys.stdin.readline()), reporter)
    except PreampError as error:
        reporter.fail(error)
        return error.exit_status
    except Exception as error:  # noqa: BLE001 - the boundary of the process: nothing escapes it
        reporter.fail(_fault(error))
        return Fault.exit_status
    return 0


def _take_stdout() -> TextIO:
    """Keep stdout for the protocol and let prints of the user's code go to stderr."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stream


def _synthesize(request: SynthRequest, reporter: LineReporter) -> None:
    started = time.monotonic()
    os.chdir(request.project)
    from preamp.synth import kernel

    console = kernel.prepare()
    # only now: importing these starts the kernel
    from preamp.synth.compose import BackendComposer
    from preamp.synth.load import load_backend
    from preamp.synth.sites import SiteRecorder
    from preamp.synth.write import write_assembly

    sites = SiteRecorder()
    sites.install()
    composer = BackendComposer(request)
    synthesis = Synthesis(composer, reporter, request.project, request.output, request.local)
    SYNTHESIS.set(synthesis)
    backend = load_backend(request, composer)
    annotations = write_assembly(backend, sites, synthesis.secrets)
    for notice in (*annotations, *console.notices()):
        reporter.report(notice)
    seconds = time.monotonic() - started
    reporter.report(StageFinished("synth", seconds))
    reporter.report(AssemblyWritten(str(request.output), request.backend_id.stack_name))
    kernel.let_index_finish()


def _fault(error: Exception) -> Fault:
    fault = Fault("SynthesisFault", f"{type(error).__name__}: {error}")
    fault.__cause__ = error
    return fault


if __name__ == "__main__":
    sys.exit(main())
