"""What an invocation gives back: the handler's error as AWS words it, and its whole log.

AWS: "Invoke" of the Lambda API reference, "Using Lambda function logs".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import math
import time
from typing import Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

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
            Symbol(
                "services.lambda_svc:_xray_trace_id_for_invocation", "config inbound_trace_header"
            ),
            Symbol("services.lambda_svc:_invoke_depth"),
            Symbol("services.lambda_svc:_durable_env_overlay", ""),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")

    def execute(func: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
        config = func.get("config") or func
        package = func.get("code_zip")
        if not package:
            return _answer({"status": "error", "error_payload": _NO_CODE}, config, request_id, 0.0)
        service._ensure_reaper_thread()
        started = time.monotonic()
        result = _invoke(service, config, package, event, request_id)
        return _answer(result, config, request_id, time.monotonic() - started)

    service._execute_function_warm = execute


def _invoke(
    service: Upstream, config: dict[str, Any], package: bytes, event: object, request_id: str
) -> dict[str, Any]:
    name, version = config["FunctionName"], config.get("Version", "$LATEST")
    worker, _ = service.acquire_worker(name, config, package, qualifier=version)
    try:
        result: dict[str, Any] = worker.invoke(
            event,
            request_id,
            trace_id=service._xray_trace_id_for_invocation(config),
            invoked_function_arn=config.get("FunctionArn", ""),
            depth=service._invoke_depth.get(),
            durable=service._durable_env_overlay(),
        )
    except Exception as error:  # noqa: BLE001 - a worker that cannot even start
        return {"status": "error", "error": f"{type(error).__name__}: {error}"}
    finally:
        service.release_worker(worker)
    return result


def _answer(
    result: dict[str, Any], config: dict[str, Any], request_id: str, seconds: float
) -> dict[str, Any]:
    answer = {
        "log": _log(result, config, request_id, seconds),
        # Then START, END and REPORT are taken to be in it; callers get them too.
        "log_source": "rie",
    }
    if result["status"] == "ok":
        return {**answer, "body": result.get("result")}
    return {**answer, "body": _payload(result), "error": True, "function_error": "Unhandled"}


def _payload(result: dict[str, Any]) -> dict[str, Any]:
    payload = result.get("error_payload")
    if payload is not None:
        return dict(payload)
    # ministack's own Node workers tell no more than the message and JavaScript's stack.
    trace = str(result.get("trace") or "").splitlines()
    named = trace[0].split(":")[0] if trace else "Error"
    message = str(result.get("error") or "unknown error")
    return {"errorType": named or "Error", "errorMessage": message, "trace": trace}


def _log(result: dict[str, Any], config: dict[str, Any], request_id: str, seconds: float) -> str:
    version = config.get("Version", "$LATEST")
    duration = seconds * 1000
    lines = [f"START RequestId: {request_id} Version: {version}"]
    lines += str(result.get("log") or "").splitlines()
    if result["status"] == "error" and not result.get("error_payload"):
        lines += str(result.get("trace") or result.get("error") or "").splitlines()
    report = "\t".join(
        (
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration:.2f} ms",
            f"Billed Duration: {math.ceil(duration)} ms",
            f"Memory Size: {config.get('MemorySize', 128)} MB",
        )
    )
    lines += [f"END RequestId: {request_id}", report]
    return "\n".join(lines) + "\n"
