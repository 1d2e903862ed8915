"""Synthesizes in a process that has the CDK at hand before it is asked.

On Linux that is a fork server; elsewhere, or where the fork server cannot work, a child that was
started ahead of time and serves one request. Both are replaced when they are outdated.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final, Protocol, Self

from preamp.assembly.fork_server import ForkServer, Limits, ServerLostError
from preamp.assembly.freshness import Stamp, stamp
from preamp.assembly.synth_child import SynthChild, cancelled, child_environment

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from preamp.contract.synthesis import SynthRequest
    from preamp.events import AssemblyWritten, Reporter

_LOSSES: Final = 2


class _Warm(Protocol):
    """A process that waits for requests."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked."""

    @property
    def is_ready(self) -> bool:
        """Whether it is warm."""

    @property
    def is_worn(self) -> bool:
        """Whether it should be replaced, though it can be asked."""

    @property
    def has_served(self) -> bool:
        """Whether it ever served a request."""

    def reserve(self) -> None:
        """Hear that a run follows, which `cancel` then means."""

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Serve a request."""

    def cancel(self) -> None:
        """End the run that is going on."""

    def close(self) -> None:
        """End it."""


class WarmSynthesizer:
    """Synthesizes one project again and again; hold one for as long as the project is watched.

    Use it as a context manager, or close it. It never outlives the process that made it.
    """

    def __init__(
        self,
        project_directory: Path,
        *,
        forking: bool = sys.platform == "linux",
        limits: Limits | None = None,
    ) -> None:
        """Prepare nothing yet.

        Args:
            project_directory: The project's folder, absolute; requests must be for it.
            forking: Whether to use a fork server.
            limits: When a fork server is replaced.
        """
        self._project = project_directory
        self._forking = forking
        self._limits = limits or Limits()
        self._lock = threading.Condition()
        self._current: _Warm | None = None
        self._next: _Warm | None = None
        self._running: _Warm | None = None
        self._stamp: Stamp = ()
        self._usage = ""
        self._losses = 0
        self._is_active = False
        self._is_cancelled = False
        self._is_closed = False

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
        with self._lock:
            if self._current is None and not self._is_closed:
                self._begin(stamp(self._project, child_environment()))

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        """Synthesize once; see `Synthesizer.run`. Call it from one thread at a time.

        A process that is not warm yet is asked all the same: it leaves off warming up, and is no
        slower than a new one.
        """
        with self._lock:
            self._is_active, self._is_cancelled = True, False
        try:
            return self._run(request, reporter)
        except Exception:
            if self._is_cancelled:
                raise cancelled() from None
            raise
        finally:
            with self._lock:
                self._is_active, self._running = False, None
            self._tend()

    @property
    def process_id(self) -> int | None:
        """The process that will be asked next, if there is one."""
        with self._lock:
            return self._current.pid if self._current else None

    def wait_until_warm(self, timeout: float) -> bool:
        """Wait until the next run will be a quick one.

        Args:
            timeout: For how many seconds to wait at most.

        Returns:
            Whether that is so; where a standby is used, whether there is one.
        """
        with self._lock:
            return self._lock.wait_for(self._is_warm, timeout)

    def cancel(self) -> None:
        """End the run that is going on, which raises ``SynthesisCancelledError``.

        Call it from any thread; without a run it does nothing.
        """
        with self._lock:
            self._is_cancelled = self._is_active
            running = self._running
        if running is not None:
            running.cancel()

    def close(self) -> None:
        """End every process, and the run that is going on."""
        with self._lock:
            self._is_closed = self._is_cancelled = True
            running = self._running
            held = [each for each in (self._current, self._next) if each is not None]
            self._current = self._next = None
        if running is not None:
            running.cancel()
        for each in held:
            each.close()

    def _run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        while True:
            warm = self._take()
            try:
                written = warm.run(request, reporter)
            except ServerLostError:
                self._losses += 1
                continue
            self._losses = 0
            return written

    def _take(self) -> _Warm:
        """The process to ask, marked as running; a new one if there is none that is of use."""
        now = stamp(self._project, child_environment())
        with self._lock:
            if self._is_closed or self._is_cancelled:
                raise cancelled()
            if now != self._stamp or self._current is None or not self._current.is_usable:
                self._begin(now)
            running = self._running = self._current
            if running is None:
                raise cancelled()
            running.reserve()
        return running

    def _begin(self, now: Stamp) -> None:
        """Start a new process in the place of all there are."""
        _close_all(self._current, self._next)
        self._stamp = now
        self._current, self._next = self._new(), None

    def _new(self) -> _Warm:
        if self._forking and self._losses < _LOSSES:
            return ForkServer(self._project, self._usage, self._limits, self._tend)
        return _Standby(self._project)

    def _is_warm(self) -> bool:
        return self._next is None and self._current is not None and self._current.is_ready

    def _tend(self) -> None:
        """See, between two runs, to what comes after a process that is used up or worn."""
        with self._lock:
            self._replace()
            self._lock.notify_all()

    def _replace(self) -> None:
        current = self._current
        if self._is_closed or self._running is not None or current is None:
            return
        if isinstance(current, ForkServer):
            self._usage = current.usage
            self._losses = _LOSSES if current.unfit else self._losses
        following = self._next
        if not current.is_usable:
            # one that never served is not replaced before it is asked for: it might go on so
            known = current.has_served or self._losses >= _LOSSES
            replacement = following or (self._new() if known else None)
            self._current, self._next = replacement, None
            _close_all(current)
        elif following is not None and following.is_ready:
            self._current, self._next = following, None
            _close_all(current)
        elif current.is_worn and following is None:
            self._next = self._new()


class _Standby:
    """A child that waits for its one request."""

    is_ready = True
    is_worn = False
    has_served = True

    def __init__(self, project: Path) -> None:
        self._child = SynthChild(project, standby=True)
        self._is_asked = False

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_usable(self) -> bool:
        return not self._is_asked and self._child.is_alive

    def reserve(self) -> None:
        self._is_asked = True

    def run(self, request: SynthRequest, reporter: Reporter) -> AssemblyWritten:
        return self._child.run(request, reporter)

    def cancel(self) -> None:
        self._child.kill()

    def close(self) -> None:
        if not self._is_asked:
            self._child.discard()


def _close_all(*processes: _Warm | None) -> None:
    """End processes without waiting for it."""
    for each in filter(None, processes):
        threading.Thread(target=each.close, daemon=True).start()
