"""When a scheduled function runs: natural and cron schedules, as EventBridge Scheduler's cron.

As in the official library, a natural schedule becomes a cron expression too: ``every 5m`` is
``*/5`` minutes of the clock. AWS: "Schedule types in EventBridge Scheduler".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict

from preamp.definition.options import check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site


class CronSchedule(TypedDict):
    """A cron schedule of five or six fields, in a time zone.

    Attributes:
        cron: Minutes, hours, day of month, month, day of week and, if given, year.
        timezone: A name of the time zone database, such as ``Europe/Paris``; UTC if left out.
        description: What it is for.
    """

    cron: str
    timezone: NotRequired[str]
    description: NotRequired[str]


class RateSchedule(TypedDict):
    """A natural schedule in a time zone.

    Attributes:
        rate: Such as ``every 10m``, ``every 2h``, ``every day``, ``every week``.
        timezone: A name of the time zone database, such as ``Europe/Paris``; UTC if left out.
        description: What it is for.
    """

    rate: str
    timezone: NotRequired[str]
    description: NotRequired[str]


FunctionSchedule = str | CronSchedule | RateSchedule


@dataclass(frozen=True)
class Schedule:
    """A schedule as EventBridge Scheduler has it.

    Attributes:
        expression: Such as ``cron(0 9 ? * 2 *)``.
        timezone: The time zone it is read in.
        description: What it is for.
    """

    expression: str
    timezone: str
    description: str | None


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    special: str = "(?!)"

    def number(self, text: str) -> int | None:
        """The number that a text or name stands for, if it is one of this field."""
        if text.upper() in self.names:
            return self.names.index(text.upper()) + 1
        value = int(text) if text.isascii() and text.isdecimal() else -1
        return value if self.least <= value <= self.most else None


_MONTHS: Final = tuple("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())  # noqa: SIM905
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31, special=r"\?|L|LW|([1-9]|[12]\d|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day-of-week", 1, 7, _DAYS, special=r"\?|L|[1-7]L|[1-7]#[1-5]"),
    _Field("year", 1970, 2199),
)
_WITHOUT_YEAR: Final = 5
_RATE: Final = re.compile(r"every (?:(?P<value>\S*\d\S*)(?P<unit>[mh])|(?P<name>[a-z]+))")
_NAMED: Final = {
    "day": "0 0 * * ? *",
    "week": "0 0 ? * 1 *",
    "month": "0 0 1 * ? *",
    "year": "0 0 1 1 ? *",
}
_CLOCK: Final = {"m": ("*/{} * * * ? *", 59, "hours"), "h": ("0 */{} * * ? *", 23, "days")}
_EXAMPLES: Final = (
    'give a rate such as "every 5m", "every 2h", "every day", "every week", "every month" or '
    '"every year", or a cron expression such as "0 9 ? * 2 *" (Mondays at nine)'
)
_SECONDS_PER_MINUTE: Final = 60


def read_schedules(
    given: FunctionSchedule | Sequence[FunctionSchedule] | None,
    timeout_seconds: int | None,
    site: Site | None,
) -> tuple[Schedule, ...]:
    """Read what `define_function` was given as ``schedule``.

    Args:
        given: One schedule, several, or none.
        timeout_seconds: How long a run may take; a rate may not be shorter.
        site: The user's line.

    Raises:
        UserError: ``FunctionScheduleInitializationError`` or ``UnknownOptionError``.
    """
    if given is None:
        return ()
    several = [given] if isinstance(given, str | Mapping) else list(given)
    return tuple(_read(each, timeout_seconds, site) for each in several)


def _read(given: FunctionSchedule, timeout_seconds: int | None, site: Site | None) -> Schedule:
    if isinstance(given, str):
        options: Mapping[str, Any] = {"rate" if "every" in given else "cron": given}
    else:
        known = ("cron", "rate", "timezone", "description")
        options = check_options(given, known, "schedule", site)
        if ("cron" in options) == ("rate" in options):
            raise _invalid("a schedule needs either cron or rate", _EXAMPLES, site)
    if "rate" in options:
        cron = _of_rate(options["rate"], timeout_seconds, site)
    else:
        cron = _of_cron(options["cron"], site)
    timezone = options.get("timezone", "UTC")
    _check_timezone(timezone, site)
    return Schedule(f"cron({cron})", timezone, options.get("description"))


def _of_rate(rate: object, timeout_seconds: int | None, site: Site | None) -> str:
    match = _RATE.fullmatch(rate) if isinstance(rate, str) else None
    if match is None:
        raise _invalid(f"{rate!r} is no schedule", _EXAMPLES, site)
    if match["name"]:
        if match["name"] not in _NAMED:
            raise _invalid(f"{rate!r} is no schedule", _EXAMPLES, site)
        return _NAMED[match["name"]]
    pattern, most, larger = _CLOCK[match["unit"]]
    value = int(match["value"]) if match["value"].isdecimal() else 0
    if value < 1:
        raise _invalid(f"the rate {rate!r} is no positive whole number", _EXAMPLES, site)
    if value > most:
        # the clock starts anew: */90 minutes is every hour
        hint = f"give up to {most}, or say it in {larger} or as a cron expression"
        raise _invalid(f"the rate {rate!r} is more than the clock has", hint, site)
    if match["unit"] == "m" and value * _SECONDS_PER_MINUTE < (timeout_seconds or 0):
        raise _invalid(
            f"the rate {rate!r} is shorter than the function's timeout of "
            f"{timeout_seconds} seconds",
            "run it less often, or give it less time",
            site,
        )
    return pattern.format(value)


def _of_cron(cron: object, site: Site | None) -> str:
    fields = cron.split() if isinstance(cron, str) else []
    if len(fields) not in (_WITHOUT_YEAR, len(_FIELDS)):
        raise _invalid(f"{cron!r} is no schedule", _EXAMPLES, site)
    if len(fields) == _WITHOUT_YEAR:
        fields.append("*")
    for field, text in zip(_FIELDS, fields, strict=True):
        if not _is_valid(field, text):
            raise _invalid(
                f"{field.name} of the cron expression {cron!r} cannot be {text!r}",
                f"give whole numbers from {field.least} to {field.most}, ranges, lists or steps "
                "of them, or *",
                site,
            )
    if (fields[2] == "?") == (fields[4] == "?"):
        raise _invalid(
            f"the cron expression {cron!r} must say either the day of the month or the day of "
            "the week",
            "put ? in the other one of the two fields",
            site,
        )
    return " ".join(fields)


def _is_valid(field: _Field, text: str) -> bool:
    if text == "*" or re.fullmatch(field.special, text):
        return True
    return all(_is_part(field, part) for part in text.split(","))


def _is_part(field: _Field, text: str) -> bool:
    """Whether a text is a number, a range, or a step through one or through all."""
    start, slash, step = text.partition("/")
    if slash and not (step.isascii() and step.isdecimal() and int(step) > 0):
        return False
    if start == "*":
        return bool(slash)
    first, dash, last = start.partition("-")
    low, high = field.number(first), field.number(last if dash else first)
    return low is not None and high is not None and low <= high


def _check_timezone(name: object, site: Site | None) -> None:
    if name == "UTC":
        return
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name if isinstance(name, str) else "")
    except (ValueError, LookupError, OSError) as error:
        # some machines have no time zone database
        if not isinstance(name, str) or available_timezones():
            hint = 'take one of the time zone database, such as "Europe/Paris"'
            raise _invalid(f"there is no time zone {name!r}", hint, site) from error


def _invalid(message: str, hint: str, site: Site | None) -> UserError:
    sites = [site] if site else []
    return UserError("FunctionScheduleInitializationError", message, hint, sites=sites)
