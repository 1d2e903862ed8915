"""Schedules fire when they are due, and tell their input about themselves.

ministack looks for due rules and schedules every ten seconds, and passes the keywords for
context attributes on as they stand.

AWS: "Adding context attributes in EventBridge Scheduler".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS: Final = 0.5


def schedules() -> Mend:
    """Look twice a second for what is due, fill in context attributes."""
    return Mend(
        name="schedules",
        reference="Adding context attributes in EventBridge Scheduler",
        symbols=(
            Symbol("services.scheduler:_SCHEDULE_TICK_INTERVAL"),
            Symbol("services.scheduler:_tick_schedules", ""),
            Symbol("services.eventbridge:_SCHEDULER_TICK_INTERVAL"),
            Symbol("services.eventbridge:_invoke_target", "target event rule view"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    events = module("services.eventbridge")
    module("services.scheduler")._SCHEDULE_TICK_INTERVAL = _SECONDS
    events._SCHEDULER_TICK_INTERVAL = _SECONDS
    upstream: Callable[..., None] = events._invoke_target

    def invoke_target(
        target: dict[str, Any],
        event: dict[str, Any],
        rule: dict[str, Any],
        view: Any = None,  # noqa: ANN401
    ) -> None:
        if ":scheduler:" in rule["Arn"] and target.get("Input"):
            target = {**target, "Input": _filled_in(target["Input"], rule["Arn"])}
        upstream(target, event, rule, view)

    events._invoke_target = invoke_target


def _filled_in(text: str, schedule: str) -> str:
    attributes = {
        "schedule-arn": schedule,
        "scheduled-time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
