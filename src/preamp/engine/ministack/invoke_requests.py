"""The Invoke request itself: what it refuses, which version it chooses, what it passes on.

ministack takes a payload of any size, takes what is no JSON for an empty event, drops the client
context and the weights of an alias, and gives the handler another request id than the caller.

AWS: "Invoke", Lambda API reference; "Lambda quotas"; "Implement Lambda canary deployments using a
weighted alias".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.calls import Call, calling, current_call
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

SYNCHRONOUS_BYTES: Final = 6 * 1024 * 1024
"""Most a synchronous request may carry."""

ASYNCHRONOUS_BYTES: Final = 1024 * 1024
"""Most an asynchronous request may carry (AWS: "Invoke", Lambda API reference)."""

_INVOCATIONS: Final = ("/invocations", "/response-streaming-invocations")

Response = tuple[int, dict[str, str], bytes]


def invoke_requests() -> Mend:
    """Check requests, choose among an alias's versions, keep what is beside the payload."""
    return Mend(
        name="requests to invoke",
        reference="Invoke, Lambda API reference",
        symbols=(
            Symbol(
                "app:_dispatch_service_request", "method path headers body query_params request_id"
            ),
            Symbol("services.lambda_svc:handle_request", "method path headers body query_params"),
            Symbol("services.lambda_svc:_invoke", "name event headers path_qualifier query_params"),
            Symbol(
                "services.lambda_svc:_execute_function_dispatch",
                "func config event request_id started",
            ),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_get_base_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_resolve_name_and_qualifier", "name_or_arn"),
            Symbol("services.lambda_svc:_functions"),
            Symbol("core.responses:error_response_json"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    app, service = module("app"), module("services.lambda_svc")
    app._dispatch_service_request = _naming(app._dispatch_service_request)
    service.handle_request = _checking(service.handle_request)
    service._execute_function_dispatch = _named(service._execute_function_dispatch)
    service._invoke = _choosing(service, service._invoke)
    service._get_func_record_for_ref = _choosing_by_name(service, service._get_func_record_for_ref)


def _naming(upstream: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """Let an invocation have its request's id and client context."""

    async def dispatch(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        request_id: str,
    ) -> Response:
        if not path.endswith(_INVOCATIONS):
            return await upstream(method, path, headers, body, query_params, request_id)
        awaited = headers.get("x-amz-invocation-type") != "Event"
        with calling(Call(request_id, _client_context(headers), takes_bytes=awaited)):
            return await upstream(method, path, headers, body, query_params, request_id)

    return dispatch


def _client_context(headers: Mapping[str, str]) -> str | None:
    encoded = headers.get("x-amz-client-context")
    return base64.b64decode(encoded).decode("utf-8", "replace") if encoded else None


def _named(upstream: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def execute(
        func: dict[str, Any], config: dict[str, Any], event: object, request_id: str, started: float
    ) -> dict[str, Any]:
        call = current_call()
        return upstream(func, config, event, call.request_id if call else request_id, started)

    return execute


def _checking(upstream: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
    ) -> Response:
        refusal = _refusal(headers, body) if path.endswith(_INVOCATIONS) else None
        return refusal or await upstream(method, path, headers, body, query_params)

    return handle_request


def _refusal(headers: Mapping[str, str], body: bytes) -> Response | None:
    error: Callable[[str, str, int], Response] = module("core.responses").error_response_json
    kind = headers.get("x-amz-invocation-type", "RequestResponse")
    limit = ASYNCHRONOUS_BYTES if kind == "Event" else SYNCHRONOUS_BYTES
    if len(body) > limit:
        what = f"{len(body)} byte payload is too large for the {kind} invocation type"
        return error("RequestTooLargeException", f"{what} (limit {limit} bytes)", 413)
    try:
        json.loads(body or b"{}")
    except ValueError as problem:
        text = f"Could not parse request body into json: {problem}"
        return error("InvalidRequestContentException", text, 400)
    return None


def _choosing(
    service: Upstream, upstream: Callable[..., Awaitable[Response]]
) -> Callable[..., Awaitable[Response]]:
    async def invoke(
        name: str,
        event: object,
        headers: dict[str, str],
        path_qualifier: str | None = None,
        query_params: dict[str, Any] | None = None,
    ) -> Response:
        values = (query_params or {}).get("Qualifier") or [None]
        qualifier = path_qualifier or (values if isinstance(values, str) else values[0])
        version = _draw(service._functions.get(name), qualifier)
        call = current_call()
        # An event is drawn for when it runs.
        if version is None or call is None or headers.get("x-amz-invocation-type") == "Event":
            return await upstream(name, event, headers, path_qualifier, query_params)
        with calling(replace(call, qualifier=qualifier)):
            return await upstream(name, event, headers, version, query_params)

    return invoke


def _choosing_by_name(service: Upstream, upstream: Callable[[str], Any]) -> Callable[[str], Any]:
    def get_record(function_ref: str) -> tuple[Any, Any, str]:
        func, config, name = upstream(function_ref)
        base, _, _ = service._get_base_func_record_for_ref(function_ref)
        _, qualifier = service._resolve_name_and_qualifier(function_ref)
        version = _draw(base, qualifier)
        if func is None or version is None:
            return func, config, name
        record = base if version == "$LATEST" else base["versions"][version]
        return record, record["config"], name

    return get_record


def _draw(function: dict[str, Any] | None, qualifier: str | None) -> str | None:
    """Choose one of an alias's versions by their weights; None if there is no choice."""
    alias = (function or {}).get("aliases", {}).get(qualifier) or {}
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    if not weights:
        return None
    drawn = random.random()  # noqa: S311 - nothing secret is drawn
    for version, weight in weights.items():
        drawn -= float(weight)
        if drawn < 0:
            return str(version)
    return str(alias["FunctionVersion"])
