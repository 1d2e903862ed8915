"""Whatever becomes of a run or of a process, the next run works, and no process is left over."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.functional.synth.warm_project import START, Listener, WarmProject

from preamp.assembly.fork_server import Limits
from preamp.assembly.warm import WarmSynthesizer
from preamp.errors import PreampError, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")

GOOD = START + "define_backend()\nprint('good')\n"
ENDLESS = START + "define_backend()\nprint('looping')\nwhile True: pass\n"
CALLED_BACK = (
    START + "import os\nimport jsii\nfrom aws_cdk import Aspects, IAspect, Stack\n"
    "@jsii.implements(IAspect)\n"
    "class Ending:\n"
    "    def visit(self, node):\n"
    "        os._exit(5)\n"
    "Aspects.of(define_backend().stack).add(Ending())\n"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> WarmProject:
    return WarmProject(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def warm(project: WarmProject) -> Iterator[WarmSynthesizer]:
    with WarmSynthesizer(project.folder) as synthesizer:
        synthesizer.start()
        yield synthesizer


@pytest.fixture(autouse=True)
def works_afterwards(project: WarmProject, warm: WarmSynthesizer) -> Iterator[None]:
    yield
    project.backend(GOOD)
    assert project.synthesize(warm).lines(1) == ["good"]


def test_a_backend_that_ends_the_process(project: WarmProject, warm: WarmSynthesizer) -> None:
    project.backend(GOOD + "import os\nos._exit(3)\n")
    for synthesizer in (warm, None):
        error = project.failure(synthesizer)
        assert error.code == "BackendCrashedError"
        assert "with status 3" in error.message


def test_a_backend_that_crashes(project: WarmProject, warm: WarmSynthesizer) -> None:
    server = warm.process_id
    project.backend("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    error = project.failure(warm)
    assert "by SIGSEGV" in error.message
    assert warm.process_id == server


def test_a_backend_that_ends_while_node_waits_for_it(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    server = warm.process_id
    project.backend(CALLED_BACK)
    error = project.failure(warm)
    assert error.code == "BackendCrashedError"
    assert "with status 5" in error.message
    assert warm.process_id != server


@pytest.mark.parametrize("loop", ["pass", "b.stack.node.path", "time.sleep(60)"])
def test_an_endless_backend_can_be_cancelled(
    project: WarmProject, warm: WarmSynthesizer, loop: str
) -> None:
    project.backend(
        START + f"import time\nb = define_backend()\nprint('looping')\nwhile True: {loop}\n"
    )
    listener, server = Listener(), warm.process_id
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(project.synthesize, warm, listener=listener)
        listener.wait_for("looping")
        warm.cancel()
        with pytest.raises(UserError) as caught:
            running.result(timeout=60)
    assert caught.value.code == "SynthesisCancelledError"
    # not even when it was talking to Node
    assert warm.process_id == server


def test_a_cancellation_in_a_callback_costs_the_server(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.backend(CALLED_BACK.replace("os._exit(5)", "print('called')\n        while True: pass"))
    listener, server = Listener(), warm.process_id
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(project.synthesize, warm, listener=listener)
        listener.wait_for("called")
        warm.cancel()
        with pytest.raises(UserError, match="cancelled"):
            running.result(timeout=60)
    assert warm.process_id != server


def test_a_cancellation_without_a_run_cancels_nothing(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    warm.cancel()
    project.backend(GOOD)
    assert project.synthesize(warm).lines(1) == ["good"]


def test_a_thread_that_never_ends_holds_nobody_up(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.backend(
        GOOD + "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    )
    for _ in range(2):
        assert project.synthesize(warm).lines(1) == ["good"]


@pytest.mark.parametrize("victim", ["server", "node", "next run"])
def test_a_process_killed_between_two_runs(
    project: WarmProject, warm: WarmSynthesizer, victim: str
) -> None:
    project.backend(GOOD)
    project.synthesize(warm)
    assert warm.wait_until_warm(60)
    server = psutil.Process(warm.process_id)
    # of the two, only the next run is a copy of the server
    node, next_run = sorted(server.children(), key=lambda each: each.exe() == server.exe())
    killed = {"server": server, "node": node, "next run": next_run}[victim]
    ended = os.pidfd_open(killed.pid)
    killed.kill()
    assert select.select([ended], [], [], 30)[0]
    os.close(ended)
    assert project.synthesize(warm).lines(1) == ["good"]


def test_node_killed_in_a_run(project: WarmProject, warm: WarmSynthesizer) -> None:
    project.backend(
        START + "import os, psutil\nb = define_backend()\n"
        "siblings = psutil.Process(os.getppid()).children()\n"
        "[node] = [each for each in siblings if each.pid != os.getpid()]\n"
        "node.kill()\n"
        "b.create_stack('s')\n"
    )
    assert project.failure(warm).code == "KernelLostFault"


def test_a_worn_server_is_replaced_beside_the_work(tmp_path: Path) -> None:
    project = WarmProject(tmp_path)
    project.backend(GOOD)
    with WarmSynthesizer(tmp_path, limits=Limits(runs=1)) as synthesizer:
        project.synthesize(synthesizer)
        first = synthesizer.process_id
        project.synthesize(synthesizer)
        assert synthesizer.wait_until_warm(60)
        assert synthesizer.process_id != first


def test_a_server_is_outdated_by_what_is_installed(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.backend(GOOD)
    project.synthesize(warm)
    first = warm.process_id
    project.write("uv.lock", "version = 1\n")
    project.synthesize(warm)
    assert warm.process_id != first


@pytest.mark.parametrize("forking", [True, False])
def test_nothing_is_left_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, forking: bool
) -> None:
    temporary, project = tmp_path / "tmp", WarmProject(tmp_path / "project")
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    project.backend(GOOD)
    with WarmSynthesizer(project.folder, forking=forking) as synthesizer:
        asked = psutil.Process(synthesizer.process_id or _started(synthesizer))
        project.synthesize(synthesizer)
        started = [asked, *asked.children(recursive=True)] if asked.is_running() else []
    assert psutil.wait_procs(started, timeout=30)[1] == []
    assert list(temporary.iterdir()) == []


def _started(synthesizer: WarmSynthesizer) -> int:
    synthesizer.start()
    assert synthesizer.process_id
    return synthesizer.process_id


HOLDER = """
import sys
from pathlib import Path
from tests.functional.synth.warm_project import WarmProject
from preamp.assembly.warm import WarmSynthesizer

