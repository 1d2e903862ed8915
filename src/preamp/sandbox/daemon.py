"""Runs the inner loop of a sandbox: deploys, watches, deploys again, until it is told to stop.

One thread decides (`loop.step`), one at a time works, and the others only bring news. Whatever
the work raises ends its round, never the session.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import getpid
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

from preamp.contract.unexpected import unexpected
from preamp.errors import PreampError, UserError
from preamp.events import HandlerSaved, RoundFinished, RoundStarted, SandboxClosed
from preamp.sandbox.loop import Action, Signal, State, step
from preamp.sandbox.session import SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from preamp.sandbox.feed import Screen
    from preamp.sandbox.watching import Watcher


@dataclass(frozen=True)
class Effect:
    """What saved files can change.

    Attributes:
        deployment: Whether something else may have to be deployed.
        handlers: Those that are live already, because functions run them where they are.
    """

    deployment: bool
    handlers: frozenset[Path] = frozenset()


_CANCELLED: Final = "SynthesisCancelledError"


class Work(Protocol):
    """What the loop sets in motion, one thing at a time."""

    def synthesize(self) -> None:
        """Make the cloud assembly.

        Raises:
            PreampError: The backend has a mistake, or the synthesis was cancelled.
        """

    def cancel(self) -> None:
        """End the synthesis that is running; called from another thread, also in vain."""

    def deploy(self) -> int:
        """Deploy what was synthesized; return how many resources changed.

        Raises:
            PreampError: It failed, and was rolled back.
        """

    def effect(self, saved: Collection[Path]) -> Effect:
        """What saved files can change; called from another thread."""

    def sources(self) -> Collection[Path]:
        """Files outside the watched folder that the assembly depends on, absolute."""

    def close(self) -> None:
        """Let go of everything; what is deployed keeps its state."""


class SandboxDaemon:
    """The inner loop, running.

    Args:
        project: The project's folder, absolute, which files are named below.
        work: Synthesizes and deploys.
        watcher: Tells of saved files.
        screen: Shows what happens.
        clock: Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        project: Path,
        work: Work,
        watcher: Watcher,
        screen: Screen,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._project = project
        self._work = work
        self._watcher = watcher
        self._screen = screen
        self._clock = clock
        self._signals: SimpleQueue[Signal] = SimpleQueue()
        self._lock = threading.Lock()
        self._state = State.IDLE
        self._rounds = 0
        self._error: PreampError | None = None
        self._saved: dict[Path, None] = {}
        self._noticed: float | None = None
        self._began = 0.0

    def run(self) -> None:
        """Deploy, and go on until `stop`; returns when everything has come to rest."""
        self._watcher.start(self._files_saved)
        self.redeploy()
        with ThreadPoolExecutor(1, thread_name_prefix="round") as worker:
            try:
                self._follow_signals(worker)
            finally:
                self._watcher.close()
        self._work.close()
        self._screen.report(SandboxClosed())

    def state(self) -> SessionState:
        """How the session is."""
        code = self._error.code if self._error else None
        return SessionState(getpid(), self._state.value, self._rounds, code)

    def redeploy(self) -> None:
        """Deploy again, as if a source had been saved."""
        self._note([])

    def stop(self) -> None:
        """End, after what cannot be interrupted."""
        self._signals.put(Signal.STOP)

    def _files_saved(self, paths: frozenset[Path]) -> None:
        try:
            effect = self._work.effect(paths)
        except Exception:  # noqa: BLE001 - files may go while they are looked at; the round tells
            effect = Effect(deployment=True)
        if effect.handlers:
            self._screen.report(HandlerSaved(self._named(sorted(effect.handlers))))
        if effect.deployment:
            self._note(sorted(paths))

    def _note(self, paths: Iterable[Path]) -> None:
        with self._lock:
            self._saved.update(dict.fromkeys(paths))
            if self._noticed is None:
                self._noticed = self._clock()
        self._signals.put(Signal.CHANGED)

    def _follow_signals(self, worker: ThreadPoolExecutor) -> None:
        while True:
            taken = step(self._state, self._signals.get())
            self._state = taken.state
            match taken.action:
                case Action.SYNTHESIZE:
                    worker.submit(self._run, self._synthesize, Signal.SYNTHESIZED)
                case Action.DEPLOY:
                    worker.submit(self._run, self._deploy, Signal.DEPLOYED)
                case Action.CANCEL:
                    self._work.cancel()
                case Action.END:
                    return

    def _run(self, do: Callable[[], None], done: Signal) -> None:
        """Do one thing, and say how it ended."""
        try:
            do()
        except PreampError as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001 - whatever breaks, the next save may mend it
            self._failed(unexpected(error))
        else:
            self._signals.put(done)

    def _synthesize(self) -> None:
        with self._lock:
            saved, self._saved = list(self._saved), {}
            self._began, self._noticed = self._noticed or self._clock(), None
        self._screen.report(RoundStarted(self._named(saved)))
        try:
            self._work.synthesize()
        except UserError as error:
            # where the mistake is may be a file that nothing was known to depend on
            places = {self._project / site.file for site in error.sites}
            self._watcher.also({*self._work.sources(), *places})
            raise
        self._watcher.also(self._work.sources())

    def _deploy(self) -> None:
        changes = self._work.deploy()
        self._error = None
        self._rounds += 1
        self._screen.report(RoundFinished(self._clock() - self._began, changes))

    def _failed(self, error: PreampError) -> None:
        # what was cancelled, or is outdated, is no failure: what follows it is shown instead
        if self._state is not State.OUTDATED and error.code != _CANCELLED:
            self._error = error
            self._rounds += 1
            self._screen.fail(error)
        self._signals.put(Signal.FAILED)

    def _named(self, paths: Iterable[Path]) -> tuple[str, ...]:
        return tuple(
            str(path.relative_to(self._project) if path.is_relative_to(self._project) else path)
            for path in paths
        )
