"""How the host words failures, reports and headers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from preamp.lambda_host.failures import failure_of, named_failure, reported_failure
from preamp.lambda_host.platform_log import Measures, PlatformLog
from preamp.lambda_host.runtime_api import NextAsked
from preamp.lambda_host.session import Event, Exited, OutOfMemory, TimedOut
from preamp.lambda_host.specification import FunctionSpec, Request
from preamp.lambda_host.task_root import payload_as_on_lambda, text_as_on_lambda
from preamp.lambda_host.trace import trace_header


def spec(**options: Any) -> FunctionSpec:
    made: dict[str, Any] = {
        "name": "f", "arn": "arn:f", "version": "3", "runtime": "python3.13", "handler": "a.b",
        "code": Path("/code"), "region": "r", "account": "a", "endpoint": "e",
        "credentials": dict,
    }  # fmt: skip
    return FunctionSpec(**{**made, **options})


@pytest.mark.parametrize(
    ("event", "error_type", "text", "status"),
    [
        (TimedOut(), "Sandbox.Timedout", "Task timed out after 2.50 seconds", "timeout"),
        (OutOfMemory(), "Runtime.OutOfMemory", "signal: killed", "error"),
        (Exited(0), "Runtime.ExitError", "exited without providing a reason", "error"),
        (Exited(2), "Runtime.ExitError", "error: exit status 2", "error"),
        (Exited(-9), "Runtime.ExitError", "error: signal: killed", "error"),
        (Exited(-11), "Runtime.ExitError", "error: signal: segmentation fault", "error"),
        (Exited(-200), "Runtime.ExitError", "error: signal 200", "error"),
        (NextAsked(), "Runtime.Unknown", "the runtime broke its protocol", "error"),
    ],
)
def test_each_end_has_its_name(event: Event, error_type: str, text: str, status: str) -> None:
    failure = failure_of(event, "id-1", 2.5)
    content = json.loads(failure.payload)
    assert (content["errorType"], failure.error_type) == (error_type, error_type)
    assert content["errorMessage"].startswith("RequestId: id-1 Error: ")
    assert content["errorMessage"].endswith(text)
    assert failure.status == status
    assert failure.fatal


@pytest.mark.parametrize(
    ("payload", "beside", "expected"),
    [
        (b'{"errorType": "Own"}', "Beside", "Own"),
        (b'{"message": "x"}', "Beside", "Beside"),
        (b"no JSON", "", "Runtime.Unknown"),
        (b"[1]", "", "Runtime.Unknown"),
    ],
)
def test_what_the_runtime_reports_is_passed_on(payload: bytes, beside: str, expected: str) -> None:
    failure = reported_failure(payload, beside)
    assert (failure.payload, failure.error_type, failure.fatal) == (payload, expected, False)


def test_the_report_as_text() -> None:
    log = PlatformLog(spec())
    assert log.start("id") == "START RequestId: id Version: 3\n"
    report = "REPORT RequestId: id\tDuration: 1.50 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB"
    assert log.end("id", Measures(1.5, 10.2, 40), None) == (
        f"END RequestId: id\n{report}\tMax Memory Used: 40 MB\tInit Duration: 10.20 ms\n"
    )
    failure = named_failure("Runtime.ExitError", "gone", "id")
    assert log.end("id", Measures(1.0, 0, 0), failure).endswith(
        "\tMax Memory Used: 0 MB\tStatus: error\tError Type: Runtime.ExitError\n"
    )
    assert log.failure("id", failure) == "RequestId: id Error: gone\nRuntime.ExitError\n"


def test_the_report_as_json_and_how_to_be_quiet() -> None:
    log = PlatformLog(spec(log_format="JSON"))
    report = json.loads(log.end("id", Measures(1.5, 10.25, 40), None))
    assert report["type"] == "platform.report"
    assert report["record"] == {
        "requestId": "id",
        "metrics": {
            "durationMs": 1.5, "billedDurationMs": 12, "memorySizeMB": 128, "maxMemoryUsedMB": 40,
            "initDurationMs": 10.25,
        },
        "status": "success",
    }  # fmt: skip
    quiet = PlatformLog(spec(log_format="JSON", system_log_level="WARN"))
    assert quiet.start("id") == ""
    failure = named_failure("Sandbox.Timedout", "late", "id", status="timeout")
    done, report = map(json.loads, quiet.end("id", Measures(1, 0, 0), failure).splitlines())
    assert (done["type"], report["type"]) == ("platform.runtimeDone", "platform.report")
    assert done["record"]["status"] == report["record"]["status"] == "timeout"


def test_a_trace_header_is_made_or_kept_and_counts_calls() -> None:
    def header(**options: Any) -> str:
        return trace_header(Request(b"", "id", "arn:f", **options))

    made = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"
    assert re.fullmatch(made, header())
    assert header(trace_id="Root=x") == "Root=x"
    assert re.fullmatch(r"Root=x;Lineage=1:[0-9a-f]{8}:4", header(trace_id="Root=x", hops=4))


def test_paths_are_those_of_lambda() -> None:
    code = Path("/tmp/code/abc")
    assert text_as_on_lambda("in /tmp/code/abc/app.py", code) == "in /var/task/app.py"
    assert payload_as_on_lambda(b'"/tmp/code/abc/app.py"', code) == b'"/var/task/app.py"'