class Telling:
    def report(self, event):
        print(event, flush=True)

project = WarmProject(Path(sys.argv[1]))
synthesizer = WarmSynthesizer(project.folder, forking=sys.argv[2] == "forking")
synthesizer.start()
project.synthesize(synthesizer, listener=Telling())
"""


@pytest.mark.parametrize("kind", ["forking", "standby"])
def test_nothing_is_left_when_its_parent_is_killed(tmp_path: Path, kind: str) -> None:
    project = WarmProject(tmp_path / "project")
    project.write("amplify/backend.py", ENDLESS)
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    parent = subprocess.Popen(
        [sys.executable, script, project.folder, kind],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert any("looping" in line for line in parent.stdout)
        started = psutil.Process(parent.pid).children(recursive=True)
        assert len(started) >= 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert psutil.wait_procs(started, timeout=30)[1] == []


def test_it_can_be_closed_in_a_run(tmp_path: Path) -> None:
    project, listener = WarmProject(tmp_path), Listener()
    project.backend(ENDLESS)
    with ThreadPoolExecutor(1) as beside:
        with WarmSynthesizer(tmp_path) as synthesizer:
            running = beside.submit(project.synthesize, synthesizer, listener=listener)
            listener.wait_for("looping")
        with pytest.raises(PreampError, match="cancelled"):
            running.result(timeout=60)
    assert threading.active_count() < 20
