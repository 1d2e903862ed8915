"""A function reads only what its role may read; a mapping that cannot read is not made.

AWS: "Using Lambda with Amazon SQS", execution role permissions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.local.engine.local_engine import Stacks, unique_name
from tests.local.functions.arrivals import ECHO, Queue

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
_READ = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def may(*actions: str) -> list[dict[str, Any]]:
    """Statements that allow some calls."""
    return [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]


def test_a_queue_that_the_role_may_not_read_is_not_mapped(
    functions: Functions, client: ClientFactory, queue: Queue, engine: EngineConnection
) -> None:
    name = functions.create(ECHO, Statements=may(*_READ[:2]))
    with pytest.raises(ClientError, match="permissions to call GetQueueAttributes on SQS"):
        client("lambda").create_event_source_mapping(EventSourceArn=queue.arn, FunctionName=name)
    (denial,) = (one for one in EngineClient(engine).denials() if one.function == name)
    assert (denial.action, denial.resource) == ("sqs:GetQueueAttributes", queue.arn)


def test_a_queue_that_the_role_may_read_is_mapped(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(ECHO, Statements=may(*_READ))
    made = client("lambda").create_event_source_mapping(
        EventSourceArn=queue.arn, FunctionName=functions.arn(name)
    )
    assert made["FunctionArn"] == functions.arn(name)
    queue.send({"n": 1})
    queue.await_empty()


@pytest.mark.parametrize("statements", [[], may("dynamodb:*")])
def test_a_stream_in_a_stack_needs_the_roles_permission(
    functions: Functions,
    client: ClientFactory,
    stacks: Stacks,
    statements: list[dict[str, Any]],
) -> None:
    name = functions.create(ECHO, Statements=statements)
    table = client("dynamodb").create_table(
        TableName=unique_name("table"),
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    mapping = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": name,
            "EventSourceArn": table["LatestStreamArn"],
            "StartingPosition": "LATEST",
        },
    }
    stack = unique_name("mapping")
    status = stacks.create(stack, {"Resources": {"Mapping": mapping}})["StackStatus"]
    if statements:
        assert status == "CREATE_COMPLETE"
    else:
        assert status == "ROLLBACK_COMPLETE"
        assert "Cannot access stream" in stacks.reasons(stack)["Mapping"]
