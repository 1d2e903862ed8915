"""Carrying a plan out: change sets, deletions, and waiting for both.

Owns every call that changes a stack, and what is left behind when one fails or is interrupted.
Must not decide what to deploy. The same for AWS and for an engine.
Defined by the AWS CloudFormation user guide, "Update CloudFormation stacks using change sets".
"""

from __future__ import annotations

import contextlib
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from preamp.deploy.deployed import (
    ROLLBACK_STUCK,
    SUCCEEDED,
    DeployedStack,
    is_busy,
    read_stack,
)
from preamp.deploy.failure import (
    change_set_refused,
    deletion_failed,
    deployment_failed,
    stack_protected,
    stack_stuck,
)
from preamp.deploy.patience import Patience
from preamp.deploy.progress import StackFollower
from preamp.errors import Fault
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType, ChangeSetTypeType

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.target import Target
    from preamp.events import Reporter

_CAPABILITIES: Final[tuple[CapabilityType, ...]] = (
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
)
_NO_CHANGES: Final = ("didn't contain changes", "no updates are to be performed")
_QUIET_POLLS: Final = 5
_FIRST_PAUSE: Final = 0.25
_LONGER: Final = 1.5
_WAITING_STATUSES: Final = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})


class _InRole(TypedDict, total=False):
    """Parameters by which a call names the role that CloudFormation acts in."""

    RoleARN: str


@dataclass(frozen=True)
class _ChangeSet:
    change_set_id: str
    stack_id: str


