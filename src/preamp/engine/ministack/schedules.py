"""Schedules fire when they are due, in their time zone, and tell their input about themselves.

ministack looks for due rules and schedules every ten seconds, reads every expression in UTC,
passes the keywords for context attributes on as they stand, and never calls the target of a
schedule that was changed to a single time after it had been looked at.

AWS: "Schedule types in EventBridge Scheduler", "Adding context attributes in EventBridge
Scheduler".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

_SECONDS: Final = 0.5
_EXPRESSION: Final = "ScheduleExpression"
_TIMEZONE: Final = "ScheduleExpressionTimezone"
_TIMING: Final = (_EXPRESSION, _TIMEZONE, "CreationDate")


Timing: TypeAlias = tuple[object, ...]
"""What says when a schedule fires, and whether it is the same one still."""


class Zoned(str):
    """An expression that knows the time zone it is to be read in.

    Attributes:
        zone: The time zone.
    """

    zone: tzinfo

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Be kept as the text alone."""
        return str, (str(self),)


class _Fields(tuple[Any, ...]):
    """What a cron expression was read to, with its time zone."""

    zone: tzinfo


def schedules() -> Mend:
    """Look twice a second for what is due in its time zone, fill in context attributes."""
    return Mend(
        name="schedules",
        reference="Schedule types in EventBridge Scheduler",
        symbols=(
            Symbol("services.scheduler:_SCHEDULE_TICK_INTERVAL"),
            Symbol("services.scheduler:_at_time_epoch", "expr"),
            Symbol("services.scheduler:_schedule_last_fired"),
            Symbol("services.scheduler:_schedules._data"),
            Symbol("services.scheduler:_tick_schedules", ""),
            Symbol("services.eventbridge:_SCHEDULER_TICK_INTERVAL"),
            Symbol("services.eventbridge:_cron_next_fire", "fields after_dt"),
            Symbol("services.eventbridge:_invoke_target", "target event rule view"),
            Symbol("services.eventbridge:_parse_cron_fields", "expr"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    scheduler, events = module("services.scheduler"), module("services.eventbridge")
    scheduler._SCHEDULE_TICK_INTERVAL = _SECONDS
    events._SCHEDULER_TICK_INTERVAL = _SECONDS
    events._invoke_target = _telling(events._invoke_target)
    events._parse_cron_fields = keeping_zone(events._parse_cron_fields)
    events._cron_next_fire = in_zone(events._cron_next_fire)
    scheduler._at_time_epoch = at_in_zone(scheduler._at_time_epoch)
    upstream: Callable[[], None] = scheduler._tick_schedules
    seen: dict[Hashable, Timing] = {}

    def tick() -> None:
        schedules = dict(scheduler._schedules._data)
        set_zones(schedules.values())
        begin_anew(schedules, seen, scheduler._schedule_last_fired)
        upstream()

    scheduler._tick_schedules = tick


def begin_anew(
    schedules: Mapping[Hashable, dict[str, Any]],
    seen: dict[Hashable, Timing],
    fired: dict[Hashable, float],
) -> None:
    """Forget when a schedule fired that now has another time, or is another one of the same name.

    Args:
        schedules: As the emulator keeps them.
        seen: The time of each as it was last looked at; brought up to date.
        fired: When each fired last, in seconds since 1970.
    """
    timings: dict[Hashable, Timing] = {
        key: tuple(each.get(name) for name in _TIMING) for key, each in schedules.items()
    }
    for key, timing in seen.items():
        if timings.get(key) != timing and fired.pop(key, None) is not None:
            _count_from_now(schedules.get(key), key, fired)
    seen.clear()
    seen.update(timings)


def _count_from_now(
    schedule: dict[str, Any] | None, key: Hashable, fired: dict[Hashable, float]
) -> None:
    """Let a rate begin with its change; upstream would have it begin with the schedule."""
    if schedule is not None and schedule[_EXPRESSION].strip().startswith("rate"):
        fired[key] = time.time()


def set_zones(schedules: Iterable[dict[str, Any]]) -> None:
    """Let the expressions of schedules know their time zone.

    Args:
        schedules: As the emulator keeps them.
    """
    for each in schedules:
        name = each.get(_TIMEZONE) or "UTC"
        if name == "UTC" or isinstance(each.get(_EXPRESSION), Zoned):
            continue
        try:
            zone = ZoneInfo(name)
        except (ValueError, LookupError, OSError):
            # no such zone, or a machine without a time zone database: UTC
            continue
        expression = Zoned(each[_EXPRESSION])
        expression.zone = zone
        each[_EXPRESSION] = expression


def keeping_zone(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """What reads cron expressions, so that what it gives has the expression's time zone."""

    def parse_zoned(expression: str) -> Any:  # noqa: ANN401
        read = parse(expression)
        if read is None or not isinstance(expression, Zoned):
            return read
        fields = _Fields(read)
        fields.zone = expression.zone
        return fields

    return parse_zoned


def in_zone(
    find: Callable[[Any, datetime], datetime | None],
) -> Callable[[Any, datetime], datetime | None]:
    """What finds the next time of a cron expression, so that it looks at the zone's clock."""

    def find_zoned(fields: Any, after: datetime) -> datetime | None:  # noqa: ANN401
        zone = getattr(fields, "zone", None)
        return find(fields, after if zone is None else after.astimezone(zone))

    return find_zoned


def at_in_zone(read: Callable[[str], float | None]) -> Callable[[str], float | None]:
    """What reads the time of a one-time expression, so that it is the zone's."""

    def read_zoned(expression: str) -> float | None:
        epoch = read(expression)
        if epoch is None or not isinstance(expression, Zoned):
            return epoch
        wall = datetime.fromtimestamp(epoch, UTC).replace(tzinfo=expression.zone)
        return wall.timestamp()

    return read_zoned


def _telling(upstream: Callable[..., None]) -> Callable[..., None]:
    """What calls a target, with an input that tells of the schedule."""

    def invoke_target(
        target: dict[str, Any],
        event: dict[str, Any],
        rule: dict[str, Any],
        view: Any = None,  # noqa: ANN401
    ) -> None:
        if ":scheduler:" in rule["Arn"] and target.get("Input"):
            target = {**target, "Input": _filled_in(target["Input"], rule["Arn"])}
        upstream(target, event, rule, view)

    return invoke_target


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
