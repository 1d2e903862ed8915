from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.unit.deploy.event_source import ROOT, EventSource

from preamp.deploy.cloudformation import StackOperator
from preamp.deploy.deployed import DeployedStack
from preamp.deploy.target import Target
from preamp.errors import UserError
from preamp.events import Event, Notice


def error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Stacks(EventSource):
    """One root stack that is deleted when asked; `refusals` are raised by the next polls."""

    def __init__(self, *statuses: str) -> None:
        super().__init__()
        self.statuses = list(statuses)
        self.refusals: list[ClientError] = []
        self.leaves_behind = False

    def describe_stacks(self, **_arguments: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == "gone":
            raise error("ValidationError", "Stack with id app does not exist")
        stack = {"StackName": "app", "StackId": ROOT, "StackStatus": status}
        return {"Stacks": [{**stack, "CreationTime": datetime(2026, 1, 1, tzinfo=UTC)}]}

    def delete_stack(self, **_arguments: Any) -> None:
        self.own(ROOT, "DELETE_IN_PROGRESS")
        if self.leaves_behind:
            self.add(ROOT, "Bucket", "DELETE_FAILED", reason="it is not empty")
        self.own(ROOT, "DELETE_FAILED" if self.leaves_behind else "DELETE_COMPLETE")

    def paginate(self, **arguments: Any) -> Any:
        if self.refusals and ROOT in self.events:
            raise self.refusals.pop(0)
        return super().paginate(**arguments)


class Heard:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)


def operator(stacks: Stacks, heard: Heard | None = None) -> StackOperator:
    target = Target("here", "us-east-1", "123456789012", poll_interval=0)
    target.__dict__["clients"] = SimpleNamespace(cloudformation=stacks)
    return StackOperator(target, heard or Heard())


def test_a_deletion_is_followed_through_throttling() -> None:
    stacks = Stacks("gone")
    stacks.refusals = [error("Throttling"), error("Throttling")]
    operator(stacks).delete(DeployedStack(ROOT, "CREATE_COMPLETE"), "app")
    assert stacks.refusals == []


def test_another_refusal_is_not_swallowed() -> None:
    stacks = Stacks("gone")
    stacks.refusals = [error("AccessDenied")]
    with pytest.raises(ClientError, match="AccessDenied"):
        operator(stacks).delete(DeployedStack(ROOT, "CREATE_COMPLETE"), "app")


def test_what_stays_behind_is_named() -> None:
    stacks = Stacks("DELETE_FAILED")
    stacks.leaves_behind = True
    with pytest.raises(UserError) as caught:
        operator(stacks).delete(DeployedStack(ROOT, "CREATE_COMPLETE"), "app")
    assert caught.value.code == "DeletionFailedError"
    assert "Bucket (AWS::SQS::Queue) could not be deleted: it is not empty" in caught.value.message


def test_a_stack_that_is_being_changed_is_waited_for_with_one_notice() -> None:
    heard = Heard()
    stacks = Stacks("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE")
    stack = operator(stacks, heard).settle("app")
    assert stack is not None
    assert stack.status == "UPDATE_COMPLETE"
    assert len(heard.events) == 1
    assert isinstance(heard.events[0], Notice)


def test_a_stack_at_rest_is_not_waited_for() -> None:
    heard = Heard()
    assert operator(Stacks("gone"), heard).settle("app") is None
    assert operator(Stacks("REVIEW_IN_PROGRESS"), heard).settle("app") is not None
    assert heard.events == []
