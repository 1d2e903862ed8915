"""Lambda as far as this engine's own worker goes: errors, logs, environment, retries, ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import Aws, Functions, Stacks, policy

from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
Unique = Callable[[str], str]

_ECHO = "def handler(event, context): return event\n"


def workers_of(engine: EngineConnection) -> list[psutil.Process]:
    """The handler processes that live now: those that work in a function's code."""
    children = psutil.Process(engine.pid).children(recursive=True)
    return [child for child in children if "code" in working_directory(child).parts]


def working_directory(process: psutil.Process) -> Path:
    """Where a process works; nowhere if it has just ended."""
    with suppress(psutil.Error):
        return Path(process.cwd())
    return Path()


def log_lines(client: ClientFactory, function: str) -> list[str]:
    """Every line in a function's log group."""
    events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    return [event["message"] for event in events]


def test_a_payload_of_any_json_type_comes_back(functions: Functions) -> None:
    name = functions.create(_ECHO)
    for payload in ({"a": [1, None, "ü"]}, "text", 5, None, [True]):
        assert functions.invoke(name, payload)[0] == payload


def test_an_exception_comes_back_as_aws_words_it(functions: Functions) -> None:
    name = functions.create(
        """
        def fail(value):
            raise ValueError(f"bad {value}")

        def handler(event, context):
            fail(event)
        """
    )
    error, answer = functions.invoke(name, "word")
    assert answer["FunctionError"] == "Unhandled"
    assert answer["StatusCode"] == 200
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "bad word"
    trace = error["stackTrace"]
    assert [line.splitlines()[0] for line in trace] == [
        '  File "/var/task/app.py", line 6, in handler',
        '  File "/var/task/app.py", line 3, in fail',
    ]


def test_a_module_keeps_its_state_after_an_exception(functions: Functions) -> None:
    name = functions.create(
        """
        calls = []
        def handler(event, context):
            calls.append(event)
            if event == "fail":
                raise RuntimeError
            return calls
        """
    )
    functions.invoke(name, "fail")
    assert functions.invoke(name, "ok")[0] == ["fail", "ok"]


