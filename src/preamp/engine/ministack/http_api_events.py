"""Events of HTTP APIs and function URLs in the payload format that is asked for.

ministack writes format 2.0 whatever an integration says, and leaves cookies among the headers.

AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Event = dict[str, Any]


def http_api_events() -> Mend:
    """Write format 1.0 where it is asked for, and all of format 2.0 elsewhere."""
    return Mend(
        name="payload formats of HTTP APIs",
        reference="Create AWS Lambda proxy integrations for HTTP APIs in API Gateway",
        symbols=(
            Symbol("services.apigateway:_invoke_lambda_proxy"),
            Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
            Symbol("services.lambda_svc:_build_function_url_event"),
            Symbol(
                "services.lambda_svc:lambda_execute_result_to_api_proxy_response", "exec_result"
            ),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    http, service = module("services.apigateway"), module("services.lambda_svc")
    version: contextvars.ContextVar[str | None] = contextvars.ContextVar(
        "preamp_payload_format", default=None
    )
    invoke: Callable[..., Awaitable[Any]] = http._invoke_lambda_proxy
    execute: Callable[[Any, Event], Any] = service._execute_function_with_config_scope
    build: Callable[..., Event] = service._build_function_url_event
    shape: Callable[[Any], Any] = service.lambda_execute_result_to_api_proxy_response

    async def invoke_lambda_proxy(integration: Event, *arguments: Any, **more: Any) -> object:  # noqa: ANN401
        version.set(integration.get("payloadFormatVersion") or "1.0")
        return await invoke(integration, *arguments, **more)

    def execute_function(func: Any, event: Any) -> object:  # noqa: ANN401
        asked = version.get()
        if asked is None or event.get("version") != "2.0":
            return execute(func, event)
        # What the function calls in turn is no concern of the API's.
        version.set(None)
        return execute(func, version_1(event) if asked == "1.0" else version_2(event))

    def shape_answer(result: Any) -> object:  # noqa: ANN401
        answer, error = shape(result)
        if version.get() == "1.0" and answer:
            headers = {**(answer.get("headers") or {}), **(answer.get("multiValueHeaders") or {})}
            answer = {**answer, "headers": headers}
        return answer, error

    def build_url_event(*arguments: Any, **more: Any) -> Event:  # noqa: ANN401
        return version_2(build(*arguments, **more))

    service._build_function_url_event = build_url_event
    http._invoke_lambda_proxy = invoke_lambda_proxy
    service._execute_function_with_config_scope = execute_function
    service.lambda_execute_result_to_api_proxy_response = shape_answer


def version_2(event: Event) -> Event:
    """Complete an event of format 2.0.

    Args:
        event: The event as ministack wrote it.
    """
    headers = dict(event.get("headers") or {})
    cookie = headers.pop("cookie", None)
    if not cookie:
        return event
    return {**event, "headers": headers, "cookies": [each.strip() for each in cookie.split(";")]}


def version_1(event: Event) -> Event:
    """Rewrite an event of format 2.0.

    Args:
        event: The event as ministack wrote it.
    """
    context = event["requestContext"]
    http = context["http"]
    headers = dict(event.get("headers") or {})
    query = parse_qs(event.get("rawQueryString") or "", keep_blank_values=True)
    _, _, resource = event["routeKey"].partition(" ")
    return {
        "version": "1.0",
        "resource": resource or event["routeKey"],
        "path": event["rawPath"],
        "httpMethod": http["method"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": _context(context, resource or event["routeKey"]),
        "pathParameters": event.get("pathParameters"),
        "stageVariables": event.get("stageVariables"),
        "body": event.get("body"),
        "isBase64Encoded": bool(event.get("isBase64Encoded")),
    }


def _context(context: Event, resource: str) -> Event:
    http = context["http"]
    now = datetime.now(UTC)
    authorizer = context.get("authorizer") or {}
    names = ("accountId", "apiId", "domainName", "domainPrefix", "requestId", "stage")
    return {
        **{name: context.get(name) for name in names},
        "authorizer": authorizer.get("jwt") or authorizer.get("lambda") or authorizer,
        "extendedRequestId": context.get("requestId"),
        "httpMethod": http["method"],
        "identity": {"sourceIp": http.get("sourceIp"), "userAgent": http.get("userAgent")},
        "path": http["path"],
        "protocol": http.get("protocol"),
        "requestTime": context.get("time") or f"{now:%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": context.get("timeEpoch") or int(now.timestamp() * 1000),
        "resourceId": context.get("routeKey"),
        "resourcePath": resource,
    }
