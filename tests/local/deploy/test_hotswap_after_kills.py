"""Hotswaps and an engine that is killed: what runs and what is remembered stay together."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.local.deploy.assembly_writer import AssemblyWriter
from tests.local.deploy.conftest import Recorder, Written

from preamp.deploy.apply import deploy
from preamp.deploy.hotswap.record import FileRecord
from preamp.deploy.hotswap.state import HotswapState
from preamp.deploy.target import Credentials, Target
from preamp.engine.process import EngineProcess
from preamp.errors import UserError
from preamp.events import Event, ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.deploy.apply import DeploymentResult


def queue(seconds: int) -> dict[str, Any]:
    return {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}}


class Machine:
    """An engine of the test's own, and a record; the process that deploys is always a new one."""

    def __init__(self, folder: Path) -> None:
        self._engine = EngineProcess(folder / "state", port=None, reporter=Recorder())
        self._record = folder / "hotswap.json"
        self._write = Written(AssemblyWriter(folder / "assembly", "killed"))
        self.recorder = Recorder()

    @property
    def target(self) -> Target:
        engine = self._engine.start()
        credentials = Credentials(engine.access_key_id, engine.secret_access_key)
        return Target("here", engine.region, engine.account, engine.endpoint, credentials, 0.02)

    def deploy(self, seconds: int) -> DeploymentResult:
        assembly = self._write(queue(seconds))
        state = HotswapState(FileRecord(self._record))
        return deploy(assembly, self.target, self.recorder, hotswap=state)

    def visibility(self) -> int:
        sqs = self.target.clients.client("sqs")
        (url,) = sqs.list_queues()["QueueUrls"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return int(found["Attributes"]["VisibilityTimeout"])

    def kill(self) -> None:
        running = self._engine.running()
        assert running is not None
        process = psutil.Process(running.pid)
        os.kill(running.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        self._engine.stop(0)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.stop()


def test_a_hotswap_survives_with_its_record(machine: Machine) -> None:
    machine.deploy(10)
    assert machine.deploy(11).hotswapped
    machine.kill()
    assert machine.visibility() == 11
    assert machine.deploy(11).no_op
    assert machine.deploy(10).hotswapped
    assert machine.visibility() == 10


def test_a_hotswap_in_which_the_engine_is_killed_is_made_good(machine: Machine) -> None:
    machine.deploy(10)

    def kill(event: Event) -> None:
        if isinstance(event, ResourceChanged) and event.progress == "started":
            machine.recorder.on_event = lambda _event: None
            machine.kill()

    machine.recorder.on_event = kill
    with pytest.raises(UserError) as caught:
        machine.deploy(11)
    assert caught.value.code == "TargetUnreachableError"
    assert machine.deploy(10).no_op
    assert machine.visibility() == 10
    assert machine.deploy(11).hotswapped
    assert machine.visibility() == 11
