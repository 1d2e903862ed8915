from __future__ import annotations

from typing import Any

import pytest

from preamp.definition.schedule import Schedule, read_schedules
from preamp.errors import UserError


def expression(given: Any) -> str:
    (schedule,) = read_schedules(given, 3, None)
    return schedule.expression


@pytest.mark.parametrize(
    ("rate", "cron"),
    [
        ("every 1m", "*/1 * * * ? *"),
        ("every 59m", "*/59 * * * ? *"),
        ("every 2h", "0 */2 * * ? *"),
        ("every day", "0 0 * * ? *"),
        ("every week", "0 0 ? * 1 *"),
        ("every month", "0 0 1 * ? *"),
        ("every year", "0 0 1 1 ? *"),
    ],
)
def test_a_rate_is_a_time_of_the_clock(rate: str, cron: str) -> None:
    assert expression(rate) == f"cron({cron})"


@pytest.mark.parametrize(
    ("given", "cron"),
    [
        ("0 9 ? * 2 *", "0 9 ? * 2 *"),
        ("*/15 0-6 1,15 * ?", "*/15 0-6 1,15 * ? *"),
        ("5/10 * * * ? 2030", "5/10 * * * ? 2030"),
        ("0 8-18/2 ? * MON-FRI *", "0 8-18/2 ? * MON-FRI *"),
        ("0 0 L * ?", "0 0 L * ? *"),
        ("0 0 ? JAN,jul 6#3", "0 0 ? JAN,jul 6#3 *"),
        ("0  0 15W * ?", "0 0 15W * ? *"),
    ],
)
def test_a_cron_expression_has_five_or_six_fields(given: str, cron: str) -> None:
    assert expression(given) == f"cron({cron})"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "0 9 * *",
        "0 9 ? * 2 * *",
        "60 0 * * ?",
        "0 24 * * ?",
        "0 0 0 * ?",
        "0 0 32 * ?",
        "0 0 1 13 ?",
        "0 0 ? * 0",
        "0 0 ? * 8",
        "0 0 1 1 ? 1969",
        "0 0 1 1 ? 2200",
        "*/0 0 * * ?",
        "*/x 0 * * ?",
        "70/5 0 * * ?",
        "30-10 0 * * ?",
        "1,70 0 * * ?",
        "1.5 0 * * ?",
        "? 0 * * ?",
        "0 0 * * *",
        "0 0 1 * 2",
        "0 0 ? * ?",
        "0 0 ? * FUNDAY",
        "every",
        "every 5",
        "every 0m",
        "every -5m",
        "every 1.5h",
        "every 60m",
        "every 24h",
        "every minute",
        "every 5 m",
        "every  day",
        5,
        {"cron": "every day"},
        {"rate": "0 9 ? * 2 *"},
        {"timezone": "UTC"},
        {"cron": "0 9 ? * 2 *", "rate": "every day"},
        {"rate": "every day", "timezone": "Mars/Olympus"},
        {"rate": "every day", "timezone": "../../etc/passwd"},
        {"rate": "every day", "timezone": 1},
    ],
)
def test_what_no_clock_can_tell_is_refused(given: Any) -> None:
    with pytest.raises(UserError) as raised:
        read_schedules([given], 3, None)
    assert raised.value.code in ("FunctionScheduleInitializationError", "UnknownOptionError")


def test_an_unknown_part_of_a_schedule_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError) as raised:
        read_schedules({"rate": "every day", "timezon": "UTC"}, 3, None)  # type: ignore[arg-type]
    assert "timezone" in raised.value.message


def test_a_function_that_runs_longer_than_its_rate_is_refused() -> None:
    with pytest.raises(UserError) as raised:
        read_schedules("every 1m", 61, None)
    assert "61 seconds" in raised.value.message
    assert read_schedules("every 1m", 60, None)
    assert read_schedules("every 1m", None, None)


def test_a_schedule_has_a_time_zone_and_a_description() -> None:
    found = read_schedules(
        ["every day", {"cron": "30 4 * * ?", "timezone": "Europe/Paris", "description": "nightly"}],
        3,
        None,
    )
    assert found == (
        Schedule("cron(0 0 * * ? *)", "UTC", None),
        Schedule("cron(30 4 * * ? *)", "Europe/Paris", "nightly"),
    )


def test_there_may_be_no_schedule() -> None:
    assert read_schedules(None, 3, None) == ()
    assert read_schedules([], 3, None) == ()
