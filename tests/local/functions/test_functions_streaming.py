"""Handlers that stream their response, by their URL and through the API.

AWS: "Response streaming for Lambda functions", "Writing response streaming-enabled Lambda
functions", "Invoking a response streaming enabled function using Lambda function URLs".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.local.functions.test_functions_http import browse, function_url
from tests.local.functions.test_functions_node import NodeFunctions, node, sdk

if TYPE_CHECKING:
    from tests.local.functions.test_functions_http import Browser

__all__ = ["browse", "node", "sdk"]

ClientFactory = Callable[..., Any]

_STREAMS = """
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  %s
});
"""
_WITH_PRELUDE = (
    _STREAMS
    % """
  const prelude = { statusCode: 201, headers: { "Content-Type": "text/plain", "X-Own": "yes" },
                    cookies: ["a=1; Path=/", "b=2"] };
  const http = awslambda.HttpResponseStream.from(stream, prelude);
  for (const word of ["one ", event.rawPath, " three"]) http.write(word);
  http.end();
"""
)
_BYTES = (
    _STREAMS
    % """
  stream.setContentType("application/octet-stream");
  stream.write(Buffer.from([0, 255, 254, 10]));
  stream.write('{"a":  1}');
  stream.end();
"""
)
_WRITTEN = b"\x00\xff\xfe\n" + b'{"a":  1}'
_BREAKS = (
    _STREAMS
    % """
  stream.write("begun");
  throw new Error("broken");
"""
)


def url(client: ClientFactory, name: str, mode: str = "RESPONSE_STREAM") -> str:
    return function_url(client, name, "AWS_IAM", InvokeMode=mode) + "/two"


def events(client: ClientFactory, name: str) -> list[dict[str, Any]]:
    answer = client("lambda").invoke_with_response_stream(FunctionName=name, Payload=b"{}")
    return list(answer["EventStream"])


def test_a_url_answers_with_what_the_handler_says_first(
    node: NodeFunctions, client: ClientFactory, browse: Browser
) -> None:
    answer = browse(url(client, node.create(_WITH_PRELUDE)), signed=True)
    assert (answer.status_code, answer.text) == (201, "one /two three")
    assert (answer.headers["Content-Type"], answer.headers["X-Own"]) == ("text/plain", "yes")
    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1; Path=/", "b=2"]


def test_bytes_arrive_as_they_were_written(
    node: NodeFunctions, client: ClientFactory, browse: Browser
) -> None:
    name = node.create(_BYTES)
    answer = browse(url(client, name), signed=True)
    assert (answer.status_code, answer.content) == (200, _WRITTEN)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    *chunks, end = events(client, name)
    assert b"".join(each["PayloadChunk"]["Payload"] for each in chunks) == _WRITTEN
    assert "ErrorCode" not in end["InvokeComplete"]
    with client("lambda").invoke(FunctionName=name)["Payload"] as payload:
        assert payload.read() == _WRITTEN


@pytest.mark.parametrize("text", ["42", "null", '{"a":  1}', '"x"'])
def test_what_looks_like_json_is_left_alone(
    node: NodeFunctions, client: ClientFactory, browse: Browser, text: str
) -> None:
    name = node.create(_STREAMS % f"stream.write({json.dumps(text)}); stream.end();")
    assert browse(url(client, name), signed=True).text == text


def test_a_buffered_url_takes_it_for_a_result(
    node: NodeFunctions, client: ClientFactory, browse: Browser
) -> None:
    source = """stream.write(JSON.stringify({ statusCode: 202, body: "whole" })); stream.end();"""
    answer = browse(url(client, node.create(_STREAMS % source), "BUFFERED"), signed=True)
    assert (answer.status_code, answer.text) == (202, "whole")


def test_more_may_be_streamed_than_returned(node: NodeFunctions, client: ClientFactory) -> None:
    """AWS: "Lambda quotas": 6 MB for a response, 200 MB for one that is streamed."""
    source = "for (let i = 0; i < 7; i++) stream.write('x'.repeat(1 << 20)); stream.end();"
    *chunks, _ = events(client, node.create(_STREAMS % source))
    assert sum(len(each["PayloadChunk"]["Payload"]) for each in chunks) == 7 << 20


def test_of_a_stream_that_breaks_nothing_arrives_but_the_error(
    node: NodeFunctions, client: ClientFactory, browse: Browser
) -> None:
    """A gap: on AWS, what was written before is on its way already."""
    name = node.create(_BREAKS)
    answer = browse(url(client, name), signed=True)
    assert answer.status_code == 502
    assert "begun" not in answer.text
    assert "broken" not in answer.text
    [end] = events(client, name)
    assert end["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(end["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "broken"


def test_requests_are_checked_as_those_of_invoke_are(
    node: NodeFunctions, client: ClientFactory
) -> None:
    """AWS: "InvokeWithResponseStream", Lambda API reference."""
    name = node.create(_BYTES)
    with pytest.raises(ClientError) as caught:
        client("lambda").invoke_with_response_stream(FunctionName=name, Payload=b"{no json")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestContentException"
