"""Produces a cloud assembly: has it synthesized and puts what was written in place.

The child writes into a folder of its own; only a whole assembly takes the place of the last.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Final

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.contract.synthesis import SynthRequest
from preamp.errors import UserError
from preamp.events import AssemblyWritten, StageStarted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.assembly.project import Project
    from preamp.assembly.synthesizer import Synthesizer
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
    synthesizer: Synthesizer | None = None,
    context: Mapping[str, object] | None = None,
) -> None:
    """Synthesize a project's backend into a folder.

    Args:
        project: Whose backend.
        backend_id: Whose names to use.
        output: The folder, absolute; an assembly in it is replaced.
        reporter: Hears what happens.
        local: Whether functions will run on this machine; otherwise they go to AWS.
        synthesizer: Who runs the definition; by default a new process.
        context: More CDK context.

    Raises:
        UserError: The backend has a mistake, ``OutputFolderInUseError`` if the folder holds
            something else, ``SynthesisInProgressError`` or ``SynthesisCancelledError``.
        Fault: ``SynthesisFault``.
    """
    _check_replaceable(output)
    fresh = output.with_name(f".{output.name}.new")
    output.parent.mkdir(parents=True, exist_ok=True)
    with single_writer(output.with_name(f".{output.name}.lock"), Guarded.ASSEMBLY):
        shutil.rmtree(fresh, ignore_errors=True)
        request = SynthRequest(
            project.directory,
            project.backend_file,
            fresh,
            backend_id,
            local=local,
            context=dict(context or {}),
        )
        try:
            reporter.report(StageStarted("synth"))
            written = (synthesizer or ColdSynthesizer()).run(request, reporter)
            _replace(output, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    reporter.report(AssemblyWritten(str(output), written.stack_name))


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
