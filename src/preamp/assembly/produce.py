"""Produces a cloud assembly: runs a synth child and puts what it wrote in place.

The child writes into a folder of its own; only a whole assembly takes the place of the last.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from preamp.assembly.lock import Guarded, single_writer
from preamp.contract.messages import decode
from preamp.contract.synthesis import SynthRequest
from preamp.errors import Fault, PreampError, UserError
from preamp.events import AssemblyWritten, OutputPrinted, StageStarted

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from preamp.assembly.project import Project
    from preamp.contract.identity import BackendId
    from preamp.events import Reporter

_MARK: Final = "manifest.json"
# the CDK's command line locks the folder with files in it before it lets us write there
_CDK_LOCK: Final = ".lock"


def produce_assembly(
    project: Project,
    backend_id: BackendId,
    output: Path,
    reporter: Reporter,
    *,
    local: bool = False,
) -> None:
    """Synthesize a project's backend into a folder.

    Args:
        project: Whose backend.
        backend_id: Whose names to use.
        output: The folder, absolute; an assembly in it is replaced.
        reporter: Hears what happens.
        local: Whether functions will run on this machine; otherwise they go to AWS.

    Raises:
        UserError: The backend has a mistake, ``OutputFolderInUseError`` if the folder holds
            something else, or ``SynthesisInProgressError``.
        Fault: ``SynthesisFault``.
    """
    _check_replaceable(output)
    fresh = output.with_name(f".{output.name}.new")
    output.parent.mkdir(parents=True, exist_ok=True)
    with single_writer(output.with_name(f".{output.name}.lock"), Guarded.ASSEMBLY):
        shutil.rmtree(fresh, ignore_errors=True)
        request = SynthRequest(
            project.directory, project.backend_file, fresh, backend_id, local=local
        )
        try:
            written = _run_child(request, reporter)
            _replace(output, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    reporter.report(AssemblyWritten(str(output), written.stack_name))


def _run_child(request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
    reporter.report(StageStarted("synth"))
    child = subprocess.Popen(
        [sys.executable, "-m", "preamp.synth"],
        cwd=request.project,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise Fault("SynthesisFault", "the synth child has no pipes")
    printed = threading.Thread(target=_forward, args=(child.stderr, reporter), daemon=True)
    printed.start()
    try:
        child.stdin.write(request.to_json() + "\n")
        child.stdin.close()
        return _follow(child.stdout, reporter)
    except BaseException:
        child.kill()
        raise
    finally:
        _reap(child, printed)


def _follow(lines: IO[str], reporter: Reporter) -> AssemblyWritten:
    """Report a child's events until it has written the assembly or failed."""
    for line in lines:
        message = decode(line)
        if isinstance(message, PreampError):
            raise message
        if isinstance(message, AssemblyWritten):
            return message
        reporter.report(message)
    raise Fault("SynthesisFault", "the synth child ended without a word")


def _reap(child: subprocess.Popen[str], printed: threading.Thread) -> None:
    """Let a child that has said its last word end by itself, in its own time."""

    def wait() -> None:
        printed.join()
        child.wait()
        for stream in (child.stdout, child.stderr):
            if stream:
                stream.close()

    threading.Thread(target=wait, daemon=True).start()


def _forward(lines: IO[str], reporter: Reporter) -> None:
    for line in lines:
        reporter.report(OutputPrinted(line.rstrip("\n")))


def _environment() -> dict[str, str]:
    # where the CDK's command line wants the assembly is for us to see to, not for the child
    kept = {name: value for name, value in os.environ.items() if name != "CDK_OUTDIR"}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _check_replaceable(output: Path) -> None:
    if not output.exists() or (output / _MARK).is_file():
        return
    if not output.is_dir() or any(path.suffix != _CDK_LOCK for path in output.iterdir()):
        raise UserError(
            "OutputFolderInUseError",
            f"{output} holds something that is no cloud assembly",
            "choose another folder with --out, or empty it",
        )


def _replace(output: Path, fresh: Path) -> None:
    """Put a new assembly in the place of the old one, which stays until then."""
    old = output.with_name(f".{output.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    for lock in output.glob(f"*{_CDK_LOCK}"):
        shutil.copy2(lock, fresh)
    with contextlib.suppress(FileNotFoundError):
        output.replace(old)
    fresh.replace(output)
    shutil.rmtree(old, ignore_errors=True)
