"""A project whose backend a test rewrites, and what its syntheses report."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from tests.synthesis import DEMO

from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.errors import PreampError
from preamp.events import OutputPrinted

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.synthesizer import Synthesizer
    from preamp.events import Event

START: Final = "from preamp import define_backend\n"


class Listener:
    """A reporter that keeps what was printed, and tells when a line is printed."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def report(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    @property
    def printed(self) -> list[str]:
        return [event.text for event in list(self.events) if isinstance(event, OutputPrinted)]

    def lines(self, count: int) -> list[str]:
        """What was printed, once it is that many lines: they come from another thread."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.printed) >= count, timeout=60)
        return self.printed

    def wait_for(self, line: str) -> None:
        """Wait until a line was printed."""
        with self._changed:
            assert self._changed.wait_for(lambda: line in self.printed, timeout=60)


class WarmProject:
    """A project and the folder its assembly goes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "cdk.out"
        (folder / "amplify").mkdir(parents=True, exist_ok=True)
        self.write("amplify/__init__.py", "")

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def backend(self, text: str) -> None:
        self.write("amplify/backend.py", text)

    def synthesize(
        self,
        synthesizer: Synthesizer | None,
        *,
        listener: Listener | None = None,
        local: bool = True,
    ) -> Listener:
        heard = listener or Listener()
        produce_assembly(
            find_project(self.folder),
            DEMO,
            self.output,
            heard,
            local=local,
            synthesizer=synthesizer,
        )
        return heard

    def failure(self, synthesizer: Synthesizer | None) -> PreampError:
        try:
            self.synthesize(synthesizer)
        except PreampError as error:
            return error
        raise AssertionError("the synthesis went well")

    def assembly(self) -> dict[str, bytes]:
        """All files of the last assembly."""
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file()
        }
