"""The events of an update name what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.engine.local_engine import Stacks


def queue(seconds: int) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}


def test_only_what_changes_is_reported(
    stacks: Stacks, client: Callable[..., Any], unique: Callable[[str], str]
) -> None:
    name = unique("update-events")
    inner = {"Resources": {"Inner": queue(1)}}
    same = {"Same": queue(1), "Nested": stacks.nested(inner)}
    stacks.create(name, {"Resources": {**same, "Other": queue(1)}})
    cloudformation = client("cloudformation")
    before = len(cloudformation.describe_stack_events(StackName=name)["StackEvents"])
    stacks.update(name, {"Resources": {**same, "Other": queue(2), "New": queue(1)}})

    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"][:-before]
    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]
    assert [each for each in told if each[0] == "Other"] == [
        ("Other", "UPDATE_IN_PROGRESS"),
        ("Other", "UPDATE_COMPLETE"),
    ]
    assert [each for each in told if each[0] == "New"] == [
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_COMPLETE"),
    ]
    assert {logical_id for logical_id, _ in told} == {name, "Other", "New"}


def test_what_is_new_and_fails_is_a_creation_that_failed(
    stacks: Stacks, client: Callable[..., Any], unique: Callable[[str], str]
) -> None:
    name = unique("update-events")
    code = {"S3Bucket": "no-such-bucket", "S3Key": "x.zip"}
    broken = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": code, "Handler": "a.b", "Role": "arn:aws:iam::000000000000:role/r"},
    }
    stacks.create(name, {"Resources": {"Same": queue(1)}})
    ended = stacks.update(name, {"Resources": {"Same": queue(1), "New": broken}})
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    events = client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    told = {event["ResourceStatus"] for event in events if event["LogicalResourceId"] == "New"}
    assert "CREATE_FAILED" in told
    assert not any(status.startswith("UPDATE") for status in told)
