"""Schedules that are changed. AWS: "Schedule types in EventBridge Scheduler"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.ministack.schedules import begin_anew

if TYPE_CHECKING:
    from collections.abc import Hashable


def schedule(expression: str, created: float = 1.0) -> dict[str, Any]:
    return {"ScheduleExpression": expression, "CreationDate": created}


def fired_after(before: dict[str, Any], after: dict[str, Any] | None) -> dict[Hashable, float]:
    """When a schedule fired last, as it is known after a change; it was at 10 before."""
    fired: dict[Hashable, float] = {"key": 10.0}
    seen: dict[Hashable, tuple[object, ...]] = {}
    begin_anew({"key": before}, seen, fired)
    assert fired == {"key": 10.0}
    begin_anew({} if after is None else {"key": after}, seen, fired)
    return fired


@pytest.mark.parametrize("after", ["at(2026-01-01T00:00:00)", "cron(0 8 * * ? *)"])
def test_another_time_has_not_fired_yet(after: str) -> None:
    assert fired_after(schedule("cron(0 9 * * ? *)"), schedule(after)) == {}


def test_another_schedule_of_the_same_name_has_not_fired_yet() -> None:
    once = "at(2026-01-01T00:00:00)"
    assert fired_after(schedule(once), schedule(once, created=2.0)) == {}
    assert fired_after(schedule(once), None) == {}


def test_what_stays_as_it_is_has_fired() -> None:
    once = schedule("at(2026-01-01T00:00:00)")
    assert fired_after(once, {**once, "State": "DISABLED"}) == {"key": 10.0}


def test_a_rate_counts_from_the_change() -> None:
    assert fired_after(schedule("cron(0 9 * * ? *)"), schedule("rate(1 minute)"))["key"] > 10.0
