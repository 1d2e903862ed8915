"""Checking an assembly before it is deployed, so that what AWS would refuse begins nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from preamp.check.validator import Validator
from preamp.check.verdict import raise_on_errors
from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.events import StageFinished, StageStarted

if TYPE_CHECKING:
    from preamp.assembly.read import CloudAssembly
    from preamp.events import Reporter


class CheckFirst:
    """Checks an assembly before it is deployed, and refuses it if AWS would."""

    def __init__(self) -> None:
        self._validator = Validator(node=node_binary(), cache=cache_root() / "check")

    def prepare(self) -> None:
        """Start the template validator."""
        self._validator.prepare()

    def check(self, assembly: CloudAssembly, reporter: Reporter) -> None:
        """Check, and refuse what AWS would refuse."""
        reporter.report(StageStarted("check"))
        started = time.monotonic()
        raise_on_errors(self._validator.check(assembly))
        reporter.report(StageFinished("check", time.monotonic() - started))

    def close(self) -> None:
        """End the template validator."""
        self._validator.close()
