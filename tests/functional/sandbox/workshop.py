"""A daemon with hands one can hold: work that ends when told, and files that are saved by word."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from preamp.errors import PreampError, UserError
from preamp.sandbox.daemon import Effect, SandboxDaemon

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from preamp.events import Event

PROJECT: Final = Path("/project")
BACKEND: Final = PROJECT / "amplify" / "backend.py"
HANDLER: Final = PROJECT / "amplify" / "handler.py"
README: Final = PROJECT / "amplify" / "README.md"
_PATIENCE: Final = 20.0


class CancelledError(UserError):
    """What a cancelled synthesis raises."""

    def __init__(self) -> None:
        super().__init__("SynthesisCancelledError", "cancelled", "nothing")


class SteeredWork:
    """Work that begins when the loop says so, and ends when the test does."""

    def __init__(self) -> None:
        self.begun: SimpleQueue[str] = SimpleQueue()
        self.most_at_once = 0
        self.closed = False
        self.unreadable = False
        self._running = 0
        self._lock = threading.Lock()
        self._ends: SimpleQueue[BaseException | int] = SimpleQueue()

    def synthesize(self) -> None:
        self._work("synthesize")

    def deploy(self) -> int:
        return self._work("deploy")

    def cancel(self) -> None:
        self._ends.put(CancelledError())

    def effect(self, saved: Collection[Path]) -> Effect:
        if self.unreadable:
            raise PermissionError("not yours")
        return Effect(BACKEND in saved, frozenset(saved) & {HANDLER})

    def sources(self) -> Collection[Path]:
        return ()

    def close(self) -> None:
        self.closed = True

    def end(self, how: BaseException | int = 0) -> None:
        """Let what runs, or what runs next, end."""
        self._ends.put(how)

    def _work(self, name: str) -> int:
        with self._lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        self.begun.put(name)
        how = self._ends.get(timeout=_PATIENCE)
        with self._lock:
            self._running -= 1
        if isinstance(how, BaseException):
            raise how
        return how


class SteeredWatcher:
    """Tells of files that the test says were saved."""

    def __init__(self) -> None:
        self._changed: Callable[[frozenset[Path]], None] = lambda _: None

    def start(self, changed: Callable[[frozenset[Path]], None]) -> None:
        self._changed = changed

    def also(self, files: Collection[Path]) -> None:
        pass

    def close(self) -> None:
        self._changed = lambda _: None

    def save(self, *paths: Path) -> None:
        self._changed(frozenset(paths))


class Recorder:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.shown: SimpleQueue[Event | PreampError] = SimpleQueue()

    def report(self, event: Event) -> None:
        self.shown.put(event)

    def fail(self, error: PreampError) -> None:
        self.shown.put(error)


class SteeredClock:
    """A clock that stands still unless told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Workshop:
    """A running daemon and its hands."""

    def __init__(self) -> None:
        self.work = SteeredWork()
        self.watcher = SteeredWatcher()
        self.screen = Recorder()
        self.clock = SteeredClock()
        self.daemon = SandboxDaemon(PROJECT, self.work, self.watcher, self.screen, self.clock)
        self.thread = threading.Thread(target=self.daemon.run)

    def begun(self) -> str:
        """What the loop begins next."""
        return self.work.begun.get(timeout=_PATIENCE)

    def shown(self) -> Event | PreampError:
        """What is shown next."""
        return self.screen.shown.get(timeout=_PATIENCE)

    def finish_round(self, changes: int = 0) -> None:
        """Let a synthesis and a deployment that begin next end well."""
        assert self.begun() == "synthesize"
        self.work.end()
        assert self.begun() == "deploy"
        self.work.end(changes)

    def stopped(self) -> bool:
        """Whether the daemon comes to its end."""
        self.thread.join(_PATIENCE)
        return not self.thread.is_alive()


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A daemon in its first round."""
    made = Workshop()
    made.thread.start()
    try:
        yield made
    finally:
        made.daemon.stop()
        made.work.end()
        assert made.stopped()
