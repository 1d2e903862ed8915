"""One synthesis from request to assembly, in a process that makes no other.

The stages are `kernel` (prepare the CDK's Node process), `load` (import the user's file, which
builds the construct tree through `compose`) and `write` (the assembly and its annex).
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from preamp.contract.messages import encode_error, encode_event
from preamp.contract.synthesis import SynthRequest
from preamp.definition.backend import SYNTHESIS, Synthesis
from preamp.definition.site import is_user_code
from preamp.errors import Fault, PreampError
from preamp.events import AssemblyWritten, StageFinished
from preamp.synth import kernel
from preamp.synth.foresight import libraries_ahead
from preamp.synth.inputs import InputRecorder, modules_since

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from preamp.events import Event
    from preamp.synth.kernel import Kernel


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


def read_request() -> SynthRequest | None:
    """Read the request from the first line of stdin; None if whoever would ask is gone.

    Not through `sys.stdin`, which belongs to the user's code.
    """
    line = b""
    while not line.endswith(b"\n"):
        read = os.read(0, 65536)
        if not read:
            return None
        line += read
    return SynthRequest.from_json(line.decode())


def take_stdout() -> TextIO:
    """Keep stdout for the protocol and let prints of the user's code go to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return stream


def take_stdin() -> int:
    """Keep stdin, which ends when the parent does, and give the user's code an empty one."""
    kept = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return kept


def answer(request: SynthRequest, reporter: LineReporter, prepared: Kernel | None = None) -> int:
    """Serve a request.

    Args:
        request: What to synthesize.
        reporter: Hears what happens, and at most one error.
        prepared: The kernel, if it was prepared before.

    Returns:
        The exit status of the process: that of the error, 0 without one.
    """
    last = next(reversed(sys.modules))
    try:
        _synthesize(request, reporter, prepared)
    except PreampError as error:
        reporter.fail(error)
        return error.exit_status
    except Exception as error:  # noqa: BLE001 - the boundary of the process: nothing escapes it
        reporter.fail(_fault(error))
        return Fault.exit_status
    finally:
        _forget_young_bytecode(modules_since(last))
    return 0


def _synthesize(request: SynthRequest, reporter: LineReporter, prepared: Kernel | None) -> None:
    started = time.monotonic()
    os.chdir(request.project)
    node = prepared or kernel.prepare(request.project, ahead=libraries_ahead(request))
    # only now: importing these starts the kernel
    from preamp.synth.compose import BackendComposer
    from preamp.synth.load import load_backend
    from preamp.synth.sites import SiteRecorder
    from preamp.synth.write import write_assembly

    sites, inputs = SiteRecorder(), InputRecorder(request.project, request.output)
    sites.install()
    inputs.install()
    composer = BackendComposer(request)
    synthesis = Synthesis(composer, reporter, request.project, request.output, request.local)
    SYNTHESIS.set(synthesis)
    backend = load_backend(request, composer)

    def noted() -> list[str] | None:
        reads = node.reads() if request.local else None
        return None if reads is None else inputs.inputs(reads, synthesis.sources)

    annotations = write_assembly(backend, sites, synthesis, noted, request.output)
    for notice in (*annotations, *kernel.notices(node)):
        reporter.report(notice)
    seconds = time.monotonic() - started
    reporter.report(StageFinished("synth", seconds))
    reporter.report(AssemblyWritten(str(request.output), request.backend_id.stack_name))


def _fault(error: Exception) -> Fault:
    fault = Fault("SynthesisFault", f"{type(error).__name__}: {error}")
    fault.__cause__ = error
    return fault


def _forget_young_bytecode(modules: Iterable[ModuleType]) -> None:
    """Remove bytecode of those of the user's modules that were saved within this second.

    Python knows bytecode by its source's size and the second it was saved in. A second save of
    the same size in the same second would run the code of the first.
    """
    now = int(time.time())
    for module in modules:
        file, spec = getattr(module, "__file__", None), getattr(module, "__spec__", None)
        cached = getattr(spec, "cached", None)
        if file and cached and is_user_code(file):
            with contextlib.suppress(OSError):
                if int(os.stat(file).st_mtime) >= now:  # noqa: PTH116 - many files
                    Path(cached).unlink()
