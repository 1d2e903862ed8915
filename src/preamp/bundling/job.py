"""One request's dependencies in the making: what is wanted, the cache, who listens, and uv."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preamp.bundling.resolution_errors import explain
from preamp.bundling.uv import UvError, run_uv
from preamp.events import StageFinished, StageStarted

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.bundling.declaration import Dependencies
    from preamp.bundling.request import BundleRequest
    from preamp.bundling.store import Store
    from preamp.events import Reporter

_STAGE = "dependencies"


@dataclass(frozen=True)
class Target:
    """What versions are chosen and installed for.

    Attributes:
        arguments: How uv is told.
        identity: What tells it from others, in cache keys.
        title: Its name for people.
    """

    arguments: tuple[str, ...]
    identity: str
    title: str


@dataclass(frozen=True)
class Job:
    """What every step of getting dependencies needs.

    Attributes:
        declared: What the handler declares.
        request: On whose behalf.
        store: The cache.
        reporter: Hears of each run of uv.
    """

    declared: Dependencies
    request: BundleRequest
    store: Store
    reporter: Reporter

    def run(self, arguments: list[str | Path], target: Target, summary: str) -> None:
        """Run uv for a target.

        Raises:
            UserError: uv refused.
        """
        started = time.monotonic()
        self.reporter.report(StageStarted(_STAGE))
        try:
            run_uv([*arguments, *target.arguments, "--quiet"], folder=self.request.project)
        except UvError as error:
            raise explain(error.text, target.title, self.declared, self.request) from error
        seconds = time.monotonic() - started
        self.reporter.report(StageFinished(_STAGE, seconds, f"{summary} for {target.title}"))
