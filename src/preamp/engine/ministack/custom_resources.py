"""Custom resources whose function fails, fail: at once, with the function's error.

AWS waits an hour for an answer that will not come. Here the answer is known, so this differs
on purpose.

AWS: "Custom resource request types", CloudFormation user guide.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULE: Final = "services.cloudformation.custom_resource"
_INVOKE: Final = (
    "request_type logical_id props stack_name stack_id resource_type physical_id old_props"
)


def failing_custom_resources() -> Mend:
    """Take an error of a custom resource's function for its answer."""
    return Mend(
        name="failing custom resources",
        reference="Custom resource request types",
        symbols=(
            Symbol(f"{_MODULE}:invoke_custom_resource", _INVOKE),
            Symbol(f"{_MODULE}:_pending"),
            Symbol(f"{_MODULE}:deliver_response", "token response"),
            Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    # Only CloudFormation's own call counts: a provider may well let its helpers fail.
    is_own_call = contextvars.ContextVar("preamp_custom_resource", default=False)
    custom_resource, service = module(_MODULE), module("services.lambda_svc")
    invoke: Callable[..., object] = custom_resource.invoke_custom_resource
    execute: Callable[..., dict[str, Any]] = service._execute_function_with_config_scope

    def marked_invoke(*arguments: object, **options: object) -> object:
        token = is_own_call.set(True)
        try:
            return invoke(*arguments, **options)
        finally:
            is_own_call.reset(token)

    def watched_execute(func: dict[str, Any], event: Any) -> dict[str, Any]:  # noqa: ANN401
        is_own = is_own_call.get()
        is_own_call.set(False)
        result = execute(func, event)
        if is_own and result.get("error"):
            _answer_for(custom_resource, func["config"]["FunctionName"], event, result)
        return result

    custom_resource.invoke_custom_resource = marked_invoke
    service._execute_function_with_config_scope = watched_execute


def _answer_for(
    custom_resource: Upstream, function: str, event: dict[str, Any], result: dict[str, Any]
) -> None:
    token = event["ResponseURL"].rpartition("/")[2]
    pending = custom_resource._pending.get(token)
    if pending is None or pending["result"] is not None:
        return
    body = result.get("body")
    error = body if isinstance(body, dict) else {}
    what = f"{error.get('errorType', 'Error')}: {error.get('errorMessage', body)}"
    reason = f"{function}: {what} (see the log group /aws/lambda/{function})"
    custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})
