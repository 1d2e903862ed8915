"""Schedules that call functions.

AWS: "Schedule types in EventBridge Scheduler", "Adding context attributes", "Configuring a
schedule's dead-letter queue".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.local.engine.local_engine import make_role, unique_name
from tests.local.functions.arrivals import ECHO, REPORTS_EVENT, Queue

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]


def schedule_now(
    client: ClientFactory,
    arn: str,
    *,
    may: str = "lambda:InvokeFunction",
    zone: str = "UTC",
    after: str = "DELETE",
    **target: Any,
) -> str:
    """Make a schedule that is due at once and then deleted, unless told otherwise; its name."""
    name = unique_name("schedule")
    client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=f"at({datetime.now(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone=zone,
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion=after,
        Target={"Arn": arn, "RoleArn": make_role(client, "scheduler", may), **target},
    )
    return name


def test_a_schedule_fires_when_it_is_due_and_tells_of_itself(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(REPORTS_EVENT, Environment=queue.reporting())
    text = '{"arn": "<aws.scheduler.schedule-arn>", "n": <aws.scheduler.attempt-number>}'
    begun = datetime.now(UTC)
    schedule = schedule_now(client, functions.arn(name), Input=text)
    (event,) = queue.bodies()
    assert (datetime.now(UTC) - begun).total_seconds() < 5
    assert event["arn"].endswith(f":schedule/default/{schedule}")
    assert event["n"] == 1


def test_a_time_is_that_of_the_schedules_zone(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(REPORTS_EVENT, Environment=queue.reporting())
    # half a day ahead of UTC, and more
    schedule_now(client, functions.arn(name), zone="Pacific/Kiritimati", Input='"ahead"')
    assert queue.bodies() == ["ahead"]


def test_a_schedule_that_gets_another_time_fires_again(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    arn = functions.arn(functions.create(REPORTS_EVENT, Environment=queue.reporting()))
    name = schedule_now(client, arn, after="NONE", Input='"first"')
    assert queue.bodies() == ["first"]
    schedule = client("scheduler").get_schedule(Name=name)
    target = {**schedule["Target"], "Input": '"second"'}
    client("scheduler").update_schedule(
        Name=name,
        ScheduleExpression="at(2020-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    assert queue.bodies() == ["second"]


def test_a_schedule_is_asynchronous_with_the_functions_own_retries(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(
        "def handler(event, context): raise RuntimeError(event['detail-type'])",
        DeadLetterConfig={"TargetArn": queue.arn},
    )
    schedule_now(client, functions.arn(name))
    (message,) = queue.messages()
    attributes = message["MessageAttributes"]
    assert attributes["ErrorMessage"]["StringValue"] == "Scheduled Event"


def test_a_schedule_keeps_what_its_target_is_gone_for(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(ECHO)
    arn = functions.arn(name)
    client("lambda").delete_function(FunctionName=name)
    schedule = schedule_now(client, arn, Input='"kept"', DeadLetterConfig={"Arn": queue.arn})
    (message,) = queue.messages()
    assert message["Body"] == '"kept"'
    attributes = message["MessageAttributes"]
    assert attributes["ERROR_CODE"]["StringValue"] == "NO_RESOURCE"
    assert attributes["SCHEDULE_ARN"]["StringValue"].endswith(schedule)


def test_a_schedule_keeps_what_its_role_may_not_hand_over(
    functions: Functions, client: ClientFactory, queue: Queue, engine: EngineConnection
) -> None:
    arn = functions.arn(functions.create(ECHO))
    kept: dict[str, Any] = {"Input": '"kept"', "DeadLetterConfig": {"Arn": queue.arn}}
    schedule = schedule_now(client, arn, may="sqs:SendMessage", **kept)
    (message,) = queue.messages()
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    denials = EngineClient(engine).denials()
    (denial,) = (one for one in denials if one.principal.endswith(f"/{schedule}"))
    assert (denial.action, denial.resource) == ("lambda:InvokeFunction", arn)
