"""Workers that are copies of a standby interpreter: quickly there, and no other than those started.

AWS: "Understanding the Lambda execution environment lifecycle"; there a new environment never
shares anything with another.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.functional.lambda_host.host_bench import Bench, call, error, gone, result

from preamp.lambda_host.python.standbys import Standbys
from preamp.lambda_host.specification import Standby

if TYPE_CHECKING:
    from pathlib import Path

    from tests.functional.lambda_host.conftest import MakeBench

    from preamp.lambda_host import ExecutionEnvironment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are started one by one")

_PARENT = "import os\ndef handler(event, context): return os.getppid()"
_EVERYTHING = """
import os, sys
before = sorted(sys.modules)
import gc, locale, resource, signal, stat, tempfile, threading, time
def handler(event, context):
    umask = os.umask(0)
    os.umask(umask)
    return {
        "modules": before,
        "environ": dict(os.environ),
        "path": sys.path,
        "argv": sys.argv,
        "program": [sys.modules["__main__"].__file__, sys.modules["__main__"].__spec__],
        "flags": repr(sys.flags),
        "cwd": os.getcwd(),
        "umask": umask,
        "leads its group": os.getpgid(0) == os.getpid(),
        "descriptors": [
            [fd, stat.S_IFMT(os.fstat(int(fd)).st_mode)] for fd in sorted(os.listdir("/proc/self/fd"))
            if os.path.exists("/proc/self/fd/" + fd)
        ],
        "input": sys.stdin.read(),
        "encodings": [sys.stdout.encoding, sys.stderr.encoding, locale.getpreferredencoding()],
        "limits": [resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource))
                   if name.startswith("RLIMIT")],
        "signals": [repr(signal.getsignal(each)) for each in sorted(signal.valid_signals())],
        "mask": [repr(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "wakeup": signal.set_wakeup_fd(-1),
        "threads": threading.active_count(),
        "time zone": time.tzname,
        "temporary": tempfile.gettempdir(),
        "priority": os.nice(0),
        "recursion": sys.getrecursionlimit(),
        "collection": [gc.isenabled(), gc.get_threshold()],
    }
"""  # noqa: E501


def runtime_here() -> str:
    return f"python3.{sys.version_info.minor}"


def opened(
    bench: Bench, source: str | dict[str, str], *, copied: bool = True, **options: Any
) -> ExecutionEnvironment:
    """Open an environment whose worker is, or is not, a copy of a standby interpreter."""
    variables = {**options.pop("variables", {}), ("X_" if copied else "LC_X"): "1"}
    return bench.open(source, runtime=runtime_here(), variables=variables, **options)


def anonymous(seen: dict[str, Any], environment: ExecutionEnvironment) -> dict[str, Any]:
    """What a worker saw, without what differs between any two environments."""
    text = json.dumps(seen).replace("LC_X", "X_").replace(str(environment.spec.code), "CODE")
    text = text.replace(seen["temporary"], "TEMPORARY").replace(environment.log_stream, "STREAM")
    text = re.sub(r'127\.0\.0\.1:\d{4,}|Root=[^"]*', "...", text)
    changed: dict[str, Any] = json.loads(text)
    return changed


@pytest.mark.parametrize(
    "variables",
    [{}, {"TZ": "Asia/Tokyo", "HOME": "/elsewhere", "AWS_REGION": "x"}],
    ids=["as created", "with variables"],
)
def test_a_copy_is_what_a_process_of_its_own_would_be(
    bench: Bench, variables: dict[str, str]
) -> None:
    copy = opened(bench, _EVERYTHING, variables=variables)
    fresh = opened(bench, _EVERYTHING, copied=False, variables=variables)
    for _ in range(2):
        # the second copy is made after the first has run
        seen, expected = result(copy), result(fresh)
        assert psutil.Process(copy.pid).ppid() in bench.host.standbys()
        assert psutil.Process(fresh.pid).ppid() == os.getpid()
        for what, found in anonymous(expected, fresh).items():
            assert anonymous(seen, copy)[what] == found, what
        for environment in (copy, fresh):
            environment.retire()


def test_a_function_that_names_the_sdk_finds_it_loaded_and_no_other_does(bench: Bench) -> None:
    source = "import sys\ndef handler(event, context): return 'botocore.client' in sys.modules"
    assert result(opened(bench, source.replace("botocore", "boto" + "core"))) is True
    assert result(opened(bench, source.replace("botocore", "bot" + "ocore"))) is True
    assert result(opened(bench, source.replace("'botocore.client'", "'bo' + 'tocore'"))) is False
    assert len(bench.host.standbys()) == 2


def test_the_sdk_is_not_loaded_for_a_function_that_means_its_own_modules(bench: Bench) -> None:
    files = {
        "app.py": "import boto3, six\ndef handler(event, context): return [boto3.origin, six.own]",
        "boto3.py": "origin = 'own'",
        "six.py": "own = True",
    }
    assert result(opened(bench, files)) == ["own", True]
    files = {
        "app.py": "import email\nimport boto3\ndef handler(event, context): return email.own",
        "email/__init__.py": "own = 'mail'",
    }
    answer, _ = error(opened(bench, files))
    assert answer["errorType"] == "Runtime.ImportModuleError", "the SDK finds the function's email"


def test_nor_for_one_whose_layers_lead_elsewhere(bench: Bench, tmp_path: Path) -> None:
    site = tmp_path / "layer" / "python" / "lib" / runtime_here() / "site-packages"
    site.mkdir(parents=True)
    (site / "more.pth").write_text(str(tmp_path))
    source = "import boto3\ndef handler(event, context): return boto3.__name__"
    environment = opened(bench, source, layers=(tmp_path / "layer",))
    assert result(environment) == "boto3"
    [program] = [psutil.Process(pid).cmdline() for pid in bench.host.standbys()]
    assert program[-1] != "sdk"


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHASHSEED", "LD_PRELOAD", "LC_ALL"])
def test_what_is_read_when_a_process_starts_is_read(bench: Bench, name: str) -> None:
    environment = bench.open(_PARENT, runtime=runtime_here(), variables={name: ""})
    assert result(environment) == os.getpid()


def test_code_with_libraries_of_its_own_is_started_by_itself(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "layer" / "lib").mkdir(parents=True)
    (tmp_path / "layer" / "lib" / "libown.so.1").touch()
    environment = opened(bench, _PARENT, layers=(tmp_path / "layer",))
    assert result(environment) == os.getpid()
    assert bench.host.standbys() == []


def test_how_a_copy_ended_is_told_as_of_any_worker(bench: Bench) -> None:
    environment = opened(bench, "import os\ndef handler(event, context): os._exit(event)")
    for status in (7, 0):
        answer, outcome = error(environment, status)
        assert answer["errorType"] == "Runtime.ExitError"
        assert ("exit status 7" in answer["errorMessage"]) == (status == 7)
        assert outcome.died
    killed = opened(bench, "import os\ndef handler(event, context): os.kill(os.getpid(), 9)")
    assert "signal: killed" in error(killed)[0]["errorMessage"]
    greedy = opened(bench, "def handler(event, context): bytearray(200 << 20)", memory_mb=128)
    assert error(greedy)[0]["errorType"] == "Runtime.OutOfMemory"


def test_a_copy_may_start_processes_of_its_own(bench: Bench) -> None:
    source = """
        import multiprocessing
        def work(pipe):
            pipe.send("done")
        def handler(event, context):
            ours, its = multiprocessing.Pipe()
            process = multiprocessing.get_context(event).Process(target=work, args=(its,))
            process.start()
            answer = ours.recv()
            process.join()
            return [answer, process.exitcode]
        """
    environment = opened(bench, source)
    for way in ("fork", "spawn"):
        assert result(environment, way) == ["done", 0]


def test_copies_share_no_state(bench: Bench) -> None:
    source = """
        import os, random
        def handler(event, context):
            os.environ["SEEN"] = "yes"
            __builtins__["seen"] = True
            return random.random()
        """
    look = "import os\ndef handler(event, context): return 'SEEN' in os.environ or 'seen' in dir(__builtins__)"  # noqa: E501
    assert result(opened(bench, source)) != result(opened(bench, source))
    assert result(opened(bench, look)) is False


def test_a_standby_interpreter_that_was_killed_is_replaced_and_its_workers_end(
    bench: Bench,
) -> None:
    environment = opened(bench, _PARENT)
    first = result(environment)
    worker = environment.pid
    assert worker is not None
    psutil.Process(first).kill()
    assert gone([first])
    assert call(environment).cold
    assert gone([worker])
    second = result(environment)
    assert second not in (first, os.getpid())
    assert bench.host.standbys() == [second]


@pytest.mark.parametrize(
    "argv", [("/no/such/program",), (sys.executable, "-c", "")], ids=["no program", "ends at once"]
)
def test_one_that_cannot_be_had_is_done_without_and_not_tried_again(
    tmp_path: Path, argv: tuple[str, ...]
) -> None:
    changes: list[tuple[int, bool]] = []
    standbys = Standbys({}, lambda pid, alive: changes.append((pid, alive)))
    for _ in range(2):
        assert standbys.fork(Standby(argv, ()), {}, tmp_path, 1) is None
        assert standbys.pids() == []
    assert [alive for _, alive in changes] in ([], [True, False])


def test_one_that_takes_long_is_not_waited_for_but_kept(tmp_path: Path) -> None:
    standbys = Standbys({}, lambda _pid, _alive: None, ready_seconds=0.05)
    slow = Standby((sys.executable, "-c", "import sys; sys.stdin.buffer.raw.read(1)"), ())
    try:
        assert standbys.fork(slow, {}, tmp_path, 1) is None
        [pid] = standbys.pids()
        assert standbys.fork(slow, {}, tmp_path, 1) is None
        assert standbys.pids() == [pid]
    finally:
        standbys.close()
    assert gone([pid])


def test_idle_ones_end_but_not_under_a_worker(make_bench: MakeBench) -> None:
    bench = make_bench(idle_seconds=0.2)
    environment = opened(bench, _PARENT)
    parent = result(environment)
    assert gone([parent])
    assert not environment.alive
    assert bench.host.standbys() == []
    changes = [(pid, alive) for pid, alive in bench.changes if pid == parent]
    assert changes == [(parent, True), (parent, False)]


def test_closing_ends_them_and_nothing_is_started_after_it(bench: Bench) -> None:
    environment = opened(bench, _PARENT)
    parent = result(environment)
    bench.host.close()
    assert gone([parent])
    assert error(environment)[0]["errorMessage"] == "the local cloud is being stopped"
    assert bench.host.standbys() == []
