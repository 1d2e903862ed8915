"""Following a stack operation through its events, nested stacks included.

Owns the reading of CloudFormation's event streams: which events belong to the running operation,
whose they are by construct path, and what went wrong first. Must not start or stop anything.
Defined by the CloudFormation API reference, "DescribeStackEvents".
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.deployed import is_busy
from preamp.events import ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.events import Reporter, ResourceProgress

_PROGRESS: Final[dict[str, ResourceProgress]] = {
    "IN_PROGRESS": "started",
    "COMPLETE": "done",
    "FAILED": "failed",
    "SKIPPED": "skipped",
}
_ROLLING_BACK: Final = frozenset(
    {"ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"}
)
# What CloudFormation says of resources it gave up because of another one.
_GIVEN_UP: Final = re.compile(r"resource (creation|update|deletion) cancell?ed", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """A resource that failed.

    Attributes:
        path: Construct path below the root stack.
        resource_type: CloudFormation's type.
        status: CloudFormation's status, e.g. ``CREATE_FAILED``.
        reason: CloudFormation's reason.
    """

    path: str
    resource_type: str
    status: str
    reason: str


@dataclass
class _Followed:
    """A stack whose events are read."""

    stack_id: str
    node: AssemblyStack | None
    path: str
    last_event: str | None = None
    since: datetime | None = None
    status: str = ""
    rolling_back: bool = False
    ended: bool = False
    parent: _Followed | None = None
    children: list[_Followed] = field(default_factory=list)
    waiting: deque[StackEventTypeDef] = field(default_factory=deque)
    started: dict[tuple[str, str], datetime] = field(default_factory=dict)
    shown: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_rolling_back(self) -> bool:
        return self.rolling_back or (self.parent is not None and self.parent.is_rolling_back)

    def path_of(self, logical_id: str) -> str:
        if self.node is not None:
            return self.node.path_of(logical_id)
        return "/".join(filter(None, (self.path, logical_id)))


class StackFollower:
    """Reads the events of one operation on a root stack, from its start to its end.

    Make it before the operation is started: what the stack went through earlier is skipped.
    """

    def __init__(
        self,
        cloudformation: CloudFormationClient,
        stack_id: str,
        assembly: CloudAssembly | None,
        reporter: Reporter,
    ) -> None:
        self._cloudformation = cloudformation
        self._assembly = assembly
        self._reporter = reporter
        node = assembly.stack if assembly else None
        self._root = _Followed(stack_id, node, "", self._newest_event(stack_id))
        self._failures: list[tuple[datetime, Failure]] = []

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What failed by itself, first things first; nothing that was only given up."""
        ordered = sorted(self._failures, key=lambda failure: failure[0])
        culprits = [failure for _, failure in ordered if failure.resource_type != NESTED_STACK]
        return tuple(culprits or [failure for _, failure in ordered])

    @property
    def ended(self) -> bool:
        """Whether the root stack has come to a final status."""
        return self._root.ended

    @property
    def begun(self) -> bool:
        """Whether anything was heard of the operation."""
        return self._root.status != ""

    def poll(self) -> int:
        """Read what is new and report it.

        Returns:
            The number of new events.
        """
        return self._drain(self._root)

    def _drain(self, followed: _Followed, until: datetime | None = None) -> int:
        """Take the new events of a stack and of those below it, up to a moment."""
        self._fetch(followed)
        count = 0
        while followed.waiting and (until is None or followed.waiting[0]["Timestamp"] <= until):
            count += 1 + self._take(followed, followed.waiting.popleft())
        return count + sum(self._drain(child, until) for child in followed.children)

    def _fetch(self, followed: _Followed) -> None:
        if followed.ended:
            return
        fresh = list(self._unseen(followed))
        if fresh:
            followed.last_event = fresh[0]["EventId"]
        followed.waiting.extend(reversed(fresh))

    def _newest_event(self, stack_id: str) -> str | None:
        events = self._cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
        return events[0]["EventId"] if events else None

    def _unseen(self, followed: _Followed) -> Iterator[StackEventTypeDef]:
        paginator = self._cloudformation.get_paginator("describe_stack_events")
        for page in paginator.paginate(StackName=followed.stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] == followed.last_event:
                    return
                if followed.since is not None and event["Timestamp"] < followed.since:
                    return
                yield event

    def _take(self, followed: _Followed, event: StackEventTypeDef) -> int:
        """Take one event; return how many more it led to."""
        status = event.get("ResourceStatus", "")
        if event.get("PhysicalResourceId") == followed.stack_id:
            self._take_own(followed, status)
            return 0
        nested = self._nested(followed, event)
        # A nested stack's end is told after what happened in it.
        count = self._drain(nested, event["Timestamp"]) if nested and not is_busy(status) else 0
        self._report(followed, event)
        self._remember_failure(followed, event)
        return count

    def _take_own(self, followed: _Followed, status: str) -> None:
        followed.status = status
        followed.ended = not is_busy(status) and status != "REVIEW_IN_PROGRESS"
        followed.rolling_back = followed.rolling_back or status in _ROLLING_BACK

    def _report(self, followed: _Followed, event: StackEventTypeDef) -> None:
        logical_id = event.get("LogicalResourceId", "")
        action, progress = _meaning(event, rolling_back=followed.is_rolling_back)
        if progress == "started":
            followed.started.setdefault((logical_id, action), event["Timestamp"])
        if followed.shown.get(logical_id) == (action, progress):
            return
        followed.shown[logical_id] = (action, progress)
        begun = followed.started.get((logical_id, action), event["Timestamp"])
        path = followed.path_of(logical_id)
        self._reporter.report(
            ResourceChanged(
                path=path,
                resource_type=event.get("ResourceType", ""),
                action=action,
                progress=progress,
                seconds=(event["Timestamp"] - begun).total_seconds(),
                reason=event.get("ResourceStatusReason", ""),
                site=self._assembly.site_of(path) if self._assembly else None,
            )
        )

    def _remember_failure(self, followed: _Followed, event: StackEventTypeDef) -> None:
        status = event.get("ResourceStatus", "")
        if not status.endswith("_FAILED") or _is_given_up(event):
            return
        failure = Failure(
            followed.path_of(event.get("LogicalResourceId", "")),
            event.get("ResourceType", ""),
            status,
            event.get("ResourceStatusReason", ""),
        )
        self._failures.append((event["Timestamp"], failure))

    def _nested(self, parent: _Followed, event: StackEventTypeDef) -> _Followed | None:
        """Return the nested stack that an event is about."""
        if event.get("ResourceType") != NESTED_STACK:
            return None
        stack_id = self._nested_stack_id(event)
        if not stack_id:
            return None
        nested = next((child for child in parent.children if child.stack_id == stack_id), None)
        if nested is None:
            nested = self._begin(parent, event, stack_id)
            parent.children.append(nested)
        elif is_busy(event.get("ResourceStatus", "")):
            nested.ended = False
        return nested

    def _begin(self, parent: _Followed, event: StackEventTypeDef, stack_id: str) -> _Followed:
        logical_id = event.get("LogicalResourceId", "")
        node = parent.node.children.get(logical_id) if parent.node else None
        action = _meaning(event, rolling_back=parent.is_rolling_back)[0]
        # Whatever is older belongs to an earlier deployment.
        since = parent.started.get((logical_id, action), event["Timestamp"])
        path = parent.path_of(logical_id)
        return _Followed(stack_id, node, path, since=since, parent=parent)

    def _nested_stack_id(self, event: StackEventTypeDef) -> str:
        stack_id = event.get("PhysicalResourceId", "")
        if stack_id.startswith("arn:"):
            return stack_id
        if not event.get("ResourceStatus", "").endswith("_FAILED"):
            return ""
        # Why it failed is told in its own events only; its name begins with its parent's.
        beginning = f"{event['StackName']}-{event.get('LogicalResourceId', '')}-"
        listed = self._cloudformation.list_stacks()["StackSummaries"]
        named = [stack for stack in listed if stack["StackName"].startswith(beginning)]
        newest = max(named, key=lambda stack: stack["CreationTime"], default=None)
        return newest.get("StackId", "") if newest else ""


def _meaning(event: StackEventTypeDef, *, rolling_back: bool) -> tuple[str, ResourceProgress]:
    status = event.get("ResourceStatus", "")
    action, _, _ = status.partition("_")
    ending = next((end for end in _PROGRESS if status.endswith(end)), "IN_PROGRESS")
    progress = _PROGRESS[ending]
    if progress == "failed" and _is_given_up(event):
        progress = "skipped"
    return ("rollback" if rolling_back else action.lower()), progress


def _is_given_up(event: StackEventTypeDef) -> bool:
    return _GIVEN_UP.match(event.get("ResourceStatusReason", "")) is not None
