"""What goes wrong in a function, as AWS words it.

AWS: "Lambda function errors in Python", "Troubleshoot invocation issues in Lambda", "Understanding
the Lambda execution environment lifecycle".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.functional.lambda_host.host_bench import Bench, call, error, result

if TYPE_CHECKING:
    from tests.functional.lambda_host.conftest import MakeBench


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("import no_such_module", "Runtime.ImportModuleError", "No module named 'no_such_module'"),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("raise OSError('at init')", "OSError", "at init"),
        ("import os; os._exit(3)", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
    ],
)
def test_an_initialization_that_fails(
    bench: Bench, source: str, error_type: str, message: str
) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle": failures in init."""
    answer, outcome = error(bench.open(source))
    assert answer["errorType"] == error_type
    assert message in answer["errorMessage"]
    assert outcome.died
    report = re.search(r"INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\t(.*)\n", outcome.log)
    assert report is not None
    assert report[1] == f"Status: error\tError Type: {error_type}"
    assert outcome.log.index("INIT_REPORT") < outcome.log.index("START RequestId")


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("return {1, 2}", "Runtime.MarshalError", "Unable to marshal response"),
        ("os._exit(7)", "Runtime.ExitError", "Runtime exited with error: exit status 7"),
        ("os._exit(0)", "Runtime.ExitError", "Runtime exited without providing a reason"),
        ("sys.exit(4)", "Runtime.ExitError", "Runtime exited with error: exit status 4"),
        ("os.abort()", "Runtime.ExitError", "Runtime exited with error: signal: aborted"),
        ("os.kill(os.getpid(), 9)", "Runtime.ExitError", "error: signal: killed"),
        ("return 'x' * (6 * 1024 * 1024 + 100)", "Function.ResponseSizeTooLarge", "6291556 bytes"),
    ],
)
def test_an_invocation_that_fails(bench: Bench, source: str, error_type: str, message: str) -> None:
    """AWS: "Troubleshoot invocation issues in Lambda"; "Lambda quotas": invocation payload."""
    environment = bench.open(f"import os, sys\ndef handler(event, context):\n    {source}\n")
    answer, outcome = error(environment)
    assert answer["errorType"] == error_type
    assert message in answer["errorMessage"]
    assert outcome.died == (error_type == "Runtime.ExitError")
    assert ("Error Type: Runtime.ExitError" in outcome.log) == outcome.died


def test_a_response_as_large_as_lambda_takes_comes_back(bench: Bench) -> None:
    """AWS: "Lambda quotas": invocation payload, response."""
    environment = bench.open("def handler(event, context): return 'x' * (6 * 1024 * 1024)")
    assert len(result(environment)) == 6 * 1024 * 1024


def test_an_exception_names_the_code_as_on_lambda_and_keeps_the_modules_state(
    bench: Bench,
) -> None:
    """AWS: "Lambda function errors in Python": errorMessage, errorType, stackTrace."""
    environment = bench.open(
        """
        calls = []
        def handler(event, context):
            calls.append(event)
            if event == "fail":
                raise ValueError("bad word")
            return calls
        """
    )
    answer, outcome = error(environment, "fail")
    assert answer["errorType"] == "ValueError"
    assert answer["errorMessage"] == "bad word"
    assert answer["stackTrace"] == [
        '  File "/var/task/app.py", line 6, in handler\n    raise ValueError("bad word")\n'
    ]
    assert "[ERROR] ValueError: bad word" in outcome.log
    assert "Status:" not in outcome.log
    assert not outcome.died
    assert result(environment, "ok") == ["fail", "ok"]


def test_a_function_that_takes_too_long_is_killed_and_the_next_call_starts_anew(
    bench: Bench,
) -> None:
    """AWS: "Configure Lambda function timeout", "Troubleshoot invocation issues in Lambda"."""
    environment = bench.open(
        """
        import threading
        calls = []
        def handler(event, context):
            calls.append(event)
            print("waiting")
            if event == "hang":
                threading.Event().wait()
            return calls
        """,
        timeout=1.0,
    )
    assert result(environment, "ok") == ["ok"]
    pid = environment.pid
    answer, outcome = error(environment, "hang")
    request_id = re.findall(r"START RequestId: (\w+)", outcome.log)[0]
    message = f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"
    assert answer == {"errorType": "Sandbox.Timedout", "errorMessage": message}
    line = rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z {request_id} Task timed out after 1.00 seconds\n"
    assert re.search(line, outcome.log)
    assert outcome.output == "waiting\n"
    assert "Duration: 1000.00 ms" in outcome.log
    assert "\tStatus: timeout\n" in outcome.log
    assert (pid, False) in bench.changes
    assert result(environment, "after") == ["after"]


def test_an_initialization_that_takes_too_long_is_done_again_under_the_functions_timeout(
    make_bench: MakeBench,
) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle": ten seconds for init."""
    bench = make_bench(init_seconds=0.2)
    environment = bench.open(
        """
        import os, threading
        print("initializing")
        threading.Event().wait(0.5)
        def handler(event, context): return "done"
        """,
        timeout=10.0,
    )
    outcome = call(environment)
    assert json.loads(outcome.payload) == "done"
    assert outcome.output == "initializing\n" * 2
    assert "\tPhase: init\tStatus: timeout\n" in outcome.log
    assert outcome.init_ms > 500


def test_an_initialization_that_never_ends_times_out(make_bench: MakeBench) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle": failures in init."""
    bench = make_bench(init_seconds=0.2)
    source = "import threading\nthreading.Event().wait()"
    answer, outcome = error(bench.open(source, timeout=0.3))
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 0.30 seconds" in answer["errorMessage"]
    assert re.findall(r"Phase: (\w+)\tStatus: timeout", outcome.log) == ["init", "invoke"]


@pytest.mark.parametrize(
    "source",
    [
        "kept = bytearray(200 << 20); threading.Event().wait()",
        "bytearray(200 << 20); return 'freed'",
    ],
    ids=["kept", "freed before anyone looked"],
)
def test_a_function_that_uses_more_memory_than_it_has_is_killed(bench: Bench, source: str) -> None:
    """AWS: "Configure Lambda function memory", "Troubleshoot invocation issues in Lambda"."""
    environment = bench.open(
        f"import threading\ndef handler(event, context):\n    {source}\n", memory_mb=128
    )
    answer, outcome = error(environment)
    assert answer["errorType"] == "Runtime.OutOfMemory"
    assert answer["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert "Status: error\tError Type: Runtime.OutOfMemory" in outcome.log
    assert outcome.died


def test_the_report_tells_what_was_used(bench: Bench) -> None:
    """AWS: "Viewing logs for Lambda functions": the REPORT line."""
    environment = bench.open("def handler(event, context): return len(bytearray(50 << 20))")
    cold, warm = call(environment), call(environment)
    pattern = (
        r"REPORT RequestId: \w+\tDuration: [\d.]+ ms\tBilled Duration: (\d+) ms\t"
        r"Memory Size: 512 MB\tMax Memory Used: (\d+) MB(\tInit Duration: [\d.]+ ms)?\n$"
    )
    first, second = re.search(pattern, cold.log), re.search(pattern, warm.log)
    assert first is not None
    assert second is not None
    assert int(first[1]) >= cold.init_ms > 0
    assert 50 < int(first[2]) < 150
    assert first[3]
    assert not second[3]
    assert (cold.cold, warm.cold) == (True, False)
