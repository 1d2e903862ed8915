"""Functions as tasks of state machines.

AWS: "Invoke an AWS Lambda function with Step Functions", "Handling errors in Step Functions
workflows".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.local_engine import make_role, unique_name
from tests.local.functions.arrivals import ECHO, Queue

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]


def run(
    client: ClientFactory, states: dict[str, Any], content: Any, *may: str, role: str = ""
) -> Any:
    """Run a machine that may make some calls; return what it gave, or its error."""
    role = role or make_role(client, "states", *(may or ["lambda:InvokeFunction"]))
    machines = client("stepfunctions")
    definition = {"StartAt": next(iter(states)), "States": states}
    machine = machines.create_state_machine(
        name=unique_name("machine"), definition=json.dumps(definition), roleArn=role
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine, input=json.dumps(content))
    # Describing is the waiting: the engine works between two answers.
    while True:
        found = machines.describe_execution(executionArn=execution["executionArn"])
        if found["status"] != "RUNNING":
            succeeded = found["status"] == "SUCCEEDED"
            return json.loads(found["output"]) if succeeded else found["error"]


def invoke(functions: Functions, source: str, **more: Any) -> dict[str, Any]:
    """A task that invokes a function by the optimized integration."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": functions.arn(functions.create(source)), "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "End": True,
        **more,
    }


def test_a_task_gives_what_its_function_gives(functions: Functions, client: ClientFactory) -> None:
    source = "def handler(event, context): return event['n'] * 2"
    assert run(client, {"Double": invoke(functions, source)}, {"n": 21}) == 42


def test_a_task_may_name_the_function_itself(functions: Functions, client: ClientFactory) -> None:
    arn = functions.arn(functions.create("def handler(event, context): return [event]"))
    assert run(client, {"Wrap": {"Type": "Task", "Resource": arn, "End": True}}, "x") == ["x"]


def test_an_error_is_caught_by_its_type(functions: Functions, client: ClientFactory) -> None:
    source = "class Sold(Exception): pass\ndef handler(event, context): raise Sold('out')"
    catch = [
        {"ErrorEquals": ["Other"], "Next": "Wrong"},
        {"ErrorEquals": ["Sold"], "Next": "Right"},
    ]
    states = {
        "Buy": invoke(functions, source, Catch=catch),
        "Wrong": {"Type": "Fail"},
        "Right": {"Type": "Pass", "End": True},
    }
    found = run(client, states, {})
    assert found["Error"] == "Sold"
    assert json.loads(found["Cause"])["errorMessage"] == "out"
    assert run(client, {"Buy": invoke(functions, source)}, {}) == "Sold"


def test_an_error_is_tried_again(functions: Functions, client: ClientFactory) -> None:
    source = """
        calls = []
        def handler(event, context):
            calls.append(1)
            if len(calls) < 3:
                raise ValueError("not yet")
            return len(calls)
        """
    retry = [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    assert run(client, {"Try": invoke(functions, source, Retry=retry)}, {}) == 3


@pytest.mark.parametrize(
    ("resource", "parameters", "call"),
    [
        ("sqs:sendMessage", {"QueueUrl": "{queue_url}", "MessageBody": "m"}, "sqs:SendMessage"),
        ("sns:publish", {"TopicArn": "{topic}", "Message": "m"}, "sns:Publish"),
        (
            "dynamodb:putItem",
            {"TableName": "{table}", "Item": {"id": {"S": "1"}}},
            "dynamodb:PutItem",
        ),
        (
            "events:putEvents",
            {"Entries": [{"Source": "s", "DetailType": "t", "Detail": {}}]},
            "events:PutEvents",
        ),
    ],
)
def test_a_task_may_do_what_the_machines_role_may(
    client: ClientFactory, queue: Queue, resource: str, parameters: dict[str, Any], call: str
) -> None:
    names = {
        "{queue_url}": queue.url,
        "{topic}": client("sns").create_topic(Name=unique_name("topic"))["TopicArn"],
        "{table}": make_table(client),
    }
    parameters = {key: names.get(str(value), value) for key, value in parameters.items()}
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
        "ResultPath": None,
        "End": True,
    }
    assert run(client, {"Do": task}, {"n": 1}, call) == {"n": 1}
    assert run(client, {"Do": task}, {"n": 1}, "s3:GetObject") == "States.Permissions"


def test_a_function_the_machines_role_may_not_invoke_is_told(
    functions: Functions, client: ClientFactory, engine: EngineConnection
) -> None:
    task = invoke(functions, ECHO)
    role = make_role(client, "states", "sqs:SendMessage")
    caught = {**task, "Catch": [{"ErrorEquals": ["States.Permissions"], "Next": "Caught"}]}
    machine = {"Do": caught, "Caught": {"Type": "Pass", "Result": "caught", "End": True}}
    assert run(client, machine, {}, role=role) == "caught"
    denials = EngineClient(engine).denials()
    (denial,) = (one for one in denials if role.endswith(f"/{one.role}"))
    assert denial.action == "lambda:InvokeFunction"
    assert denial.resource == task["Parameters"]["FunctionName"]
    assert denial.function == ""


def make_table(client: ClientFactory) -> str:
    """A table; its name."""
    name = unique_name("table")
    client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name
