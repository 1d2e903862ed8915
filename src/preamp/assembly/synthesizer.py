"""Who synthesizes for us, and the one that does it in a new process each time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, Self

from preamp.assembly.synth_child import SynthChild, cancelled

if TYPE_CHECKING:
    from types import TracebackType

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import AssemblyWritten, Reporter


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
        self._child: SynthChild | None = None
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
        with self._lock:
            self._cancelled = False
            child = self._child = SynthChild(request.project)
        try:
            return child.run(request, reporter)
        except Exception:
            if self._cancelled:
                raise cancelled() from None
            raise
        finally:
            with self._lock:
                self._child = None

    def cancel(self) -> None:
        """End the run that is going on, if there is one; call it from any thread."""
        with self._lock:
            if self._child is not None:
                self._cancelled = True
                self._child.kill()

    def close(self) -> None:
        """End the run that is going on."""
        self.cancel()
