"""Reads what the sandbox's functions logged, at once or as it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preamp.sandbox.functions import shortest_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

    from preamp.sandbox.functions import DeployedFunction
    from preamp.sandbox.source_names import SourceNames


@dataclass(frozen=True)
class LogLine:
    """One line of a function's log.

    Attributes:
        timestamp: Milliseconds since the epoch.
        path: The function's construct path.
        text: The line, without its end.
    """

    timestamp: int
    path: str
    text: str


class LogReader:
    """Reads the logs of some functions, each line once.

    Args:
        functions: Whose logs.
        lambda_: Lambda's client.
        logs: CloudWatch Logs' client.
        since: Milliseconds since the epoch; older lines are left out.
        sources: Names the project's files in the lines; None to leave them as they are.
        pause: Seconds that have to pass between two looks, where few of them are answered.
    """

    def __init__(
        self,
        functions: Sequence[DeployedFunction],
        lambda_: LambdaClient,
        logs: CloudWatchLogsClient,
        *,
        since: int = 0,
        sources: SourceNames | None = None,
        pause: float = 0.0,
    ) -> None:
        self.pause = pause
        self._groups = {one.path: _log_group(one, lambda_) for one in functions}
        self._logs = logs
        self._sources = sources
        self._from = dict.fromkeys(self._groups, since)
        self._seen: dict[str, Counter[str]] = {path: Counter() for path in self._groups}

    @property
    def names(self) -> dict[str, str]:
        """As much of the end of each function's path as tells these functions apart."""
        return {path: shortest_path(path, [*self._groups]) or path for path in self._groups}

    def read(self) -> list[LogLine]:
        """All lines that were not read before, oldest first.

        Lines of the same millisecond stay in the order they were logged in.
        """
        lines = [line for path in self._groups for line in self._lines(path)]
        return sorted(lines, key=lambda line: line.timestamp)

    def _lines(self, path: str) -> Iterator[LogLine]:
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=self._groups[path], startTime=self._from[path]
        )
        try:
            events = [event for page in pages for event in page["events"]]
        except self._logs.exceptions.ResourceNotFoundException:  # never invoked: no log yet
            return
        yield from self._unseen(path, events)

    def _unseen(self, path: str, events: Sequence[FilteredLogEventTypeDef]) -> Iterator[LogLine]:
        """Those that are new, and a note of how far we are.

        The next look starts at the newest millisecond, of which more may come. A stream only
        grows at its end, so counting what it had then tells old from new.
        """
        known, start = self._seen[path], self._from[path]
        at_start: Counter[str] = Counter()
        for event in events:
            stream = event["logStreamName"]
            if event["timestamp"] == start:
                at_start[stream] += 1
                if at_start[stream] <= known[stream]:
                    continue
            text = event["message"].rstrip("\n")
            shown = self._sources.named(path, text) if self._sources else text
            yield LogLine(event["timestamp"], path, shown)
        if events:
            newest = max(event["timestamp"] for event in events)
            self._from[path] = newest
            self._seen[path] = Counter(
                event["logStreamName"] for event in events if event["timestamp"] == newest
            )


def _log_group(function: DeployedFunction, lambda_: LambdaClient) -> str:
    configuration = lambda_.get_function_configuration(FunctionName=function.name)
    chosen = configuration.get("LoggingConfig", {}).get("LogGroup")
    return chosen or f"/aws/lambda/{function.name}"
