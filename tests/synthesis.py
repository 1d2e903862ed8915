"""Runs the real synthesis of sample projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from preamp.events import Event

PROJECTS: Final = Path(__file__).with_name("projects")
DEMO: Final = BackendId("demo", "me", "sandbox")


class Recorder:
    """A reporter that keeps what it is told.

    Attributes:
        events: Everything reported, in order.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        """Keep one event."""
        self.events.append(event)


def synthesize(project: Path, output: Path, backend_id: BackendId = DEMO) -> Recorder:
    """Write a project's assembly into a folder."""
    recorder = Recorder()
    produce_assembly(find_project(project), backend_id, output, recorder)
    return recorder
