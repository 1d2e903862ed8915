"""What a function logs, and for how long that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from preamp.definition.function import RETENTIONS

if TYPE_CHECKING:
    from aws_cdk import Stack

    from preamp.definition.function import LoggingOptions


def log_group(stack: Stack, name: str, options: LoggingOptions) -> logs.LogGroup | None:
    """A log group of the function's own, where its logs are not kept for ever."""
    retention = options.get("retention")
    if retention is None:
        return None
    return logs.LogGroup(
        stack,
        f"{name}-log-group",
        retention=logs.RetentionDays[RETENTIONS[retention]],
        removal_policy=RemovalPolicy.DESTROY,
    )


def logging_format(options: LoggingOptions) -> lambda_.LoggingFormat | None:
    """The CDK's word for a format."""
    chosen = options.get("format")
    return None if chosen is None else lambda_.LoggingFormat[chosen.upper()]


def log_level(options: LoggingOptions) -> lambda_.ApplicationLogLevel | None:
    """The CDK's word for a level."""
    chosen = options.get("level")
    return None if chosen is None else lambda_.ApplicationLogLevel[chosen.upper()]
