from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from preamp.assembly.lock import Guarded, current_holder, single_writer, wait_until_free
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from preamp.assembly.lock import Guarded, single_writer
with single_writer(Path(sys.argv[1]), Guarded.DEPLOYMENT, command="preamp sandbox --once"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "deployment.lock"


@pytest.fixture
def other_process(lock_file: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_holder_is_named_while_the_lock_is_held_and_not_after(lock_file: Path) -> None:
    with single_writer(lock_file, Guarded.DEPLOYMENT, command="me") as holder:
        assert (holder.pid, holder.command) == (os.getpid(), "me")
        assert current_holder(lock_file) == holder
    assert current_holder(lock_file) is None


def test_a_lock_held_by_another_process_names_it_and_the_way_out(
    lock_file: Path, other_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(UserError) as caught, single_writer(lock_file, Guarded.DEPLOYMENT):
        pytest.fail("the lock was taken")
    assert caught.value.code == "DeploymentInProgressError"
    assert f"process {other_process.pid} (preamp sandbox --once)" in caught.value.message
    assert caught.value.hint.endswith(f"kill {other_process.pid}")


def test_waiting_for_a_lock_ends_when_its_holder_has_let_go_of_all(
    lock_file: Path, other_process: subprocess.Popen[str]
) -> None:
    holders = []

    def wait() -> None:
        wait_until_free(lock_file, 60)
        holders.append(lock_file.with_name("deployment.lock.json").exists())

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until_free(lock_file, 0)  # gives up at once, as another process holds it
    assert (waiting.is_alive(), holders) == (True, [])
    other_process.communicate()
    waiting.join()
    assert holders == [False]


def test_a_failed_attempt_leaves_the_holders_record_alone(
    lock_file: Path, other_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(UserError), single_writer(lock_file, Guarded.DEPLOYMENT):
        pytest.fail("the lock was taken")
    holder = current_holder(lock_file)
    assert holder is not None
    assert holder.pid == other_process.pid


def test_a_killed_holder_is_no_holder(
    lock_file: Path, other_process: subprocess.Popen[str]
) -> None:
    other_process.kill()
    other_process.wait()
    assert json.loads((lock_file.parent / "deployment.lock.json").read_text())
    assert current_holder(lock_file) is None
    with single_writer(lock_file, Guarded.DEPLOYMENT) as holder:
        assert holder.pid == os.getpid()


def test_the_same_process_cannot_hold_it_twice(lock_file: Path) -> None:
    with (
        single_writer(lock_file, Guarded.ASSEMBLY),
        pytest.raises(UserError) as caught,
        single_writer(lock_file, Guarded.ASSEMBLY),
    ):
        pytest.fail("the lock was taken twice")
    assert caught.value.code == "SynthesisInProgressError"


def test_an_exception_releases_the_lock(lock_file: Path) -> None:
    with pytest.raises(RuntimeError), single_writer(lock_file, Guarded.OUTPUTS):
        raise RuntimeError
    with single_writer(lock_file, Guarded.OUTPUTS):
        pass
