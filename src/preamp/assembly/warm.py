"""Synthesizes in a process that has the CDK at hand before it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from preamp.assembly.synthesizer import ColdSynthesizer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import AssemblyWritten, Reporter


class WarmSynthesizer:
    """Synthesizes one project again and again; hold one for as long as the project is watched.

    Use it as a context manager, or close it. It never outlives the process that made it.
    """

    def __init__(self, project_directory: Path) -> None:
        """Prepare nothing yet.

        Args:
            project_directory: The project's folder, absolute; requests must be for it.
        """
        self._project_directory = project_directory
        self._cold = ColdSynthesizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin to warm up in the background; returns at once, may be called again."""

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Synthesize once; see `Synthesizer.run`. Call it from one thread at a time."""
        return self._cold.run(request, reporter)

    def cancel(self) -> None:
        """End the run that is going on, which raises ``SynthesisCancelledError``.

        Call it from any thread; without a run it does nothing.
        """
        self._cold.cancel()

    def close(self) -> None:
        """End every process, and the run that is going on."""
        self._cold.close()
