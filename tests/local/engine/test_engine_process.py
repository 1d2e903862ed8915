"""The engine's life: started once, found, stopped with all it started, and none the wiser dead."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import Aws, Functions

from preamp.engine.client import EngineClient
from preamp.engine.process import EngineProcess
from preamp.errors import UserError
from preamp.events import StageFinished

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

Start = Callable[..., EngineProcess]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine of the test's own, not started."""
    made = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    yield made
    made.stop(0)


def busy_worker(aws: Aws, told: Path) -> psutil.Process:
    """Start a handler that never comes to an end; return its process.

    Args:
        aws: Clients of the engine.
        told: A file that does not exist, by which the handler tells its process.
    """
    source = f"""
        import os
        def handler(event, context):
            with open({str(told)!r}, "w") as file:
                print(os.getpid(), file=file)
            while True:
                pass
        """
    functions = Functions(aws)
    functions.invoke(functions.create(source, Timeout=60), InvocationType="Event")
    while not (told.is_file() and told.read_text().endswith("\n")):
        # A call is the waiting: the engine works between two answers.
        aws("sts").get_caller_identity()
    return psutil.Process(int(told.read_text()))


def test_it_is_started_once_and_found_by_others(process: EngineProcess, tmp_path: Path) -> None:
    assert process.running() is None
    connection = process.start()
    assert process.start() == connection
    other = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    assert other.running() == connection
    assert connection.endpoint == f"http://127.0.0.1:{connection.port}"
    assert "AWS_ENDPOINT_URL" in connection.variables()
    assert connection.secret_access_key not in repr(connection)
    assert process.supports("sns")
    assert not process.supports("teleportation")
    health = EngineClient(connection).health()
    assert health.pid == connection.pid
    assert process.stop()
    assert process.running() is None
    assert not process.stop()


def test_two_commands_at_once_start_only_one(tmp_path: Path) -> None:
    def start(_: int) -> EngineConnection:
        return EngineProcess(tmp_path / "state", port=None, reporter=Recorder()).start()

    try:
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(start, range(2))
        assert one == other
    finally:
        assert EngineProcess(tmp_path / "state", port=None, reporter=Recorder()).stop()


