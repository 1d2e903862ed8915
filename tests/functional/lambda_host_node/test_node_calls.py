"""What counts as a call of a Node.js handler and its end.

AWS: "Define Lambda function handler in Node.js".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.lambda_host_node.conftest import NodeFunction

    Start = Callable[..., NodeFunction]

BOTH = pytest.mark.parametrize("runtime", ["nodejs20.x", "nodejs22.x", "nodejs24.x"])


@BOTH
def test_an_asynchronous_handler_gets_the_event_and_returns(start: Start, runtime: str) -> None:
    function = start("exports.handler = async (event) => ({ got: event.a });", runtime=runtime)
    for value in (1, "ü", [None]):
        posted = function.invoke({"a": value})
        assert (posted.kind, posted.json) == ("response", {"got": value})
    assert function.api.connections == 1


@BOTH
def test_no_result_is_null(start: Start, runtime: str) -> None:
    assert start("exports.handler = async () => {};", runtime=runtime).invoke().json is None


def test_a_large_payload_goes_through_both_ways(start: Start) -> None:
    text = "é" * 2_000_000
    function = start("exports.handler = async (event) => event + event;")
    assert function.invoke(text).json == text + text


def test_an_answer_may_come_in_chunks(start: Start) -> None:
    function = start("exports.handler = async (event) => event;", chunked=True)
    assert function.invoke("x" * 200_000).json == "x" * 200_000
    assert function.invoke("second").json == "second"


def test_state_outlives_an_error(start: Start) -> None:
    function = start("""
        let calls = 0;
        exports.handler = async () => { calls += 1; if (calls === 1) throw new Error("no");
                                        return calls; };""")
    assert function.invoke().kind == "error"
    assert function.invoke().json == 2


def test_a_callback_answers_when_nothing_is_left_to_do(start: Start) -> None:
    function = start("""
        let late = false;
        exports.handler = (event, context, callback) => {
          const before = late;
          setTimeout(() => { late = true; }, 30);
          context.callbackWaitsForEmptyEventLoop = event.waits;
          callback(null, { before, waits: context.callbackWaitsForEmptyEventLoop });
        };""")
    assert function.invoke({"waits": True}).json == {"before": False, "waits": True}
    assert function.invoke({"waits": False}).json == {"before": True, "waits": False}


def test_a_callback_with_an_error_fails_at_once(start: Start) -> None:
    function = start("""
        exports.handler = (event, context, callback) => {
          setTimeout(() => {}, 60000);
          callback(new RangeError("too far")); callback(null, 1); };""")
    posted = function.invoke()
    assert posted.kind == "error"
    assert (posted.json["errorType"], posted.json["errorMessage"]) == ("RangeError", "too far")


@pytest.mark.parametrize(
    ("call", "kind", "expected"),
    [
        ("context.succeed({ a: 1 })", "response", {"a": 1}),
        ("context.done(null, 2)", "response", 2),
        ("context.fail(new TypeError('bad'))", "error", "bad"),
        ("context.fail()", "error", "handled"),
    ],
)
def test_the_old_methods_of_the_context(
    start: Start, call: str, kind: str, expected: object
) -> None:
    posted = start(f"exports.handler = (event, context) => {{ {call}; }};").invoke()
    answer = posted.json["errorMessage"] if kind == "error" else posted.json
    assert (posted.kind, answer) == (kind, expected)


def test_before_24_what_a_synchronous_handler_returns_is_not_looked_at(start: Start) -> None:
    assert start("exports.handler = () => 5;", runtime="nodejs22.x").invoke().json is None


def test_from_24_what_a_synchronous_handler_returns_is_the_result(start: Start) -> None:
    function = start(
        "exports.handler = (event, context) => Object.keys(context);", runtime="nodejs24.x"
    )
    keys = function.invoke().json
    assert "awsRequestId" in keys
    assert not {"done", "fail", "succeed"} & set(keys)


def test_from_24_there_are_no_callbacks(start: Start) -> None:
    function = start("exports.handler = (event, context, callback) => {};", runtime="nodejs24.x")
    posted = function.api.wait()
    assert posted.kind == "init"
    assert posted.json["errorType"] == "Runtime.CallbackHandlerDeprecated"
    assert function.exit_status() == 129


@pytest.mark.parametrize("runtime", ["nodejs22.x", "nodejs24.x"])
def test_a_promise_that_never_settles_is_an_error(start: Start, runtime: str) -> None:
    function = start(
        "exports.handler = async (e) => e.hang ? new Promise(() => {}) : 'ok';", runtime=runtime
    )
    assert function.invoke({"hang": True}).json["errorType"] == "Runtime.NodeJsExit"
    assert function.invoke({}).json == "ok"


@pytest.mark.parametrize(
    ("runtime", "name"), [("nodejs22.x", "Error"), ("nodejs24.x", "Runtime.JSONStringifyError")]
)
def test_a_result_that_is_no_json_is_an_error(start: Start, runtime: str, name: str) -> None:
    function = start("exports.handler = async () => 1n;", runtime=runtime)
    posted = function.invoke()
    assert posted.kind == "error"
    assert posted.json["errorType"] == name
    assert posted.json["errorMessage"] == "Unable to stringify response body"


def test_the_context_tells_of_function_and_invocation(start: Start) -> None:
    function = start("""
        exports.handler = async (event, context) => ({ ...context,
          remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });""")
    context = function.invoke(
        {},
        timeout=5.0,
        Lambda_Runtime_Trace_Id="Root=1-2-3",
        Lambda_Runtime_Client_Context='{"custom": {"name": "Ü"}}',
        Lambda_Runtime_Cognito_Identity='{"cognitoIdentityId": "i"}',
    ).json
    assert 0 < context.pop("remaining") <= 5000
    assert context == {
        "functionName": "tried",
        "functionVersion": "$LATEST",
        "memoryLimitInMB": "256",
        "logGroupName": "/aws/lambda/tried",
        "logStreamName": "2030/01/01/[$LATEST]abc",
        "clientContext": {"custom": {"name": "Ü"}},
        "identity": {"cognitoIdentityId": "i"},
        "invokedFunctionArn": "arn:aws:lambda:eu-west-1:1:function:tried",
        "awsRequestId": "request-1",
        "callbackWaitsForEmptyEventLoop": True,
        "trace": "Root=1-2-3",
    }
    assert "trace" not in function.invoke({}).json


def test_a_streaming_handler_answers_with_what_it_wrote(start: Start) -> None:
    function = start("""
        const { pipeline } = require("node:stream/promises");
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          const prelude = { statusCode: 201, headers: { a: "b" } };
          const http = awslambda.HttpResponseStream.from(stream, prelude);
          http.write({ an: "object" });
          await pipeline(["one ", "two"], http);
        });""", runtime="nodejs24.x")  # fmt: skip
    posted = function.invoke({})
    assert (
        posted.body
        == b'{"statusCode":201,"headers":{"a":"b"}}' + bytes(8) + b'{"an":"object"}one two'
    )
    assert posted.headers is not None
    assert posted.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert posted.headers["lambda-runtime-function-response-mode"] == "streaming"


def test_a_stream_that_is_never_ended_is_an_error(start: Start) -> None:
    function = start("""
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write("a"); });""")
    posted = function.invoke()
    assert posted.json["errorMessage"] == "Response stream is not finished."
