"""A running ``preamp sandbox`` that is measured from outside."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.workbench import CommandFailedError, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.workbench import Workbench


class RunningSession:
    """A session, followed by what it writes as JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def until_live(self) -> None:
        """Wait until a round has ended.

        Raises:
            CommandFailedError: It ended in an error, or the session did.
        """
        for line in self._process.stdout or ():
            message: dict[str, Any] = json.loads(line)
            if "error" in message:
                raise CommandFailedError(f"the session failed: {message}")
            if message["event"] == "round.finished":
                return
        raise CommandFailedError("the session ended")


@contextmanager
def session(bench: Workbench, folder: Path, identifier: str) -> Iterator[RunningSession]:
    """A session in a project; it is stopped, with its local cloud, in the end."""
    command = bench.preamp("sandbox", "--json", "--identifier", identifier)
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield RunningSession(process)
        finally:
            process.terminate()
            process.communicate()