class StackOperator:
    """Changes one root stack at one target."""

    def __init__(
        self, target: Target, reporter: Reporter, execution_role: str | None = None
    ) -> None:
        """Take what changes the stack.

        Args:
            target: Where.
            reporter: Told of what happens.
            execution_role: The role that CloudFormation acts in; None for that of its caller.
        """
        self._target = target
        self._reporter = reporter
        self._execution: _InRole = {"RoleARN": execution_role} if execution_role else {}

    @property
    def _cloudformation(self) -> CloudFormationClient:
        return self._target.clients.cloudformation

    def settle(self, stack_name: str) -> DeployedStack | None:
        """Wait until nobody is changing the stack.

        An earlier deployment that was interrupted may still be running, or rolling back.

        Args:
            stack_name: Name of the root stack.

        Returns:
            The stack at rest, or None if there is none.
        """
        stack = read_stack(self._cloudformation, stack_name)
        if stack is not None and is_busy(stack.status):
            told = f"{stack_name} is still being changed ({stack.status}); waiting for it to end"
            self._reporter.report(Notice(told))
        while stack is not None and is_busy(stack.status):
            time.sleep(self._target.poll_interval)
            stack = read_stack(self._cloudformation, stack_name)
        return stack

    def bring_about(self, assembly: CloudAssembly, kind: ChangeSetTypeType) -> DeployedStack | None:
        """Bring the root stack to what the assembly wants, by change set.

        Args:
            assembly: What shall run; its assets are published.
            kind: ``CREATE`` or ``UPDATE``.

        Returns:
            The stack afterwards, or None if CloudFormation found nothing to change.

        Raises:
            UserError: ``TemplateRefusedError`` if CloudFormation does not accept the template,
                ``DeploymentFailedError`` if a resource failed.
        """
        change_set: _ChangeSet | None = None
        executing = False
        try:
            change_set = self._create_change_set(assembly, kind)
            if not self._await_change_set(assembly, change_set):
                self._drop(change_set, assembly.stack_name, kind)
                return None
            follower = self._follow(change_set.stack_id, assembly)
            executing = True
            self._cloudformation.execute_change_set(ChangeSetName=change_set.change_set_id)
            self._await_end(follower, change_set.stack_id)
        except BaseException as error:
            if not executing:
                self._withdraw(change_set, assembly.stack_name, kind)
            elif kind == "UPDATE" and not isinstance(error, Exception):
                # Somebody wants out. A lost connection is no reason to stop the update.
                self._cancel(assembly.stack_name)
            raise
        return self._checked(assembly, follower, change_set.stack_id)

    def finish_rollback(self, assembly: CloudAssembly, stack: DeployedStack) -> DeployedStack:
        """Have CloudFormation try again to roll back an update that it could not roll back.

        Args:
            assembly: To name resources by construct path.
            stack: The stack, in ``UPDATE_ROLLBACK_FAILED``.

        Returns:
            The stack, as it was before that update.

        Raises:
            UserError: ``StackStuckError`` if it cannot still.
        """
        told = (
            f"an earlier update of {assembly.stack_name} could not be rolled back: {stack.reason}; "
            "having CloudFormation try that again first"
        )
        self._reporter.report(Notice(told))
        follower = self._follow(stack.stack_id, assembly)
        self._cloudformation.continue_update_rollback(StackName=stack.stack_id, **self._execution)
        self._await_end(follower, stack.stack_id)
        after = read_stack(self._cloudformation, stack.stack_id)
        if after is None or after.status == ROLLBACK_STUCK:
            raise stack_stuck(assembly.stack_name, after or stack, follower.failures, assembly)
        return after

    def delete(
        self, stack: DeployedStack, stack_name: str, assembly: CloudAssembly | None = None
    ) -> None:
        """Delete a stack with everything in it, and wait for that.

        Args:
            stack: The stack as it is.
            stack_name: Its name.
            assembly: What it was made from, to name resources by construct path.

        Raises:
            UserError: ``StackProtectedError``, or ``DeletionFailedError`` if something stays.
        """
        if stack.termination_protection:
            raise stack_protected(stack_name)
        follower = self._follow(stack.stack_id, assembly)
        self._cloudformation.delete_stack(StackName=stack.stack_id, **self._execution)
        self._await_end(follower, stack.stack_id)
        left = read_stack(self._cloudformation, stack.stack_id)
        if left is not None and left.status != "DELETE_COMPLETE":
            raise deletion_failed(stack_name, left, follower.failures, assembly)

    def protect(self, stack_id: str) -> None:
        """Have the stack refuse to be deleted.

        Args:
            stack_id: Name or ARN.
        """
        self._cloudformation.update_termination_protection(
            StackName=stack_id, EnableTerminationProtection=True
        )

    def _create_change_set(self, assembly: CloudAssembly, kind: ChangeSetTypeType) -> _ChangeSet:
        from botocore.exceptions import ClientError

        try:
            created = self._cloudformation.create_change_set(
                StackName=assembly.stack_name,
                # Names are never used twice: what an earlier deployment left cannot be in the way.
                ChangeSetName=f"preamp-{uuid.uuid4().hex}",
                ChangeSetType=kind,
                TemplateURL=_template_url(assembly, self._target),
                Capabilities=list(_CAPABILITIES),
                Tags=[{"Key": key, "Value": value} for key, value in assembly.tags.items()],
                **self._execution,
            )
        except ClientError as error:
            told = error.response.get("Error", {})
            if told.get("Code") != "ValidationError":
                raise
            raise change_set_refused(assembly, told.get("Message", "")) from error
        return _ChangeSet(created["Id"], created["StackId"])

    def _await_change_set(self, assembly: CloudAssembly, change_set: _ChangeSet) -> bool:
        """Wait until a change set can be executed; False if it is empty."""
        for _ in self._ticks():
            found = self._cloudformation.describe_change_set(ChangeSetName=change_set.change_set_id)
            status = found["Status"]
            if status == "CREATE_COMPLETE":
                return True
            if status not in _WAITING_STATUSES:
                break
        reason = found.get("StatusReason", "")
        if any(words in reason.lower() for words in _NO_CHANGES):
            return False
        raise change_set_refused(assembly, reason or status)

    def _follow(self, stack_id: str, assembly: CloudAssembly | None) -> StackFollower:
        return StackFollower(self._cloudformation, stack_id, assembly, self._reporter)

    def _await_end(self, follower: StackFollower, stack_id: str) -> None:
        patience = Patience(self._target, self._reporter)
        quiet = 0
        for _ in self._ticks():
            with patience.trying():
                quiet = 0 if follower.poll() else quiet + 1
                if follower.ended:
                    return
                # The event that tells the end may never come, for instance if the stack is gone.
                if quiet >= _QUIET_POLLS and follower.begun:
                    quiet = 0
                    stack = read_stack(self._cloudformation, stack_id)
                    if stack is None or not is_busy(stack.status):
                        follower.poll()
                        return

    def _ticks(self) -> Iterator[None]:
        """Let time pass between two looks: little at first, as small changes are quick."""
        pause = min(_FIRST_PAUSE, self._target.poll_interval)
        while True:
            yield
            time.sleep(pause)
            pause = min(pause * _LONGER, self._target.poll_interval)

    def _checked(
        self, assembly: CloudAssembly, follower: StackFollower, stack_id: str
    ) -> DeployedStack:
        stack = read_stack(self._cloudformation, stack_id)
        if stack is None:
            raise Fault(
                "StackVanishedFault", f"{assembly.stack_name} vanished while it was deployed"
            )
        if stack.status not in SUCCEEDED:
            raise deployment_failed(assembly, stack, follower.failures)
        return stack

    def _withdraw(
        self, change_set: _ChangeSet | None, stack_name: str, kind: ChangeSetTypeType
    ) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        # What is told to the user is the error that brought us here.
        with contextlib.suppress(ClientError, BotoCoreError):
            self._drop(change_set, stack_name, kind)

    def _cancel(self, stack_name: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        # Refused if the update has come to its end meanwhile; then there is nothing to cancel.
        with contextlib.suppress(ClientError, BotoCoreError):
            self._cloudformation.cancel_update_stack(StackName=stack_name)

    def _drop(
        self, change_set: _ChangeSet | None, stack_name: str, kind: ChangeSetTypeType
    ) -> None:
        if kind == "CREATE":
            # Nothing was created yet but the empty shell that the change set needed; the change
            # set goes with it.
            stack = read_stack(self._cloudformation, stack_name)
            if stack is not None and stack.status == "REVIEW_IN_PROGRESS":
                self._cloudformation.delete_stack(StackName=stack.stack_id, **self._execution)
        elif change_set is not None:
            self._cloudformation.delete_change_set(ChangeSetName=change_set.change_set_id)


def _template_url(assembly: CloudAssembly, target: Target) -> str:
    asset = assembly.template_asset
    bucket = target.substitute(asset.bucket)
    key = target.substitute(asset.object_key)
    return f"https://s3.{target.region}.{target.url_suffix}/{bucket}/{key}"
