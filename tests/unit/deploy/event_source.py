"""A stand-in for CloudFormation's event streams, as AWS gives them: newest first, in pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "arn:aws:cloudformation:us-east-1:123456789012:stack/app/1"
CHILD = "arn:aws:cloudformation:us-east-1:123456789012:stack/app-Child-X/2"
STACK = "AWS::CloudFormation::Stack"
QUEUE = "AWS::SQS::Queue"
PAGE = 5

_START = datetime(2030, 1, 1, tzinfo=UTC)


class EventSource:
    """Holds events of stacks; `add` appends one, a second after the last one of all stacks."""

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.pages_read = 0
        self._count = 0

    def add(
        self,
        stack_id: str,
        logical_id: str,
        status: str,
        *,
        kind: str = QUEUE,
        physical_id: str = "",
        reason: str = "",
    ) -> None:
        self._count += 1
        event = {
            "EventId": str(self._count),
            "StackId": stack_id,
            "StackName": stack_id.split("/")[1],
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
            "Timestamp": _START + timedelta(seconds=self._count),
        }
        self.events.setdefault(stack_id, []).append(event)

    def own(self, stack_id: str, status: str) -> None:
        """Add an event of a stack about itself."""
        self.add(stack_id, stack_id.split("/")[1], status, kind=STACK, physical_id=stack_id)

    def nested(self, status: str, *, known: bool = True, reason: str = "") -> None:
        """Add an event of the root stack about the nested one."""
        physical_id = CHILD if known else ""
        self.add(ROOT, "Child", status, kind=STACK, physical_id=physical_id, reason=reason)

    def describe_stack_events(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - as AWS
        return next(self.paginate(StackName=StackName))

    def get_paginator(self, operation: str) -> EventSource:
        assert operation == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - as AWS
        events = self.events.get(StackName, [])[::-1]
        for first in range(0, max(len(events), 1), PAGE):
            self.pages_read += 1
            yield {"StackEvents": events[first : first + PAGE]}

    def list_stacks(self) -> dict[str, Any]:
        return {
            "StackSummaries": [
                {
                    "StackId": stack_id,
                    "StackName": events[0]["StackName"],
                    "CreationTime": events[0]["Timestamp"],
                }
                for stack_id, events in self.events.items()
            ]
        }
