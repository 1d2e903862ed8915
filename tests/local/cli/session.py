"""A session of the sandbox in a process of its own, followed by what it writes as JSON."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.local.cli.commandline import Project

PATIENCE: Final = 90.0


class Session:
    """A running `preamp sandbox --json`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def until(self, code: str, **fields: object) -> dict[str, Any]:
        """The next event or error of this code, and with these fields."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                line = None
            assert line is not None, f"no {code} {fields} after {self.seen}"
            message: dict[str, Any] = json.loads(line)
            self.seen.append(message)
            found = message.get("event") or message.get("error")
            if found == code and fields.items() <= message.items():
                return message

    def ended(self) -> int:
        """Wait for its end; the exit status."""
        status = self.process.wait(PATIENCE)
        self._reading.join()
        return status

    def _read(self) -> None:
        if self.process.stdout and self.process.stderr:
            with self.process.stdout as lines, self.process.stderr:
                for line in lines:
                    self._lines.put(line)
        self._lines.put(None)


@contextmanager
def session(project: Project, *words: str, **variables: str) -> Iterator[Session]:
    """A session in a project, with more variables if any are given."""
    running = Session(project.start("sandbox", "--json", *words, **variables))
    try:
        yield running
    finally:
        running.process.terminate()
        running.ended()
