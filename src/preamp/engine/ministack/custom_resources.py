"""Custom resources whose function fails or never answers, fail: at once, with its error.

AWS waits an hour for an answer that will not come. Here the answer is known, so this differs
on purpose. A function that returns without an answer may have left it to something else, a
state machine or another function: that is waited for, as long as any of them runs.

AWS: "Custom resource request types", CloudFormation user guide.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULE: Final = "services.cloudformation.custom_resource"
_INVOKE: Final = (
    "request_type logical_id props stack_name stack_id resource_type physical_id old_props"
)
_THROTTLE_SECONDS: Final = 0.1
_MOST_THROTTLED_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.25
_SLACK: Final = 0.001
_MOST_SECONDS: Final = 300.0
_MOST_QUIET_SECONDS: Final = 10.0

Result = dict[str, Any]


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
            Symbol("services.lambda_svc:executions_in_flight", ""),
            Symbol("services.stepfunctions:_executions"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    # Only CloudFormation's own call counts: a provider may well let its helpers fail.
    is_own_call = contextvars.ContextVar("preamp_custom_resource", default=False)
    custom_resource, service = module(_MODULE), module("services.lambda_svc")
    invoke: Callable[..., object] = custom_resource.invoke_custom_resource
    execute: Callable[[dict[str, Any], Any], Result] = service._execute_function_with_config_scope

    def marked_invoke(*arguments: object, **options: object) -> object:
        token = is_own_call.set(True)
        try:
            return invoke(*arguments, **options)
        finally:
            is_own_call.reset(token)

    def watched_execute(func: dict[str, Any], event: Any) -> Result:  # noqa: ANN401
        if not is_own_call.get():
            return execute(func, event)
        is_own_call.set(False)
        request = _Request(custom_resource, func["config"], event["ResponseURL"])
        result = _execute_when_there_is_room(execute, func, event)
        if result.get("error"):
            request.fail(_error_of(result))
        else:
            threading.Thread(target=request.watch, daemon=True).start()
        return result

    custom_resource.invoke_custom_resource = marked_invoke
    service._execute_function_with_config_scope = watched_execute


def _execute_when_there_is_room(
    execute: Callable[[dict[str, Any], Any], Result], func: dict[str, Any], event: object
) -> Result:
    until = time.monotonic() + _MOST_THROTTLED_SECONDS
    while (result := execute(func, event)).get("throttle") and time.monotonic() < until:
        time.sleep(_THROTTLE_SECONDS)
    return result


class _Request:
    """A request whose answer CloudFormation waits for."""

    def __init__(
        self, custom_resource: Upstream, config: dict[str, Any], response_url: str
    ) -> None:
        self._custom_resource = custom_resource
        self._function = config["FunctionName"]
        self._quiet_seconds = min(float(config.get("Timeout", 3)), _MOST_QUIET_SECONDS)
        self._token = response_url.rpartition("/")[2]
        self._asked_at = time.time()

    def is_open(self) -> bool:
        pending = self._custom_resource._pending.get(self._token)
        return pending is not None and pending["result"] is None

    def fail(self, what: str) -> None:
        if self.is_open():
            where = f"see the log group /aws/lambda/{self._function}"
            answer = {"Status": "FAILED", "Reason": f"{self._function}: {what} ({where})"}
            self._custom_resource.deliver_response(self._token, answer)

    def watch(self) -> None:
        """Give up when nothing has been running for a while that could still answer."""
        began = quiet_since = time.monotonic()
        while self.is_open():
            now = time.monotonic()
            in_flight, _ = module("services.lambda_svc").executions_in_flight()
            if self._has_machine():
                began = quiet_since = now
            elif in_flight and now - began < _MOST_SECONDS:
                quiet_since = now
            if now - quiet_since > self._quiet_seconds:
                self.fail("it returned without an answer, and nothing runs that could give it")
            time.sleep(_LOOK_SECONDS)

    def _has_machine(self) -> bool:
        """Tell whether a state machine runs that may have been started for this."""
        executions = module("services.stepfunctions")._executions.all_values()
        return any(
            each["status"] == "RUNNING" and _seconds(each["startDate"]) > self._asked_at - _SLACK
            for each in list(executions)
        )


def _seconds(moment: object) -> float:
    if isinstance(moment, int | float):
        return float(moment)
    return datetime.fromisoformat(str(moment)).timestamp()


def _error_of(result: Result) -> str:
    body = result.get("body")
    error = body if isinstance(body, dict) else {}
    return f"{error.get('errorType', 'Error')}: {error.get('errorMessage', body)}"
