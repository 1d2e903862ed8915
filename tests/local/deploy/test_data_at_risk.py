"""Data that deployments would lose, on the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.deploy.apply import deploy
from preamp.deploy.approval import FixedApproval
from preamp.errors import UserError

if TYPE_CHECKING:
    from tests.local.deploy.conftest import Recorder, Written

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.target import Target

TOPIC = {"T": {"Type": "AWS::SNS::Topic"}}
ALLOWED = FixedApproval(allowed=True)


def table(key: str = "id", **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        },
        **more,
    }


def bucket(**more: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", **more}


POOL = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "people"}}


class Data:
    """Puts data into resources, and looks for it."""

    def __init__(self, target: Target, stack_name: str) -> None:
        self._target = target
        self._stack = stack_name

    def client(self, service: str) -> Any:
        return self._target.clients.client(service)

    def name_of(self, logical_id: str, inside: str | None = None) -> str:
        stack = self.name_of(inside) if inside else self._stack
        found = self.client("cloudformation").describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )
        name: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return name

    def put_items(self, table_name: str, *ids: str) -> None:
        for each in ids:
            self.client("dynamodb").put_item(TableName=table_name, Item={"id": {"S": each}})

    def items(self, table_name: str) -> int:
        count: int = self.client("dynamodb").scan(TableName=table_name)["Count"]
        return count


@pytest.fixture
def data(target: Target, stack_name: str) -> Data:
    return Data(target, stack_name)


def refused(assembly: Any, target: Target, recorder: Recorder) -> list[str]:
    with pytest.raises(UserError) as caught:
        deploy(assembly, target, recorder)
    assert caught.value.code == "DataLossError"
    return caught.value.message.splitlines()[1:]


def test_tables_buckets_and_pools_with_data_are_not_removed(
    target: Target, write: Written, recorder: Recorder, data: Data
) -> None:
    deploy(write({**TOPIC, "Table": table(), "Bucket": bucket(), "Pool": POOL}), target, recorder)
    data.put_items(data.name_of("Table"), "a", "b")
    data.client("s3").put_object(Bucket=data.name_of("Bucket"), Key="k", Body=b"v")
    data.client("cognito-idp").admin_create_user(
        UserPoolId=data.name_of("Pool"), Username="ann@example.com"
    )
    assert refused(write(TOPIC), target, recorder) == [
        "table Table: 2 items; it is removed",
        "bucket Bucket: 1 object; it is removed",
        "user pool Pool: 1 user; it is removed",
    ]
    assert data.items(data.name_of("Table")) == 2
    data.client("s3").delete_object(Bucket=data.name_of("Bucket"), Key="k")


def test_what_is_empty_goes_without_a_word(
    target: Target, write: Written, recorder: Recorder
) -> None:
    deploy(write({**TOPIC, "Table": table(), "Bucket": bucket(), "Pool": POOL}), target, recorder)
    assert not deploy(write(TOPIC), target, recorder).no_op


def test_a_replaced_table_is_lost_only_if_that_is_allowed(
    target: Target, write: Written, recorder: Recorder, data: Data
) -> None:
    deploy(write({"Table": table("id")}), target, recorder)
    data.put_items(data.name_of("Table"), "a")
    other = write({"Table": table("other")})
    (line,) = refused(other, target, recorder)
    assert "replaced by an empty one" in line
    assert "KeySchema" in line
    saved: list[str] = []

    def save() -> str:
        saved.append("saved")
        return "get it back with 'restore'"

    deploy(other, target, recorder, approval=ALLOWED, before_data_loss=save)
    assert saved == ["saved"]
    assert recorder.events[-1].message == "get it back with 'restore'"  # type: ignore[attr-defined]
    assert data.items(data.name_of("Table")) == 0


def test_data_in_a_nested_stack_that_goes_is_found(
    target: Target, write: Written, recorder: Recorder, data: Data
) -> None:
    deploy(write(TOPIC, {"Stack": {"Table": table()}}), target, recorder)
    data.put_items(data.name_of("Table", "StackNestedStack"), "a")
    (line,) = refused(write(TOPIC), target, recorder)
    assert line.startswith("table Stack")
    assert "1 item; it is removed" in line


def test_what_is_retained_is_no_question_and_stays(
    target: Target, write: Written, recorder: Recorder, data: Data
) -> None:
    kept = table(DeletionPolicy="Retain", UpdateReplacePolicy="Retain")
    deploy(write(TOPIC, {"Stack": {"Table": kept}}), target, recorder)
    name = data.name_of("Table", "StackNestedStack")
    data.put_items(name, "a")
    deploy(write(TOPIC), target, recorder)
    assert data.items(name) == 1


@pytest.mark.parametrize("stack", [None, "Stack"])
def test_a_replaced_table_that_is_retained_keeps_its_items(
    target: Target, write: Written, recorder: Recorder, data: Data, stack: str | None
) -> None:
    def assembly(key: str) -> CloudAssembly:
        kept = {"Table": table(key, DeletionPolicy="Retain", UpdateReplacePolicy="Retain")}
        return write(TOPIC, {stack: kept}) if stack else write({**TOPIC, **kept})

    deploy(assembly("id"), target, recorder)
    nested = stack and f"{stack}NestedStack"
    before = data.name_of("Table", nested)
    data.put_items(before, "a")
    deploy(assembly("other"), target, recorder)
    assert data.name_of("Table", nested) != before
    assert data.items(before) == 1


def test_an_update_that_fails_gives_back_the_table_with_its_items(
    target: Target, write: Written, recorder: Recorder, data: Data
) -> None:
    broken = {
        "Type": "AWS::Lambda::LayerVersionPermission",
        "Properties": {"LayerVersionArn": "arn:nope", "Action": "x", "Principal": "*"},
        "DependsOn": ["Table"],
    }
    deploy(write({"Table": table("id")}), target, recorder)
    before = data.name_of("Table")
    data.put_items(before, "a")
    with pytest.raises(UserError):
        deploy(
            write({"Table": table("other"), "Broken": broken}), target, recorder, approval=ALLOWED
        )
    assert data.name_of("Table") == before
    assert data.items(before) == 1