@pytest.mark.parametrize(
    ("source", "options", "error_type", "message"),
    [
        ("import no_such_module", {}, "Runtime.ImportModuleError", "No module named"),
        ("x = 1", {}, "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def handler(:", {}, "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("raise OSError('at init')", {}, "OSError", "at init"),
        ("def handler(e, c): return {1, 2}", {}, "Runtime.MarshalError", "not JSON serializable"),
        ("import os\ndef handler(e, c): os._exit(7)", {}, "Runtime.ExitError", "exit status 7"),
        (
            "import threading\ndef handler(e, c): threading.Event().wait()",
            {"Timeout": 1},
            "Sandbox.Timedout",
            "Task timed out after 1.00 seconds",
        ),
    ],
)
def test_a_function_that_cannot_run_says_why(
    functions: Functions, source: str, options: dict[str, Any], error_type: str, message: str
) -> None:
    name = functions.create(source, **options)
    error, answer = functions.invoke(name)
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == error_type
    assert message in error["errorMessage"]


def test_the_log_is_in_the_answer_and_in_cloudwatch(
    functions: Functions, client: ClientFactory
) -> None:
    """AWS: "Sending Lambda function logs to CloudWatch Logs"; "Invoke": LogResult."""
    name = functions.create(
        """
        import logging, sys
        print("at init")
        def handler(event, context):
            print("printed")
            print("to stderr", file=sys.stderr)
            logging.getLogger().warning("logged")
            raise KeyError("k")
        """
    )
    _, answer = functions.invoke(name, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    lines = tail.splitlines()
    assert any(line.startswith("START RequestId: ") for line in lines)
    for expected in ("at init", "printed", "to stderr", "logged", "[ERROR] KeyError: 'k'"):
        assert expected in tail
    assert any(line.startswith("REPORT RequestId: ") for line in lines)
    assert log_lines(client, name) == lines


def test_a_handler_cannot_forge_its_answer(functions: Functions) -> None:
    name = functions.create(
        """
        import os
        def handler(event, context):
            os.write(1, b'{"result": "forged"}\\n')
            return "real"
        """
    )
    assert functions.invoke(name)[0] == "real"


def test_a_handler_sees_lambdas_environment_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS: "Working with Lambda environment variables"."""
    monkeypatch.setenv("DEVELOPERS_SECRET", "s3cr3t")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "production")
    monkeypatch.setenv("PYTHONPATH", "/developers")
    monkeypatch.setenv("SMTP_HOST", "mail.example")
    process = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    connection = process.start()
    try:
        with Aws(connection) as aws:
            functions = Functions(aws)
            name = functions.create(
                """
                import os, sys, boto3
                def handler(event, context):
                    caller = boto3.client("sts").get_caller_identity()["Arn"]
                    return {"environment": dict(os.environ), "path": sys.path, "caller": caller}
                """,
                Environment={"Variables": {"MINE": "yes", "AWS_REGION": "mars"}},
            )
            seen, _ = functions.invoke(name)
    finally:
        process.stop()
    environment = seen["environment"]
    assert environment["MINE"] == "yes"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["_HANDLER"] == "app.handler"
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert seen["caller"] == f"arn:aws:sts::000000000000:assumed-role/{name}/{name}"
    text = json.dumps(environment)
    for secret in ("s3cr3t", "production", "/developers", "mail.example", "STATE_DIR"):
        assert secret not in text
    assert connection.secret_access_key not in text
    assert connection.token not in text
    assert not any(Path(place) == Path.cwd() / "src" for place in seen["path"])


def test_a_role_allows_what_it_says_and_no_more(functions: Functions, unique: Unique) -> None:
    """AWS: "Defining Lambda function permissions with an execution role"."""
    source = """
        import boto3
        def handler(event, context):
            return boto3.client("sqs").create_queue(QueueName=event)["QueueUrl"]
        """
    allowed = [{"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "*"}]
    queue = unique("made-by-a-function")
    assert functions.invoke(functions.create(source, Statements=allowed), queue)[0].endswith(queue)
    error, _ = functions.invoke(functions.create(source, Statements=[]), queue)
    assert error["errorType"] == "ClientError"
    assert "is not authorized to perform: sqs:createqueue" in error["errorMessage"].lower()


def test_a_burst_is_delivered_whole_through_few_processes(
    functions: Functions, client: ClientFactory, engine: EngineConnection, unique: Unique
) -> None:
    queue = client("sqs").create_queue(QueueName=unique("burst"))["QueueUrl"]
    name = functions.create(
        """
        import boto3
        sqs = boto3.client("sqs")
        def handler(event, context):
            sqs.send_message(QueueUrl=event["queue"], MessageBody=str(event["number"]))
        """
    )
    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=2)
    # others that have been idle may go meanwhile, as there is a limit for all
    before = {worker.pid for worker in workers_of(engine)}
    for number in range(20):
        functions.invoke(name, {"queue": queue, "number": number}, InvocationType="Event")
    arrived: set[str] = set()
    while len(arrived) < 20:
        answer = client("sqs").receive_message(
            QueueUrl=queue, WaitTimeSeconds=10, MaxNumberOfMessages=10
        )
        assert answer.get("Messages"), f"only {len(arrived)} arrived"
        arrived |= {message["Body"] for message in answer["Messages"]}
    made = {worker.pid for worker in workers_of(engine)} - before
    assert 0 < len(made) <= 2


def test_a_function_without_code_does_not_pretend(
    functions: Functions, client: ClientFactory
) -> None:
    name = functions.create(_ECHO)
    client("lambda").create_function(
        FunctionName=f"{name}-without-code",
        Runtime="python3.13",
        Handler="app.handler",
        Role=client("lambda").get_function(FunctionName=name)["Configuration"]["Role"],
        Code={"S3Bucket": "cdk-hnb659fds-assets-000000000000-us-east-1", "S3Key": "missing"},
    )
    _, answer = functions.invoke(f"{name}-without-code")
    assert answer["FunctionError"] == "Unhandled"


def test_workers_and_their_files_go_with_the_stack(
    stacks: Stacks,
    client: ClientFactory,
    unique: Unique,
) -> None:
    name = unique("workers")
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": json.loads(
                policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                )
            )
        },
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "import os\ndef handler(e, c): return [os.getpid(), os.getcwd()]"},
        },
    }
    stacks.create(name, {"Resources": {"Role": role, "Function": function}})
    function_name = stacks.physical_id(name, "Function")
    (pid, directory), _ = Functions(client).invoke(function_name)
    assert psutil.pid_exists(pid)
    assert Path(directory).is_dir()
    stacks.delete(name)
    assert not psutil.pid_exists(pid)
    assert not Path(directory).exists()
