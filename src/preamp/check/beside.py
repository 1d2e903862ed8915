"""Checks assemblies while they are deployed, for those who deploy again and again.

What can be told at once, by our rules and from what is remembered, is told before the deployment
and stops it. What the template validator has to be asked for is told afterwards.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING, Final

from preamp.check.validator import Validator
from preamp.check.verdict import raise_on_errors
from preamp.events import MistakeFound, StageFinished, StageStarted

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.check.finding import Finding
    from preamp.check.validator import Inspection
    from preamp.events import Reporter

_IDLE: Final = 30.0


class CheckBeside:
    """Finds mistakes without holding a deployment up.

    The validator's process is started when a template is new, runs at the lowest priority, and is
    ended when it was not needed for a while, as it takes 250 MB.
    """

    def __init__(self, *, node: Path, cache: Path, idle: float = _IDLE) -> None:
        """Start nothing yet.

        Args:
            node: The Node to run the template validator with.
            cache: A directory of its own, for the unpacked validator and for what it said.
            idle: Seconds after which a validator that nobody needs is ended.
        """
        self._validator = Validator(node=node, cache=cache, hurry=False)
        self._idle = idle
        self._changed = threading.Condition()
        self._latest: Inspection | None = None
        self._waiting: tuple[Inspection, Reporter] | None = None
        self._worker: threading.Thread | None = None
        self._is_closed = False
        self._is_busy = False

    def prepare(self) -> None:
        """Do nothing: nobody will wait for the validator."""

    def check(self, assembly: CloudAssembly, reporter: Reporter) -> None:
        """Check what can be checked at once, and the rest beside the deployment.

        Args:
            assembly: What would be deployed.
            reporter: Hears, from another thread, of each further mistake as `MistakeFound`; not
                if another assembly was checked before it was found.

        Raises:
            UserError: ``InvalidTemplateError``, if the deployment shall not begin.
        """
        reporter.report(StageStarted("check"))
        started = time.monotonic()
        inspection = self._validator.begin(assembly)
        with self._changed:
            self._latest, self._waiting = inspection, None
        raise_on_errors(inspection.findings())
        reporter.report(StageFinished("check", time.monotonic() - started))
        if inspection.unseen:
            self._go_on(inspection, reporter)

    def wait(self, timeout: float) -> bool:
        """Wait until everything was told.

        Args:
            timeout: For how many seconds to wait at most.

        Returns:
            Whether that is so.
        """
        with self._changed:
            return self._changed.wait_for(
                lambda: self._waiting is None and not self._is_busy, timeout
            )

    def close(self) -> None:
        """End the template validator; what was not told yet is not told any more."""
        with self._changed:
            self._is_closed, self._waiting = True, None
            self._changed.notify_all()
            worker = self._worker
        # for good: the worker may be about to ask, which at the lowest priority may take minutes
        self._validator.end()
        if worker is not None:
            worker.join()

    def _go_on(self, inspection: Inspection, reporter: Reporter) -> None:
        with self._changed:
            if self._is_closed:
                return
            self._waiting = inspection, reporter
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
            self._changed.notify_all()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            inspection, reporter = task
            known = inspection.findings()
            for finding in self._validator.finish(inspection):
                if finding not in known and not self._is_outdated(inspection):
                    reporter.report(_event(finding))
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[Inspection, Reporter] | None:
        """The next check; None, with the validator ended, if none comes for a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed, self._idle)
            task, self._waiting = self._waiting, None
            if task is None:
                self._worker = None
                self._validator.close()
            self._is_busy = task is not None
            return task

    def _is_outdated(self, inspection: Inspection) -> bool:
        with self._changed:
            return self._latest is not inspection or self._is_closed


def _event(finding: Finding) -> MistakeFound:
    fields = {field.name for field in dataclasses.fields(MistakeFound)}
    values = {name: value for name, value in vars(finding).items() if name in fields}
    return MistakeFound(**values)
