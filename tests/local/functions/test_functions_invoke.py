"""Invoke, and what may go with it.

AWS: "Invoke", Lambda API reference.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.local.engine.local_engine import package
from tests.local.functions.arrivals import ECHO, FAILS

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]

_WHO = """
def handler(event, context):
    return [VERSION, context.function_version, context.invoked_function_arn]
"""


def test_an_event_is_accepted_without_an_answer(functions: Functions) -> None:
    """AWS: "Invoking a Lambda function asynchronously"."""
    payload, answer = functions.invoke(functions.create(ECHO), 1, InvocationType="Event")
    assert (answer["StatusCode"], payload) == (202, None)


def test_an_error_is_told_by_a_header_and_no_status(functions: Functions) -> None:
    """AWS: "Understanding retry behavior in Lambda"."""
    error, answer = functions.invoke(functions.create(FAILS))
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error["errorMessage"] == "always"


def test_a_dry_run_asks_for_permission_and_runs_nothing(functions: Functions) -> None:
    """AWS: "Invoke": DryRun validates parameters and permissions."""
    name = functions.create(FAILS)
    payload, answer = functions.invoke(name, InvocationType="DryRun")
    assert (answer["StatusCode"], payload) == (204, None)
    assert "FunctionError" not in answer
    caller = """
        import boto3
        def handler(event, context):
            boto3.client("lambda").invoke(FunctionName=event, InvocationType="DryRun")
        """
    error, _ = functions.invoke(functions.create(caller, Statements=[]), name)
    assert "AccessDenied" in error["errorMessage"]
    assert "lambda:InvokeFunction" in error["errorMessage"]


def test_the_tail_of_the_log_is_its_last_4_kb(functions: Functions) -> None:
    """AWS: "Invoke": LogResult, "the last 4 KB of the execution log"."""
    name = functions.create("def handler(event, context): print(event)")
    _, short = functions.invoke(name, "hello", LogType="Tail")
    lines = base64.b64decode(short["LogResult"]).decode().splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert "hello" in lines
    assert lines[-2].startswith("END RequestId: ")
    assert lines[-1].startswith("REPORT RequestId: ")
    _, long = functions.invoke(name, "x" * 9000, LogType="Tail")
    tail = base64.b64decode(long["LogResult"])
    assert len(tail) == 4096
    assert b"REPORT RequestId: " in tail
    assert b"START" not in tail


def test_without_asking_there_is_no_log(functions: Functions) -> None:
    _, answer = functions.invoke(functions.create(ECHO))
    assert "LogResult" not in answer


def test_a_request_has_one_id(functions: Functions) -> None:
    """AWS: "Using the Lambda context object to retrieve Python function information"."""
    name = functions.create("def handler(event, context): return context.aws_request_id")
    request_id, answer = functions.invoke(name, LogType="Tail")
    assert request_id == answer["ResponseMetadata"]["RequestId"]
    assert request_id in base64.b64decode(answer["LogResult"]).decode()


def test_a_client_context_reaches_the_handler(functions: Functions) -> None:
    """AWS: "Invoke": ClientContext."""
    name = functions.create("def handler(event, context): return context.client_context.custom")
    context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    assert functions.invoke(name, ClientContext=context)[0] == {"a": "b"}


def _versions(functions: Functions, client: ClientFactory) -> str:
    name = functions.create("VERSION = 'one'" + _WHO)
    client("lambda").publish_version(FunctionName=name)
    client("lambda").update_function_code(
        FunctionName=name, ZipFile=package("VERSION = 'two'" + _WHO)
    )
    client("lambda").publish_version(FunctionName=name)
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


def test_versions_and_aliases_run_what_they_name(
    functions: Functions, client: ClientFactory
) -> None:
    """AWS: "Manage Lambda function versions", "Create an alias for a Lambda function"."""
    name = _versions(functions, client)
    arn = functions.arn(name)
    for qualifier, said, version in (
        (None, "two", "$LATEST"),
        ("1", "one", "1"),
        ("2", "two", "2"),
        ("live", "one", "1"),
    ):
        options = {"Qualifier": qualifier} if qualifier else {}
        found, answer = functions.invoke(name, **options)
        assert found == [said, version, f"{arn}:{qualifier}" if qualifier else arn]
        assert answer["ExecutedVersion"] == version
    assert functions.invoke(f"{arn}:live")[0][0] == "one"


def test_an_alias_shares_its_calls_by_weight(functions: Functions, client: ClientFactory) -> None:
    """AWS: "Implement Lambda canary deployments using a weighted alias"."""
    name = _versions(functions, client)
    client("lambda").update_alias(
        FunctionName=name,
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    seen = set()
    for _ in range(60):
        (said, version, arn), answer = functions.invoke(name, Qualifier="live")
        assert arn == functions.arn(name) + ":live"
        assert answer["ExecutedVersion"] == version
        seen.add((said, version))
    assert seen == {("one", "1"), ("two", "2")}


@pytest.mark.parametrize("qualifier", ["9", "nobody"])
def test_a_qualifier_nobody_made_is_not_found(functions: Functions, qualifier: str) -> None:
    name = functions.create(ECHO)
    with pytest.raises(ClientError, match="Function not found") as caught:
        functions.invoke(name, Qualifier=qualifier)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("kind", "limit"), [("RequestResponse", 6 * 1024 * 1024), ("Event", 1024 * 1024)]
)
def test_a_payload_has_a_limit(functions: Functions, kind: str, limit: int) -> None:
    """AWS: "Lambda quotas": invocation payload; "Invoke": 1 MB for asynchronous ones."""
    name = functions.create("def handler(event, context): return len(event)")
    quotes = 2
    payload, answer = functions.invoke(name, "x" * (limit - quotes), InvocationType=kind)
    assert answer["StatusCode"] in {200, 202}
    assert payload in {limit - quotes, None}
    with pytest.raises(ClientError) as caught:
        functions.invoke(name, "x" * (limit - quotes + 1), InvocationType=kind)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert response["Error"]["Code"] == "RequestTooLargeException"
    assert f"limit {limit} bytes" in response["Error"]["Message"]


def test_an_answer_has_a_limit(functions: Functions) -> None:
    """AWS: "Lambda quotas": invocation payload, response."""
    name = functions.create("def handler(event, context): return 'x' * event")
    most = 6 * 1024 * 1024
    assert len(functions.invoke(name, most - 2)[0]) == most - 2
    error, answer = functions.invoke(name, most + 1000)
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_payload_that_is_no_json_is_refused(functions: Functions, client: ClientFactory) -> None:
    """AWS: "Invoke": InvalidRequestContentException."""
    name = functions.create(ECHO)
    with pytest.raises(ClientError) as caught:
        client("lambda").invoke(FunctionName=name, Payload=b"{no json")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestContentException"
    answer = client("lambda").invoke(FunctionName=name)
    with answer["Payload"] as stream:
        assert json.loads(stream.read()) == {}
