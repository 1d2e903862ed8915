"""What HTTP callers of functions see of failures: nothing of their insides, and not for ever.

ministack shows an error's message and trace to whoever calls, takes any result for an answer,
and waits as long as the function does.

AWS: "Handle Lambda errors in API Gateway", "Set up Lambda proxy integrations in API Gateway",
"Quotas for configuring and running a REST API in API Gateway".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import asyncio
import contextvars
import json
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PROXY_KEYS: Final = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_BAD_GATEWAY: Final = 502
_INTERNAL_ERROR: Final = 500

Response = tuple[int, dict[str, Any], bytes]


def http_answers() -> Mend:
    """Answer HTTP callers for functions that fail or take too long."""
    return Mend(
        name="failures of functions behind HTTP",
        reference="Handle Lambda errors in API Gateway",
        symbols=(
            Symbol(
                "services.lambda_svc:lambda_execute_result_to_api_proxy_response", "exec_result"
            ),
            Symbol("services.apigateway_v1:_lambda_proxy_response", "result"),
            Symbol("services.apigateway_v1:_invoke_lambda_proxy_v1"),
            Symbol("services.apigateway:_invoke_lambda_proxy"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service, rest, http = (
        module(f"services.{name}") for name in ("lambda_svc", "apigateway_v1", "apigateway")
    )
    status = contextvars.ContextVar("preamp_status_of_a_failure", default=_BAD_GATEWAY)
    shape = _hiding(status, service.lambda_execute_result_to_api_proxy_response)
    service.lambda_execute_result_to_api_proxy_response = shape
    rest._lambda_proxy_response = _strict(rest._lambda_proxy_response)
    late = _message(504, "Endpoint request timed out")
    rest._invoke_lambda_proxy_v1 = _limited(rest._invoke_lambda_proxy_v1, late, 29_000)
    late = _message(503, "Service Unavailable")
    limited = _limited(http._invoke_lambda_proxy, late, 30_000)

    async def invoke_http_api(*arguments: Any, **options: Any) -> Response:  # noqa: ANN401
        status.set(_INTERNAL_ERROR)
        return await limited(*arguments, **options)

    http._invoke_lambda_proxy = invoke_http_api


def _message(status: int, text: str) -> Response:
    return status, {"Content-Type": "application/json"}, json.dumps({"message": text}).encode()


def _hiding(
    status: contextvars.ContextVar[int], upstream: Callable[[dict[str, Any]], Any]
) -> Callable[[dict[str, Any]], Any]:
    def shape(result: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
        if not result.get("error") or result.get("throttle"):
            shaped: tuple[dict[str, Any] | None, str | None] = upstream(result)
            return shaped
        code, headers, body = _message(status.get(), "Internal Server Error")
        return {"statusCode": code, "headers": headers, "body": body.decode()}, None

    return shape


def _strict(upstream: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """A REST API takes nothing but what a proxy integration is to answer."""

    def shape(result: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
        body = result.get("body")
        is_answer = isinstance(body, dict) and set(body) <= _PROXY_KEYS
        if not result.get("throttle") and (result.get("error") or not is_answer):
            return None, "Internal server error"
        shaped: tuple[dict[str, Any] | None, str | None] = upstream(result)
        return shaped

    return shape


def _limited(
    upstream: Callable[..., Awaitable[Response]], late: Response, default: int
) -> Callable[..., Awaitable[Response]]:
    async def invoke(
        integration: dict[str, Any],
        *arguments: Any,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Response:
        most = int(integration.get("timeoutInMillis") or default) / 1000
        # The function goes on; only its caller is told not to wait.
        task = asyncio.ensure_future(upstream(integration, *arguments, **options))
        done, _ = await asyncio.wait({task}, timeout=most)
        return await task if done else late

    return invoke
