"""Reads what the sandbox's functions logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

    from preamp.sandbox.functions import DeployedFunction


@dataclass(frozen=True, order=True)
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


def read_logs(
    functions: Sequence[DeployedFunction], lambda_: LambdaClient, logs: CloudWatchLogsClient
) -> list[LogLine]:
    """All lines of some functions' logs, oldest first.

    Lines of the same millisecond stay in the order they were logged in.
    """
    lines = [line for function in functions for line in _lines(function, lambda_, logs)]
    return sorted(lines, key=lambda line: line.timestamp)


def _lines(
    function: DeployedFunction, lambda_: LambdaClient, logs: CloudWatchLogsClient
) -> Iterator[LogLine]:
    group = _log_group(function, lambda_)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    try:
        for page in pages:
            for event in page["events"]:
                text = event["message"].rstrip("\n")
                yield LogLine(event["timestamp"], function.path, text)
    except logs.exceptions.ResourceNotFoundException:  # never invoked: there is no log yet
        return


def _log_group(function: DeployedFunction, lambda_: LambdaClient) -> str:
    configuration = lambda_.get_function_configuration(FunctionName=function.name)
    chosen = configuration.get("LoggingConfig", {}).get("LogGroup")
    return chosen or f"/aws/lambda/{function.name}"
