"""Custom resources: what their handlers answer, and what happens if they do not.

AWS: "Custom resource request types", "Custom resource response objects", CloudFormation.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.test_engine_function_properties import _ROLE
from tests.local.engine.test_engine_stacks import function

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Stacks

Unique = Callable[[str], str]

_ANSWERS = """
import json, urllib.request

def answer(event, **content):
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body = {"Status": "SUCCESS", "PhysicalResourceId": "me", **body, **content}
    data = json.dumps(body).encode()
    request = urllib.request.Request(event["ResponseURL"], data=data, method="PUT")
    urllib.request.urlopen(request).close()
"""


def template(source: str, **properties: Any) -> dict[str, Any]:
    """A stack with one custom resource."""
    token = {"Fn::GetAtt": ["Provider", "Arn"]}
    return {
        "Resources": {
            "Role": _ROLE,
            "Provider": function(source, **properties),
            "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": token}},
        },
        "Outputs": {"Result": {"Value": {"Ref": "Custom"}}},
    }


@pytest.mark.parametrize(
    ("source", "properties", "reason"),
    [
        ("def handler(event, context): raise KeyError('k')", {}, "KeyError: 'k'"),
        ("import no_such_module", {}, "Runtime.ImportModuleError"),
        ("import os\ndef handler(event, context): os._exit(3)", {}, "exit status 3"),
        (
            "import threading\ndef handler(event, context): threading.Event().wait()",
            {"Timeout": 1},
            "Task timed out after 1.00 seconds",
        ),
        ("def handler(event, context): return 'done'", {"Timeout": 1}, "without an answer"),
    ],
)
def test_a_handler_that_cannot_answer_fails_its_deployment_at_once(
    stacks: Stacks, unique: Unique, source: str, properties: dict[str, Any], reason: str
) -> None:
    """AWS waits an hour; the reason and the deadline are ours."""
    name, begun = unique("custom"), time.monotonic()
    stack = stacks.create(name, template(source + "\n", **properties))
    assert time.monotonic() - begun < 10
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    found = stacks.reasons(name)["Custom"]
    assert reason in found
    assert "/aws/lambda/" in found


def test_a_handler_that_reports_failure_is_believed(stacks: Stacks, unique: Unique) -> None:
    name = unique("custom")
    source = _ANSWERS + (
        "def handler(event, context):\n"
        "    failed = event['RequestType'] == 'Create'\n"
        "    answer(event, Status='FAILED' if failed else 'SUCCESS', Reason='no such thing')\n"
    )
    assert stacks.create(name, template(source))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no such thing" in stacks.reasons(name)["Custom"]


def test_an_answer_may_come_from_something_the_handler_began(
    stacks: Stacks, unique: Unique
) -> None:
    """As the CDK's provider framework has it: the handler returns long before."""
    name = unique("custom")
    source = _ANSWERS + (
        "import boto3\n"
        "def handler(event, context):\n"
        "    if 'relayed' in event:\n"
        "        import threading\n"
        "        threading.Event().wait(2)\n"
        "        answer(event['relayed'], PhysicalResourceId='late')\n"
        "    else:\n"
        "        boto3.client('lambda').invoke(FunctionName=context.function_name,\n"
        "            InvocationType='Event', Payload=json.dumps({'relayed': event}))\n"
    )
    made = template(source, Timeout=3)
    made["Resources"]["Role"] = _role_that_may("lambda:InvokeFunction")
    stack = stacks.create(name, made)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"][0]["OutputValue"] == "late"


def _role_that_may(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policies = [{"PolicyName": "may", "PolicyDocument": document}]
    return {**_ROLE, "Properties": {**_ROLE["Properties"], "Policies": policies}}


def test_a_throttled_handler_is_asked_again(
    stacks: Stacks, unique: Unique, client: Callable[..., Any]
) -> None:
    """Nobody gives up because another call of the function is still running."""
    name = unique("custom")
    source = _ANSWERS + (
        "import threading\n"
        "def handler(event, context):\n"
        "    if event == 'occupy':\n"
        "        threading.Event().wait(1)\n"
        "    else:\n"
        "        answer(event)\n"
    )
    made = template(source, Timeout=10, ReservedConcurrentExecutions=1)
    custom = made["Resources"].pop("Custom")
    del made["Outputs"]
    stacks.create(name, made)
    provider = stacks.physical_id(name, "Provider")
    client("lambda").invoke(FunctionName=provider, InvocationType="Event", Payload='"occupy"')
    made["Resources"]["Custom"] = custom
    assert stacks.update(name, made)["StackStatus"] == "UPDATE_COMPLETE"


def test_a_machine_that_runs_for_something_else_is_not_waited_for(
    stacks: Stacks, unique: Unique, client: Callable[..., Any]
) -> None:
    machines, name = client("stepfunctions"), unique("custom")
    stacks.create(name, {"Resources": {"Role": _machine_role()}})
    role = stacks.physical_id(name, "Role")
    waiting = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    machine = machines.create_state_machine(
        name=name,
        definition=json.dumps(waiting),
        roleArn=f"arn:aws:iam::000000000000:role/{role}",
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
    source = "import threading\ndef handler(event, context): threading.Event().wait(1.5)\n"
    made = template(source, Timeout=3)
    stack = stacks.create(unique("custom"), made)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert machines.describe_execution(executionArn=execution)["status"] == "RUNNING"
    machines.stop_execution(executionArn=execution)


def _machine_role() -> dict[str, Any]:
    text = json.dumps(_ROLE).replace("lambda.amazonaws", "states.amazonaws")
    role: dict[str, Any] = json.loads(text)
    return role
