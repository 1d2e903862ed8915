"""One execution environment of a function: a worker that is started when needed.

AWS: "Understanding the Lambda execution environment lifecycle".
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from preamp.lambda_host.invocation import Invocation, initialize
from preamp.lambda_host.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.lambda_host.debugging import Debugging
    from preamp.lambda_host.failures import Failure
    from preamp.lambda_host.specification import FunctionSpec, Outcome, Request
    from preamp.lambda_host.worker import Surroundings


class ExecutionEnvironment:
    """Runs one invocation at a time.

    Args:
        spec: The function.
        surroundings: The host.
        initialized: Told in each invocation once the worker is initialized, or has failed to be.
        debugging: The functions that are debugged.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        surroundings: Surroundings,
        initialized: Callable[[], None],
        debugging: Debugging,
    ) -> None:
        self.spec = spec
        self.last_used = time.monotonic()
        self._worker = Worker(spec, surroundings)
        self._surroundings = surroundings
        self._debugging = debugging
        self._initialized = initialized
        self._lock = threading.Lock()
        self._closed = False

    @property
    def alive(self) -> bool:
        """Whether there is a worker that runs."""
        debugged = self._debugging.of(self.spec)
        worker = debugged.worker if debugged else self._worker
        return worker is not None and worker.alive

    @property
    def debugged(self) -> bool:
        """Whether its function is debugged: then all share one worker, which is not its own."""
        return self._debugging.of(self.spec) is not None

    @property
    def pid(self) -> int | None:
        """The worker's process; None if there is none."""
        session = self._worker.session
        return session.process.pid if session else None

    @property
    def log_stream(self) -> str:
        """Name of its log stream."""
        return self._worker.log_stream

    def invoke(self, request: Request) -> Outcome:
        """Run one invocation; waits for the one before it.

        Args:
            request: The invocation.
        """
        try:
            with self._lock:
                self.last_used = time.monotonic()
                outcome = self._run(request)
                self.last_used = time.monotonic()
                return outcome
        finally:
            if self._closed or self.debugged:
                self.retire()

    def prepare(self) -> Failure | None:
        """Start and initialize the worker ahead of an invocation, if it does not run.

        Returns:
            What went wrong, if anything did.
        """
        with self._lock:
            return None if self.alive else initialize(self._worker, self._worker.init_seconds, "")

    def _run(self, request: Request) -> Outcome:
        debugged = self._debugging.of(self.spec)
        if debugged is not None:
            with debugged.turn(self.spec, self._surroundings) as worker:
                if worker is not None:
                    return Invocation(worker, request, self._initialized).run()
        return Invocation(self._worker, request, self._initialized).run()

    def retire(self) -> bool:
        """Stop the worker unless it is busy; the next invocation starts another.

        Returns:
            Whether it was idle.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._worker.stop()
        finally:
            self._lock.release()
        return True

    def close(self, *, at_once: bool = True) -> None:
        """End the environment.

        Args:
            at_once: Kill the worker now, busy or not; otherwise an invocation that is going on
                comes to its end first.
        """
        self._closed = True
        session = self._worker.session
        if not at_once or session is None:
            self.retire()
            return
        # Who waits for it sees it end, and lets go.
        session.process.kill()
        with self._lock:
            self._worker.stop()
