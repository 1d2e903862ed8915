"""Nothing of a function is left behind, however the engine ends.

AWS has no page about it: there the machine goes with the environment.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import Aws, Functions

from preamp.engine.process import EngineProcess
from preamp.engine.protocol import EngineConnection

End = Callable[[EngineProcess, EngineConnection], object]

_SOURCE = """
import os, subprocess, tempfile, threading
def handler(event, context):
    child = subprocess.Popen(["sleep", "1000"])
    with open(event + ".new", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()} {child.pid} ")
        file.write(f"{tempfile.gettempdir()} {os.getcwd()}")
    os.rename(event + ".new", event)
    if event.endswith("busy"):
        threading.Event().wait()
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine of the test's own, not started."""
    made = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    yield made
    made.stop(0)


def stop(process: EngineProcess, _: EngineConnection) -> None:
    assert process.stop()


def terminate(_: EngineProcess, connection: EngineConnection) -> None:
    psutil.Process(connection.pid).send_signal(signal.SIGTERM)


def kill(_: EngineProcess, connection: EngineConnection) -> None:
    psutil.Process(connection.pid).kill()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no watchdog on this system")
@pytest.mark.parametrize("end", [stop, terminate, kill])
def test_workers_their_children_and_their_files_go_with_the_engine(
    process: EngineProcess, tmp_path: Path, end: End
) -> None:
    connection = process.start()
    pids, places = leave_two_workers(connection, tmp_path)
    watchdogs = [each for each in psutil.process_iter() if is_watchdog_of(connection.pid, each)]
    assert len(watchdogs) == 1
    there = [psutil.Process(pid) for pid in (connection.pid, *pids)]
    end(process, connection)
    _, alive = psutil.wait_procs([*there, *watchdogs], timeout=10)
    assert alive == []
    assert [place for place in places if place.exists()] == []
    assert list((tmp_path / "state" / "tmp").iterdir()) == []


def test_what_a_watchdog_could_not_remove_goes_at_the_next_start(
    process: EngineProcess, tmp_path: Path
) -> None:
    left = tmp_path / "state" / "tmp" / "4711" / "code" / "abc"
    left.mkdir(parents=True)
    (left / "app.py").touch(mode=0o444)
    left.chmod(0o555)
    process.start()
    assert not left.exists()


def is_watchdog_of(pid: int, process: psutil.Process) -> bool:
    """Whether a process waits for an engine's end."""
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return "preamp-watchdog" in command and str(pid) in command


def leave_two_workers(connection: EngineConnection, tmp_path: Path) -> tuple[list[int], list[Path]]:
    """Call a busy and an idle function; their processes, whose they are copies, and directories."""
    idle, busy = tmp_path / "idle", tmp_path / "busy"
    with Aws(connection) as aws:
        functions = Functions(aws)
        name = functions.create(_SOURCE, Timeout=60)
        functions.invoke(name, str(idle))
        functions.invoke(name, str(busy), InvocationType="Event")
        while not busy.exists():
            pass
    words = [marker.read_text().split() for marker in (idle, busy)]
    pids = [int(pid) for pid in {word for each in words for word in each[:3]}]
    places = [Path(place) for place in {word for each in words for word in each[3:]}]
    assert all(psutil.pid_exists(pid) for pid in pids)
    assert all(place.is_dir() for place in places)
    return pids, places
