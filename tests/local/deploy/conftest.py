"""A target on the real engine, and a stack of its own for every test."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.deploy.assembly_writer import AssemblyWriter

from preamp.assembly.read import CloudAssembly, read_assembly
from preamp.deploy.apply import destroy
from preamp.deploy.target import Credentials, Target
from preamp.events import Event, ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection


class Recorder:
    """Remembers every event; runs `on_event` with each, to act in the middle of things."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.on_event: Callable[[Event], None] = lambda _event: None

    def report(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def resources(self) -> list[tuple[str, str, str]]:
        return [(e.path, e.action, e.progress) for e in self.of(ResourceChanged)]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def target(engine: EngineConnection) -> Target:
    return Target(
        name="the local cloud",
        region=engine.region,
        account=engine.account,
        endpoint_url=engine.endpoint,
        credentials=Credentials(engine.access_key_id, engine.secret_access_key),
        poll_interval=0.02,
    )


@pytest.fixture
def stack_name(target: Target) -> Iterator[str]:
    name = f"deploy-{uuid.uuid4().hex[:8]}"
    yield name
    destroy(name, target, Recorder())


class Written:
    """Writes an assembly and reads it; called again, it writes over the first."""

    def __init__(self, writer: AssemblyWriter) -> None:
        self._writer = writer

    def __call__(self, *args: Any, **kwargs: Any) -> CloudAssembly:
        return read_assembly(self._writer.write(*args, **kwargs))

    def asset(self, source: Path) -> dict[str, Any]:
        return self._writer.asset(source)


@pytest.fixture
def write(tmp_path: Path, stack_name: str) -> Written:
    return Written(AssemblyWriter(tmp_path / "assembly", stack_name))
