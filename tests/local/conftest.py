"""A real engine for the whole run, and AWS clients that speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from tests.local.cli.standby import close_standby

from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection
    from preamp.events import Event

ClientFactory = Callable[..., Any]


class Recorder:
    """A reporter that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)


@pytest.fixture(scope="session", autouse=True)
def _commands() -> Iterator[None]:
    """No process stands by for commands when all have been run."""
    yield
    close_standby()


@pytest.fixture(scope="session")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    """The engine's process, started; it is stopped after the last test."""
    directory = tmp_path_factory.mktemp("engine") / "state"
    process = EngineProcess(directory, port=None, reporter=Recorder())
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def engine(engine_process: EngineProcess) -> EngineConnection:
    """How to speak with the engine."""
    return engine_process.start()


def aws_client(connection: EngineConnection, service: str, **options: Any) -> Any:
    """Make a client for an engine, with its root key unless other credentials are given."""
    credentials = {
        "aws_access_key_id": connection.access_key_id,
        "aws_secret_access_key": connection.secret_access_key,
    }
    session = boto3.session.Session(region_name=connection.region)
    return session.client(
        service,
        endpoint_url=connection.endpoint,
        config=options.pop("config", Config(retries={"total_max_attempts": 1})),
        **{**credentials, **options},
    )


@pytest.fixture(scope="session")
def client(engine: EngineConnection) -> Iterator[ClientFactory]:
    """Make boto3 clients for the engine: ``client("s3")``; one per service and options."""
    made: dict[tuple[str, str], Any] = {}

    def make(service: str, **options: Any) -> Any:
        key = (service, repr(sorted(options.items())))
        if key not in made:
            made[key] = aws_client(engine, service, **options)
        return made[key]

    yield make
    for each in made.values():
        each.close()