def test_it_outlives_the_command_that_started_it(process: EngineProcess, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from preamp.engine.process import EngineProcess\n"
        "class Silent:\n    def report(self, event): pass\n"
        "print(EngineProcess(Path(sys.argv[1]), port=None, reporter=Silent()).start().pid)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "state")]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    found = process.running()
    assert found is not None
    assert found.pid == int(finished.stdout)
    assert os.getsid(found.pid) != os.getsid(0)


def test_state_and_keys_survive_a_stop(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        bucket = "kept-across-restarts"
        aws("s3").create_bucket(Bucket=bucket)
        aws("s3").put_object(Bucket=bucket, Key="key", Body=b"body")
        aws("sqs").create_queue(QueueName="kept")
        aws("ses").verify_email_identity(EmailAddress="a@example.com")
        aws("ses").send_raw_email(
            RawMessage={"Data": b"From: a@example.com\nTo: b@example.com\nSubject: s\n\nx"}
        )
    process.stop()
    after = process.start()
    assert (after.access_key_id, after.secret_access_key) == (
        before.access_key_id,
        before.secret_access_key,
    )
    assert after.token != before.token
    with Aws(after) as aws:
        with aws("s3").get_object(Bucket=bucket, Key="key")["Body"] as body:
            assert body.read() == b"body"
        assert aws("sqs").get_queue_url(QueueName="kept")["QueueUrl"]
    assert [summary.subject for summary in EngineClient(after).mail()] == ["s"]


def test_reset_forgets_everything_but_the_bootstrapped_account(process: EngineProcess) -> None:
    connection = process.start()
    with Aws(connection) as aws:
        aws("s3").create_bucket(Bucket="soon-forgotten")
        process.reset()
        names = [bucket["Name"] for bucket in aws("s3").list_buckets()["Buckets"]]
        assert names == ["cdk-hnb659fds-assets-000000000000-us-east-1"]
        assert aws("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")


def test_what_it_writes_is_its_owners_alone(process: EngineProcess, tmp_path: Path) -> None:
    connection = process.start()
    with Aws(connection) as aws:
        aws("sqs").create_queue(QueueName="queue")
    process.stop()
    process.start()
    state = tmp_path / "state"
    open_to_others = [
        path
        for path in [state, *state.rglob("*")]
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    assert open_to_others == []


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_a_busy_handler_does_not_survive_the_engine(
    process: EngineProcess, tmp_path: Path, kill: signal.Signals
) -> None:
    connection = process.start()
    with Aws(connection) as aws:
        worker = busy_worker(aws, tmp_path / "pid")
    engine = psutil.Process(connection.pid)
    engine.send_signal(kill)
    _, alive = psutil.wait_procs([engine, worker], timeout=10)
    assert alive == []
    assert process.running() is None


def test_a_deployment_that_waits_does_not_keep_it_from_stopping(process: EngineProcess) -> None:
    with Aws(process.start()) as aws:
        name = Functions(aws).create("def handler(event, context): return 'without an answer'")
        arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        waiting = {"Type": "Custom::Waiting", "Properties": {"ServiceToken": arn}}
        template = json.dumps({"Resources": {"Waiting": waiting}})
        aws("cloudformation").create_stack(StackName="waiting", TemplateBody=template)
        aws("sqs").create_queue(QueueName="kept")
    # Killed, it would not have saved the queue.
    assert process.stop(timeout=30)
    with Aws(process.start()) as aws:
        assert aws("sqs").get_queue_url(QueueName="kept")


def test_after_a_kill_the_record_is_forgotten_and_a_start_works(
    process: EngineProcess, tmp_path: Path
) -> None:
    first = process.start()
    leftover = tmp_path / "state" / "tmp" / "leftover"
    leftover.mkdir()
    os.kill(first.pid, signal.SIGKILL)
    psutil.Process(first.pid).wait(10)
    assert process.running() is None
    assert not (tmp_path / "state" / "engine.json").exists()
    second = process.start()
    assert second.pid != first.pid
    assert not leftover.exists()


def test_a_record_of_someone_elses_process_is_no_engine(
    process: EngineProcess, tmp_path: Path
) -> None:
    process.start()
    process.stop()
    record = {"pid": os.getpid(), "created": 1.0, "token": "t", "port": 1, "started_at": 0}
    (tmp_path / "state" / "engine.json").write_text(json.dumps(record))
    assert process.running() is None
    assert not process.stop()


def test_an_engine_that_does_not_stop_is_killed(process: EngineProcess) -> None:
    connection = process.start()
    os.kill(connection.pid, signal.SIGSTOP)
    assert process.stop(timeout=0.2)
    assert not psutil.pid_exists(connection.pid)


def test_a_port_can_be_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = EngineProcess(tmp_path / "state", port=port, reporter=Recorder())
    try:
        assert process.start().port == port
        other = EngineProcess(tmp_path / "state", port=port + 1, reporter=Recorder())
        with pytest.raises(UserError, match=f"already runs on port {port}"):
            other.start()
    finally:
        process.stop()


def test_a_taken_port_is_an_error_that_names_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = EngineProcess(tmp_path / "state", port=port, reporter=Recorder())
        with pytest.raises(UserError) as caught:
            process.start()
    assert caught.value.code == "EnginePortError"
    assert f"port {port} is in use by " in caught.value.message
    assert f"(pid {os.getpid()})" in caught.value.message
    assert process.running() is None


def test_an_environment_that_cannot_be_installed_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAMP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    process = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    with pytest.raises(UserError) as caught:
        process.start()
    assert caught.value.code == "EngineEnvironmentError"
    (log,) = (tmp_path / "cache" / "engine").glob("*.log")
    assert str(log) in caught.value.message
    assert caught.value.details


def test_without_an_engine_nothing_can_be_asked(process: EngineProcess) -> None:
    for ask in (process.reset, lambda: process.supports("s3")):
        with pytest.raises(UserError) as caught:
            ask()
        assert caught.value.code == "EngineNotRunningError"


def test_it_is_ready_soon(tmp_path: Path) -> None:
    recorder = Recorder()
    process = EngineProcess(tmp_path / "state", port=None, reporter=recorder)
    process.start()
    process.stop()
    (finished,) = [event for event in recorder.events if isinstance(event, StageFinished)]
    # Measured: 0.4 s; the bound is for a loaded machine.
    assert finished.seconds < 5
