"""What a handler streams: its bytes as they are, all of their prelude, and how it ended.

ministack takes what was streamed for JSON if it can be, forgets the prelude's cookies, and words
an error so that no SDK sees it.

AWS: "Response streaming for Lambda functions", "Invoking a response streaming enabled function
using Lambda function URLs", "InvokeWithResponseStreamCompleteEvent", Lambda API reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.invocations import STREAMED
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

Response = tuple[int, dict[str, Any], bytes]


def streamed_answers() -> Mend:
    """Answer with the bytes that were streamed, and set the cookies that go with them."""
    return Mend(
        name="streamed answers",
        reference="Response streaming for Lambda functions",
        symbols=(
            Symbol("services.lambda_svc:_function_url_stream_response", "result cors_headers"),
            Symbol("services.lambda_svc:_split_stream_prelude", "payload"),
            Symbol("services.lambda_svc:_build_response_stream", "payload is_error function_error"),
            Symbol("services.lambda_svc:_es_encode_message"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")
    upstream: Callable[..., Response] = service._function_url_stream_response

    def respond(result: dict[str, Any], cors_headers: dict[str, str]) -> Response:
        streamed = result.get(STREAMED)
        if streamed is None:
            return upstream(result, cors_headers)
        status, headers, body = upstream({**result, "body": streamed}, cors_headers)
        prelude, _ = service._split_stream_prelude(streamed)
        cookies = (prelude or {}).get("cookies")
        return status, {**headers, "Set-Cookie": list(cookies)} if cookies else headers, body

    service._function_url_stream_response = respond
    service._build_response_stream = _telling_errors(service, service._build_response_stream)


def _telling_errors(service: Upstream, upstream: Callable[..., bytes]) -> Callable[..., bytes]:
    def build(payload: bytes, is_error: bool, function_error: str | None) -> bytes:  # noqa: FBT001
        if not is_error:
            return upstream(payload, is_error, function_error)
        details = payload.decode("utf-8", "replace")
        end = json.dumps({"ErrorCode": function_error, "ErrorDetails": details})
        headers = {
            ":message-type": "event",
            ":event-type": "InvokeComplete",
            ":content-type": "application/json",
        }
        encoded: bytes = service._es_encode_message(headers, end.encode())
        return encoded

    return build
