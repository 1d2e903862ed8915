"""What functions log, as CloudWatch Logs has it.

AWS: "Sending Lambda function logs to CloudWatch Logs", "Configuring JSON and plain text log
formats", "Log-level filtering", "Lambda Telemetry API Event schema reference".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.functions.arrivals import FAILS

from preamp.sandbox.functions import DeployedFunction
from preamp.sandbox.logs import LogReader

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]

_LOGS = """
import logging

def handler(event, context):
    print("printed")
    logging.getLogger().warning("warned", extra={"order": 7})
    logging.getLogger().info("informed")
    return context.log_stream_name
"""
_TIMES_OUT = "import threading\ndef handler(event, context): threading.Event().wait()"


def messages(client: ClientFactory, group: str) -> list[str]:
    """Every line of a log group."""
    answer = client("logs").filter_log_events(logGroupName=group)
    return [event["message"] for event in answer["events"]]


def records(client: ClientFactory, name: str) -> list[dict[str, Any]]:
    """Every line of a function's log that is JSON; nothing else may be Lambda's own."""
    lines = messages(client, f"/aws/lambda/{name}")
    text = [line for line in lines if not line.startswith("{")]
    assert not [line for line in text if line.startswith(("START", "END", "REPORT"))]
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_log_in_text_begins_and_ends_with_lambdas_lines(
    functions: Functions, client: ClientFactory
) -> None:
    name = functions.create(_LOGS)
    _, answer = functions.invoke(name)
    request_id = answer["ResponseMetadata"]["RequestId"]
    start, printed, warned, end, report = messages(client, f"/aws/lambda/{name}")
    assert start == f"START RequestId: {request_id} Version: $LATEST"
    assert printed == "printed"
    assert warned.endswith(f"\t{request_id}\twarned")
    assert end == f"END RequestId: {request_id}"
    assert report.startswith(f"REPORT RequestId: {request_id}\tDuration: ")


def test_a_log_in_json_has_lambdas_events_once(functions: Functions, client: ClientFactory) -> None:
    name = functions.create(_LOGS, LoggingConfig={"LogFormat": "JSON"})
    _, answer = functions.invoke(name)
    request_id = answer["ResponseMetadata"]["RequestId"]
    start, warned, informed, report = records(client, name)
    assert start["type"] == "platform.start"
    assert start["record"] == {"requestId": request_id, "version": "$LATEST"}
    assert set(warned) == {"timestamp", "level", "message", "logger", "requestId", "order"}
    assert (warned["level"], warned["message"], warned["order"]) == ("WARNING", "warned", 7)
    assert informed["level"] == "INFO"
    assert (report["type"], report["record"]["status"]) == ("platform.report", "success")
    assert set(report["record"]["metrics"]) == {
        "durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs",
    }  # fmt: skip
    assert {each["record"]["requestId"] for each in (start, report)} == {request_id}


@pytest.mark.parametrize(
    ("source", "status", "error"),
    [
        (_TIMES_OUT, "timeout", "Sandbox.Timedout"),
        ("import os\ndef handler(event, context): os._exit(1)", "error", "Runtime.ExitError"),
        ("import no_such_module", "error", "Runtime.ImportModuleError"),
    ],
)
def test_what_goes_wrong_is_in_lambdas_events(
    functions: Functions, client: ClientFactory, source: str, status: str, error: str
) -> None:
    name = functions.create(source, LoggingConfig={"LogFormat": "JSON"}, Timeout=1)
    functions.invoke(name)
    told = [each for each in records(client, name) if "type" in each]
    kinds = [each["type"].removeprefix("platform.") for each in told]
    assert kinds[-3:] == ["start", "runtimeDone", "report"]
    assert kinds[:-3] in ([], ["initReport"])
    for each in told:
        if not each["type"].endswith("start"):
            assert (each["record"]["status"], each["record"]["errorType"]) == (status, error)


@pytest.mark.parametrize(
    ("level", "kinds"),
    [("DEBUG", ["start", "runtimeDone", "report"]), ("INFO", ["start", "report"]), ("WARN", [])],
)
def test_lambdas_events_have_levels(
    functions: Functions, client: ClientFactory, level: str, kinds: list[str]
) -> None:
    """AWS: "Log-level filtering", system log level event mapping."""
    settings = {"LogFormat": "JSON", "SystemLogLevel": level, "ApplicationLogLevel": "WARN"}
    name = functions.create(_LOGS, LoggingConfig=settings)
    functions.invoke(name)
    found = records(client, name)
    assert [each["type"].removeprefix("platform.") for each in found if "type" in each] == kinds
    assert [each["message"] for each in found if "message" in each] == ["warned"]


def test_a_handlers_error_is_one_record(functions: Functions, client: ClientFactory) -> None:
    """AWS: "Log and monitor Python Lambda functions"."""
    name = functions.create(FAILS, LoggingConfig={"LogFormat": "JSON"})
    functions.invoke(name)
    [error] = [each for each in records(client, name) if each.get("level") == "ERROR"]
    assert error["errorMessage"] == "always"
    assert error["stackTrace"]


def test_an_environment_has_one_stream_in_the_group_that_was_chosen(
    functions: Functions, client: ClientFactory, unique: Callable[[str], str]
) -> None:
    """AWS: "Configuring CloudWatch log groups"."""
    group = f"/own/{unique('group')}"
    name = functions.create(_LOGS, LoggingConfig={"LogGroup": group})
    stream, _ = functions.invoke(name)
    functions.invoke(name)
    streams = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert [each["logStreamName"] for each in streams] == [stream]
    assert len([line for line in messages(client, group) if line.startswith("START")]) == 2


def test_every_line_is_read_however_many_and_each_once(
    functions: Functions, client: ClientFactory
) -> None:
    """AWS: "FilterLogEvents": at most 10,000 events at a time."""
    name = functions.create(
        "def handler(event, context):\n    for each in range(event): print(each)"
    )
    reader = LogReader([DeployedFunction("Orders", name)], client("lambda"), client("logs"))
    functions.invoke(name, 11_000)
    lines = [line.text for line in reader.read()]
    assert lines[1:-2] == [str(number) for number in range(11_000)]
    functions.invoke(name, 2)
    assert [line.text for line in reader.read()][1:-2] == ["0", "1"]
    assert reader.read() == []
