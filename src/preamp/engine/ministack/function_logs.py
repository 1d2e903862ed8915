"""Where functions log: the stream of their environment, exactly what the host has written.

ministack gives every invocation a stream of its own, and adds START, END and REPORT as text to a
log that has them as JSON.

AWS: "Sending Lambda function logs to CloudWatch Logs", "Configuring JSON and plain text log
formats".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK: Final = "preamp:"


def function_logs() -> Mend:
    """Write the log of an environment into its stream, as it is."""
    return Mend(
        name="logs of functions",
        reference="Sending Lambda function logs to CloudWatch Logs",
        symbols=(
            Symbol(
                "services.lambda_svc:_emit_lambda_logs",
                "func request_id log_text error duration_ms log_source",
            ),
            Symbol("services.cloudwatch_logs:_log_groups"),
            Symbol("services.cloudwatch_logs:_create_log_group", "data"),
            Symbol("services.cloudwatch_logs:_create_log_stream", "data"),
            Symbol("services.cloudwatch_logs:_append_log_events", "stream events"),
            Symbol(
                "services.cloudwatch_logs:_fanout_to_subscription_filters",
                "group_name stream_name events",
            ),
            Symbol(
                "services.cloudwatch_logs:_fanout_to_live_tail_sessions",
                "group_name stream_name events",
            ),
        ),
        apply=_apply,
    )


def log_source(stream: str) -> str:
    """What a result of the emulator's executor says of its log: that it is whole, and where to.

    Args:
        stream: Name of the log stream.
    """
    return _MARK + stream


def _apply(_: Tools) -> None:
    service, logs = module("services.lambda_svc"), module("services.cloudwatch_logs")
    upstream: Callable[..., None] = service._emit_lambda_logs

    def emit(
        func: dict[str, Any],
        request_id: str,
        log_text: str,
        error: bool,  # noqa: FBT001 - part of the contract
        duration_ms: int,
        *,
        log_source: str | None = None,
    ) -> None:
        if log_source is None or not log_source.startswith(_MARK):
            upstream(func, request_id, log_text, error, duration_ms, log_source=log_source)
            return
        config = func.get("config") or func
        settings = config.get("LoggingConfig") or {}
        group = settings.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        _write(logs, group, log_source.removeprefix(_MARK), log_text.splitlines())

    service._emit_lambda_logs = emit


def _write(logs: Upstream, group: str, stream: str, lines: list[str]) -> None:
    if not lines:
        return
    if group not in logs._log_groups:
        logs._create_log_group({"logGroupName": group})
    streams = logs._log_groups[group]["streams"]
    if stream not in streams:
        logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
    logs._append_log_events(streams[stream], events)
    logs._fanout_to_subscription_filters(group, stream, events)
    logs._fanout_to_live_tail_sessions(group, stream, events)
