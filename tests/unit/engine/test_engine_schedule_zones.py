"""Time zones of schedules. AWS: "Schedule types in EventBridge Scheduler"."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preamp.engine.ministack.schedules import Zoned, at_in_zone, in_zone, keeping_zone, set_zones


def read_hour(expression: str) -> tuple[int, ...]:
    return (int(expression),)


def next_hour(fields: tuple[int, ...], after: datetime) -> datetime:
    """The next time that this hour begins on the clock of `after`."""
    due = after.replace(hour=fields[0], minute=0, second=0)
    return due if due > after else due + timedelta(days=1)


def schedule(expression: str, zone: str) -> dict[str, Any]:
    made = {"ScheduleExpression": expression, "ScheduleExpressionTimezone": zone}
    set_zones([made])
    return made


@pytest.mark.parametrize(
    ("zone", "month", "due"),
    [
        ("Europe/Paris", 1, 8),
        ("Europe/Paris", 7, 7),
        ("Asia/Tokyo", 1, 0),
        ("UTC", 1, 9),
        ("Nowhere/Land", 1, 9),
    ],
)
def test_a_cron_expression_is_read_on_the_clock_of_its_zone(
    zone: str, month: int, due: int
) -> None:
    expression = schedule("9", zone)["ScheduleExpression"]
    fields = keeping_zone(read_hour)(expression)
    found = in_zone(next_hour)(fields, datetime(2026, month, 1, tzinfo=UTC) - timedelta(minutes=1))
    assert found is not None
    assert found.astimezone(UTC).hour == due


def test_what_is_no_cron_expression_stays_none() -> None:
    def refuse(_: str) -> None:
        return None

    assert keeping_zone(refuse)(schedule("9", "Asia/Tokyo")["ScheduleExpression"]) is None


def test_a_single_time_is_that_of_its_zone() -> None:
    def read(expression: str) -> float:
        return datetime.fromisoformat(expression).replace(tzinfo=UTC).timestamp()

    expression = schedule("2026-07-01T09:00:00", "Europe/Paris")["ScheduleExpression"]
    assert at_in_zone(read)(expression) == datetime(2026, 7, 1, 7, tzinfo=UTC).timestamp()


def test_an_expression_is_kept_as_text() -> None:
    expression = schedule("9", "Asia/Tokyo")["ScheduleExpression"]
    assert isinstance(expression, Zoned)
    assert type(pickle.loads(pickle.dumps(expression))) is str  # noqa: S301 - our own
