"""Python functions as a client of AWS sees them.

AWS: "Building Lambda functions with Python".
"""

from __future__ import annotations

import base64
import io
import os
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
Unique = Callable[[str], str]


@pytest.mark.parametrize(
    ("source", "options", "error_type", "message"),
    [
        ("import nothing_like_it", {}, "Runtime.ImportModuleError", "No module named"),
        ("def handler(e, c): 1 / 0", {}, "ZeroDivisionError", "division by zero"),
        ("import os\ndef handler(e, c): os._exit(7)", {}, "Runtime.ExitError", "exit status 7"),
        ("def handler(e, c): bytearray(300 << 20)", {}, "Runtime.OutOfMemory", "signal: killed"),
        (
            "def handler(e, c): return 'x' * (7 << 20)", {"MemorySize": 256},
            "Function.ResponseSizeTooLarge", "6291556 bytes",
        ),
        (
            "import threading\ndef handler(e, c): threading.Event().wait()", {"Timeout": 1},
            "Sandbox.Timedout", "Task timed out after 1.00 seconds",
        ),
    ],
)  # fmt: skip
def test_an_error_has_lambdas_name_and_is_in_the_log(
    functions: Functions, source: str, options: dict[str, Any], error_type: str, message: str
) -> None:
    """AWS: "Lambda function errors in Python", "Lambda quotas"."""
    error, answer = functions.invoke(functions.create(source, **options), LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == error_type
    assert message in error["errorMessage"]
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "START RequestId: " in log
    assert "REPORT RequestId: " in log
    assert log.count("END RequestId: ") == 1


def test_a_function_that_calls_itself_forever_is_stopped(functions: Functions) -> None:
    """AWS: "Use Lambda recursive loop detection to prevent infinite loops"."""
    name = functions.create(
        """
        import json, os, boto3
        client = boto3.client("lambda", region_name=os.environ["AWS_REGION"])
        def handler(depth, context):
            try:
                answer = client.invoke(
                    FunctionName=context.function_name, Payload=json.dumps(depth + 1)
                )
            except client.exceptions.RecursiveInvocationException:
                return depth
            return json.load(answer["Payload"])
        """,
        Timeout=60,
        MemorySize=256,
    )
    assert functions.invoke(name, 1)[0] == 16


def test_layers_are_found_in_their_order_and_the_code_is_read_only(
    functions: Functions, client: ClientFactory, unique: Unique
) -> None:
    """AWS: "Adding layers to functions", "Packaging your layer content"."""
    layers = []
    for number in ("first", "second"):
        content = archive({"python/shared.py": f"origin = '{number}'", f"python/{number}.py": ""})
        made = client("lambda").publish_layer_version(
            LayerName=unique("layer"), Content={"ZipFile": content}
        )
        layers.append(made["LayerVersionArn"])
    name = functions.create(
        """
        import os, stat, first, second, shared
        def handler(event, context):
            modes = [os.stat(place).st_mode for place in (".", "app.py", shared.__file__)]
            writable = [bool(mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)) for mode in modes]
            return [shared.origin, writable]
        """,
        Layers=layers,
    )
    assert functions.invoke(name)[0] == ["second", [False, False, False]]


def test_a_program_in_the_package_stays_executable(
    functions: Functions, client: ClientFactory
) -> None:
    """AWS: "Working with .zip file archives for Python Lambda functions"."""
    source = (
        "import subprocess\n"
        "def handler(e, c): return subprocess.check_output(['./tool', e], text=True)"
    )
    name = functions.create(source)
    buffer = io.BytesIO(archive({"app.py": source}))
    with zipfile.ZipFile(buffer, "a") as package:
        tool = zipfile.ZipInfo("tool")
        tool.external_attr = 0o755 << 16
        package.writestr(tool, '#!/bin/sh\nprintf %s "$1"\n')
    client("lambda").update_function_code(FunctionName=name, ZipFile=buffer.getvalue())
    assert functions.invoke(name, "run")[0] == "run"


def test_an_own_runtime_runs(functions: Functions, client: ClientFactory) -> None:
    """AWS: "Building a custom runtime for AWS Lambda"."""
    python = functions.invoke(
        functions.create("import sys\ndef handler(e, c): return sys.executable")
    )[0]
    bootstrap = f"""#!{python} -S
import http.client, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    path = "/2018-06-01/runtime/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", path + "/response", answer.read())
    api.getresponse().read()
"""
    name = functions.create("", Runtime="provided.al2023")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        package.writestr(entry, bootstrap)
    client("lambda").update_function_code(FunctionName=name, ZipFile=buffer.getvalue())
    assert functions.invoke(name, {"echo": 1})[0] == {"echo": 1}


@pytest.mark.parametrize("runtime", ["java21", "dotnet8", "ruby3.3"])
def test_a_runtime_that_cannot_run_here_deploys_and_says_why(
    functions: Functions, runtime: str
) -> None:
    """AWS: "Lambda runtimes"."""
    error, answer = functions.invoke(functions.create("", Runtime=runtime))
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Runtime.Unavailable"
    assert f"{runtime} functions do not run on the local cloud" in error["errorMessage"]


def test_new_code_is_run_by_the_next_call(functions: Functions, client: ClientFactory) -> None:
    """AWS: "UpdateFunctionCode"."""
    name = functions.create("def handler(event, context): return 'old'")
    assert functions.invoke(name)[0] == "old"
    package = archive({"app.py": "def handler(event, context): return 'new'"})
    client("lambda").update_function_code(FunctionName=name, ZipFile=package)
    assert functions.invoke(name)[0] == "new"


def test_a_call_that_is_going_on_comes_to_its_end_on_the_old_code(
    functions: Functions, client: ClientFactory, tmp_path: Any
) -> None:
    """AWS: "UpdateFunctionCode": invocations in progress are not affected."""
    name = functions.create(
        """
        import os
        def handler(event, context):
            open(event + "/started", "w").close()
            while not os.path.exists(event + "/go"):
                pass
            return "old"
        """,
        Timeout=30,
    )
    with ThreadPoolExecutor(1) as pool:
        going_on = pool.submit(functions.invoke, name, str(tmp_path))
        while not (tmp_path / "started").exists():
            pass
        package = archive({"app.py": "def handler(event, context): return 'new'"})
        client("lambda").update_function_code(FunctionName=name, ZipFile=package)
        assert functions.invoke(name)[0] == "new"
        (tmp_path / "go").touch()
        assert going_on.result(10)[0] == "old"


def test_a_burst_on_a_cold_function_is_answered_by_few_processes(
    functions: Functions, engine: EngineConnection
) -> None:
    """AWS: "Understanding Lambda function scaling"; the bound is this machine's."""
    name = functions.create("def handler(event, context): return event")
    before = {child.pid for child in psutil.Process(engine.pid).children()}
    with ThreadPoolExecutor(60) as pool:
        answers = pool.map(lambda number: functions.invoke(name, number)[0], range(60))
        assert list(answers) == list(range(60))
    started = {child.pid for child in psutil.Process(engine.pid).children()} - before
    assert len(started) <= max(20, 6 * (os.cpu_count() or 1))


def archive(files: dict[str, str]) -> bytes:
    """Zip some texts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in files.items():
            package.writestr(name, text)
    return buffer.getvalue()
