"""The life of environments: warm, idle, too many, dead, closed; and what is left of them: nothing.

AWS: "Understanding the Lambda execution environment lifecycle", "Lambda function scaling".
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil
from tests.functional.lambda_host.host_bench import Bench, call, error, gone, result

if TYPE_CHECKING:
    from tests.functional.lambda_host.conftest import MakeBench

    from preamp.lambda_host import ExecutionEnvironment

_PID = "import os\ndef handler(event, context): return os.getpid()"
_HANG = """
import os, subprocess, threading
def handler(event, context):
    child = subprocess.Popen(["sleep", "1000"])
    with open(event, "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    threading.Event().wait()
"""


def test_an_environment_is_reused(bench: Bench) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle": invoke phase."""
    environment = bench.open(_PID)
    assert not environment.alive
    pid = result(environment)
    assert result(environment) == pid == environment.pid
    assert environment.alive


def test_a_worker_that_died_meanwhile_is_replaced(bench: Bench) -> None:
    environment = bench.open(_PID)
    pid = result(environment)
    psutil.Process(pid).kill()
    assert gone([pid])
    outcome = call(environment)
    assert outcome.cold
    assert int(outcome.payload) != pid


def test_it_can_be_initialized_ahead(bench: Bench) -> None:
    environment = bench.open(_PID)
    assert environment.prepare() is None
    assert environment.alive
    assert not call(environment).cold
    failure = bench.open("import no_such_module").prepare()
    assert failure is not None
    assert failure.error_type == "Runtime.ImportModuleError"


def test_calls_of_several_environments_run_at_the_same_time(bench: Bench) -> None:
    """AWS: "Understanding Lambda function scaling": one environment, one request at a time."""
    spec = bench.spec(
        """
        import os, pathlib
        def handler(event, context):
            pathlib.Path(event[0]).touch()
            while not os.path.exists(event[1]):
                pass
            return "met"
        """
    )
    one, other = str(spec.code / "one"), str(spec.code / "other")
    environments = [bench.host.open(spec), bench.host.open(spec)]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(result, environments, [[one, other], [other, one]])
        assert list(answers) == ["met", "met"]


def test_beyond_the_limit_the_environment_idle_longest_is_stopped(make_bench: MakeBench) -> None:
    """AWS has no page about it: the limit is this machine's."""
    bench = make_bench(limit=2)
    first, second, third = (bench.open(_PID) for _ in range(3))
    result(first)
    result(second)
    result(first)
    result(third)
    assert (first.alive, second.alive, third.alive) == (True, False, True)
    assert result(second)
    assert len(bench.host.workers()) == 2


def test_an_environment_that_nobody_uses_is_stopped(make_bench: MakeBench) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle": shutdown phase."""
    bench = make_bench(idle_seconds=0.2)
    environment = bench.open(_PID)
    pid = result(environment)
    assert gone([pid])
    while environment.alive:
        pass
    assert call(environment).cold


def hanging(bench: Bench) -> tuple[ExecutionEnvironment, threading.Thread, list[int]]:
    """An environment with a call that never ends, the caller, and the processes there are."""
    environment = bench.open(_HANG)
    marker = environment.spec.code / "pids"
    caller = threading.Thread(target=lambda: error(environment, str(marker)))
    caller.start()
    while not (marker.exists() and len(marker.read_text().split()) == 2):
        pass
    return environment, caller, [int(pid) for pid in marker.read_text().split()]


def test_closing_kills_busy_workers_and_all_they_started(bench: Bench) -> None:
    _, caller, pids = hanging(bench)
    idle = bench.open(_PID)
    pids.append(result(idle))
    bench.host.close()
    caller.join(5)
    assert not caller.is_alive()
    assert gone(pids)
    assert list(bench.temporary.iterdir()) == []
    assert sorted(pid for pid, alive in bench.changes if alive) == sorted(
        pid for pid, alive in bench.changes if not alive
    )
    assert error(idle)[0]["errorMessage"] == "the local cloud is being stopped"


def test_a_timeout_kills_what_the_worker_started_too(bench: Bench) -> None:
    environment = bench.open(_HANG, timeout=1.0)
    marker = environment.spec.code / "pids"
    error(environment, str(marker))
    assert gone([int(pid) for pid in marker.read_text().split()])


def test_who_is_forgotten_while_busy_ends_after_its_call(bench: Bench) -> None:
    spec = bench.spec(
        """
        import os
        def handler(event, context):
            open(event + ".started", "w").close()
            while not os.path.exists(event):
                pass
            return os.getpid()
        """
    )
    environment = bench.host.open(spec)
    marker = spec.code / "go"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(result, environment, str(marker))
        while not marker.with_name("go.started").exists():
            pass
        bench.host.forget(environment)
        assert environment.alive
        marker.touch()
        pid = answer.result(10)
    assert gone([pid])
    assert not environment.alive
