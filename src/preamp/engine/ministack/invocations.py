"""What an invocation gives back: the handler's error as AWS words it, and its whole log.

AWS: "Invoke" of the Lambda API reference, "Using Lambda function logs".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING, Any

from preamp.contract.activity import InvocationEnded
from preamp.engine.ministack.calls import current_call
from preamp.engine.ministack.function_logs import log_source
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from preamp.contract.activity import InvocationOutcome

STREAMED = "preamp_streamed"
"""Where a result of the emulator's executor has the bytes that a handler streamed."""

_TIMED_OUT = "Sandbox.Timedout"
_NO_ROOM = "ConcurrentInvocationLimitExceeded"
_NO_ROOM_TEXT = "Rate Exceeded: this machine bears no more execution environments at a time"
_NO_CODE = {
    "errorType": "Runtime.InvalidEntrypoint",
    "errorMessage": "the function has no deployment package",
}


def invocation_results() -> Mend:
    """Report the handler's own error, refuse to answer for a function without code."""
    return Mend(
        name="invocation results",
        reference="Invoke, Lambda API reference",
        symbols=(
            Symbol("services.lambda_svc:_execute_function_warm", "func event request_id"),
            Symbol("services.lambda_svc:_ensure_reaper_thread", ""),
            Symbol(
                "services.lambda_svc:acquire_worker",
                "func_name config code_zip qualifier max_concurrency",
            ),
            Symbol("services.lambda_svc:release_worker", "worker"),
            Symbol("services.lambda_svc:_throttle_response", "reason_code msg retry_after"),
            Symbol(
                "services.lambda_svc:_xray_trace_id_for_invocation", "config inbound_trace_header"
            ),
            Symbol("services.lambda_svc:_invoke_depth"),
            Symbol("services.lambda_svc:_durable_env_overlay", ""),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    service = module("services.lambda_svc")

    def execute(func: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
        config = func.get("config") or func
        package = func.get("code_zip")
        if not package:
            return _answer({"status": "error", "error_payload": _NO_CODE}, config, request_id, 0.0)
        service._ensure_reaper_thread()
        started = time.monotonic()
        result = _invoke(service, config, package, event, request_id)
        tools.activity.add(_ended(config["FunctionName"], request_id, result))
        if result is None:
            throttled: dict[str, Any] = service._throttle_response(_NO_ROOM, _NO_ROOM_TEXT)
            return throttled
        return _answer(result, config, request_id, time.monotonic() - started)

    service._execute_function_warm = execute


def _invoke(
    service: Upstream, config: dict[str, Any], package: bytes, event: object, request_id: str
) -> dict[str, Any] | None:
    """Invoke in a worker; None if there is none to be had."""
    name, version = config["FunctionName"], config.get("Version", "$LATEST")
    worker, _ = service.acquire_worker(name, config, package, qualifier=version)
    if worker is None:
        return None
    call = current_call()
    try:
        result: dict[str, Any] = worker.invoke(
            event,
            request_id,
            trace_id=service._xray_trace_id_for_invocation(config),
            invoked_function_arn=_asked_for(config),
            depth=service._invoke_depth.get(),
            durable=service._durable_env_overlay(),
            client_context=call.client_context if call else None,
        )
    except Exception as error:  # noqa: BLE001 - a worker that cannot even start
        failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return {"status": "error", "error_payload": failure}
    finally:
        service.release_worker(worker)
    return result


def _asked_for(config: dict[str, Any]) -> str:
    """The function's ARN with the qualifier that was asked for."""
    arn: str = config.get("FunctionArn", "")
    call = current_call()
    if call is None or call.qualifier is None:
        return arn
    return f"{arn.rpartition(':')[0]}:{call.qualifier}"


def _ended(function: str, request_id: str, result: dict[str, Any] | None) -> InvocationEnded:
    now = time.time()
    if result is None:
        return InvocationEnded(now, function, request_id, 0.0, "throttled")
    outcome = result.get("outcome")
    duration, init = (outcome.duration_ms, outcome.init_ms) if outcome else (0.0, 0.0)
    cold = bool(outcome and outcome.cold)
    if result["status"] == "ok":
        return InvocationEnded(now, function, request_id, duration, "succeeded", cold, init)
    error = result["error_payload"]
    kind, message = str(error.get("errorType") or ""), str(error.get("errorMessage") or "")
    how: InvocationOutcome = "timed out" if kind == _TIMED_OUT else "failed"
    return InvocationEnded(now, function, request_id, duration, how, cold, init, kind, message)


def _answer(
    result: dict[str, Any], config: dict[str, Any], request_id: str, seconds: float
) -> dict[str, Any]:
    outcome = result.get("outcome")
    answer = {
        "log": outcome.log if outcome else _log(result, config, request_id, seconds),
        "log_source": log_source(outcome.log_stream) if outcome else "rie",
    }
    if result["status"] == "ok":
        return {**answer, **_given(result)}
    return {
        **answer,
        "body": dict(result["error_payload"]),
        "error": True,
        "function_error": "Unhandled",
    }


def _given(result: dict[str, Any]) -> dict[str, Any]:
    """What the handler gave: a value, and the bytes it streamed for who can do with them."""
    outcome = result.get("outcome")
    if outcome is None or not outcome.streamed:
        return {"body": result.get("result")}
    call = current_call()
    takes_bytes = call is not None and call.takes_bytes
    body = outcome.payload if takes_bytes else result.get("result")
    return {"body": body, STREAMED: outcome.payload}


def _log(result: dict[str, Any], config: dict[str, Any], request_id: str, seconds: float) -> str:
    """The log of an invocation that reached no worker."""
    duration = seconds * 1000
    report = "\t".join(
        (
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration:.2f} ms",
            f"Billed Duration: {math.ceil(duration)} ms",
            f"Memory Size: {config.get('MemorySize', 128)} MB",
        )
    )
    lines = (
        f"START RequestId: {request_id} Version: {config.get('Version', '$LATEST')}",
        json.dumps(result["error_payload"]),
        f"END RequestId: {request_id}",
        report,
    )
    return "\n".join(lines) + "\n"
