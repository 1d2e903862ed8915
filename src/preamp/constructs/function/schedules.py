"""Schedules of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import TimeZone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_lambda as lambda_

    from preamp.definition.schedule import Schedule


def add_schedules(
    function: lambda_.Function, target: lambda_.IFunction, schedules: Sequence[Schedule]
) -> None:
    """Let EventBridge Scheduler call a function.

    Args:
        function: The function that the schedules belong to.
        target: What they call: the function, or a version of it.
        schedules: When.
    """
    if not schedules:
        return
    from aws_cdk import aws_scheduler as scheduler
    from aws_cdk import aws_scheduler_targets as targets

    called = targets.LambdaInvoke(target)
    for number, each in enumerate(schedules):
        scheduler.Schedule(
            function,
            f"schedule-{number}",
            schedule=scheduler.ScheduleExpression.expression(
                each.expression, TimeZone.of(each.timezone)
            ),
            description=each.description,
            target=called,
        )
