"""Reading a log group page by page: ministack gives the first 10,000 events and no token.

AWS: "FilterLogEvents", CloudWatch Logs API reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Event = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

_MOST: Final = 10_000


def log_pages() -> Mend:
    """Give a token for what a page has no room for."""
    return Mend(
        name="pages of log events",
        reference="FilterLogEvents, CloudWatch Logs API reference",
        symbols=(
            Symbol("services.cloudwatch_logs:_filter_log_events", "data"),
            Symbol("services.cloudwatch_logs:_resolve_log_group_name", "data"),
            Symbol("services.cloudwatch_logs:_compile_filter_pattern", "raw"),
            Symbol("services.cloudwatch_logs:_log_groups"),
            Symbol("services.cloudwatch_logs:_log_events_lock"),
            Symbol("core.responses:json_response"),
            Symbol("core.responses:error_response_json"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    logs, responses = module("services.cloudwatch_logs"), module("core.responses")
    upstream: Callable[[Event], Response] = logs._filter_log_events

    def filter_log_events(data: Event) -> Response:
        group = logs._resolve_log_group_name(data)
        if group not in logs._log_groups:
            return upstream(data)
        token = data.get("nextToken") or "0"
        if not token.isdecimal():
            text = "The specified nextToken is invalid."
            refused: Response = responses.error_response_json(
                "InvalidParameterException", text, 400
            )
            return refused
        first, most = int(token), min(int(data.get("limit") or _MOST), _MOST)
        matches = logs._compile_filter_pattern(data.get("filterPattern", ""))
        wanted = (each for each in _events(logs, group, data) if matches(each.get("message", "")))
        events = list(islice(wanted, first, first + most + 1))
        page: Event = {"events": events[:most], "searchedLogStreams": []}
        if len(events) > most:
            page["nextToken"] = str(first + most)
        answer: Response = responses.json_response(page)
        return answer

    logs._filter_log_events = filter_log_events


def _events(logs: Upstream, group: str, data: Event) -> Iterator[Event]:
    """The events that are asked for, oldest first; each with its stream's name."""
    streams = logs._log_groups[group]["streams"]
    prefix = data.get("logStreamNamePrefix") or ""
    names = data.get("logStreamNames") or [name for name in streams if name.startswith(prefix)]
    with logs._log_events_lock:
        parts = [
            _named(name, _between(streams[name]["events"], data))
            for name in names
            if name in streams
        ]
    return heapq.merge(*parts, key=_order)


def _between(events: list[Event], data: Event) -> list[Event]:
    start, end = data.get("startTime"), data.get("endTime")
    first = 0 if start is None else bisect_left(events, start, key=_timestamp)
    last = len(events) if end is None else bisect_right(events, end, key=_timestamp)
    return events[first:last]


def _named(stream: str, events: Iterable[Event]) -> list[Event]:
    return [{**event, "logStreamName": stream} for event in events]


def _timestamp(event: Event) -> int:
    return int(event["timestamp"])


def _order(event: Event) -> tuple[int, int]:
    return event["timestamp"], event.get("ingestionTime", 0)
