"""Functions as tasks of state machines.

AWS: "Invoke an AWS Lambda function with Step Functions", "Handling errors in Step Functions
workflows".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.local.engine.local_engine import policy, unique_name

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]


def make_role(client: ClientFactory) -> str:
    """A role for machines that may invoke functions."""
    name = unique_name("machine")
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
    role = client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=policy({**trust, "Action": "sts:AssumeRole"})
    )
    invoking = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    client("iam").put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy(invoking))
    return str(role["Role"]["Arn"])


def run(client: ClientFactory, states: dict[str, Any], content: Any) -> Any:
    """Run a machine to its end; return what it gave, or its error."""
    machines = client("stepfunctions")
    definition = {"StartAt": next(iter(states)), "States": states}
    machine = machines.create_state_machine(
        name=unique_name("machine"), definition=json.dumps(definition), roleArn=make_role(client)
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
