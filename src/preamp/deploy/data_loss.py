"""Data that an update would delete: finding it, having it approved, saving it first.

Owns the rules by which data is lost: what is removed, what is replaced, what policies keep.
Defined by the AWS CloudFormation user guide, "DeletionPolicy attribute" and "UpdateReplacePolicy
attribute".
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.approval import DataRisk
from preamp.deploy.contents import STATEFUL
from preamp.deploy.failure import data_would_be_lost
from preamp.deploy.plan import Action, PlanKind
from preamp.deploy.replacement import possibly_replacing_properties
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from preamp.deploy.approval import Approval, LossAction
    from preamp.deploy.deployed import Address, StackReader
    from preamp.deploy.plan import Change, Plan
    from preamp.deploy.target import ClientFactory
    from preamp.events import Reporter

_DELETION: Final = "DeletionPolicy"
_REPLACEMENT: Final = "UpdateReplacePolicy"
_DELETE: Final = "Delete"
_SNAPSHOT: Final = "Snapshot"
_CLUSTERED: Final = "DBClusterIdentifier"


class DataGuard:
    """Lets an update pass only if it loses no data, or the loss is approved."""

    def __init__(
        self,
        approval: Approval | None,
        before_loss: Callable[[], str | None] | None,
        reporter: Reporter,
    ) -> None:
        """Take what decides.

        Args:
            approval: Decides; None if nothing may be lost.
            before_loss: Saves the data; returns how to get it back.
            reporter: Told of what needs no decision, and afterwards of the way back.
        """
        self._approval = approval
        self._before_loss = before_loss
        self._reporter = reporter

    @contextlib.contextmanager
    def watching(
        self, plan: Plan, stack_id: str, reader: StackReader, clients: ClientFactory
    ) -> Iterator[None]:
        """Let a plan be carried out inside, if it may be.

        Args:
            plan: The plan for a stack that runs.
            stack_id: The stack's ARN.
            reader: Reads what runs.
            clients: The target's clients.

        Raises:
            UserError: ``DataLossError``; nothing was changed.
        """
        found = find_risks(plan, stack_id, reader, clients)
        risks = [risk for risk in found if not _is_passing(risk)]
        for risk in found:
            if _is_passing(risk):
                self._reporter.report(Notice(str(risk), risk.site))
        if risks and not (self._approval and self._approval.approve(risks)):
            raise data_would_be_lost(risks)
        way_back = self._before_loss() if risks and self._before_loss else None
        try:
            yield
        finally:
            # After a failure too: by then the data may be gone.
            if way_back:
                self._reporter.report(Notice(way_back))


def find_risks(
    plan: Plan, stack_id: str, reader: StackReader, clients: ClientFactory
) -> list[DataRisk]:
    """Find the data that a plan would lose.

    Args:
        plan: The plan for a stack that runs.
        stack_id: The stack's ARN.
        reader: Reads what runs.
        clients: The target's clients; only resources in question are asked about.

    Returns:
        A risk for every resource that holds something, in the order of the plan.
    """
    if plan.kind is not PlanKind.UPDATE:
        return []
    kept = _kept_stacks(plan.changes)
    return [
        risk
        for change in plan.changes
        if not any(change.address[:end] in kept for end in range(1, len(change.address)))
        and (risk := _risk(change, stack_id, reader, clients)) is not None
    ]


def _risk(
    change: Change, stack_id: str, reader: StackReader, clients: ClientFactory
) -> DataRisk | None:
    before = change.before or {}
    stateful = STATEFUL.get(str(before.get("Type")))
    lost = _lost_by(change) if stateful else None
    if stateful is None or lost is None:
        return None
    action, properties = lost
    physical_id = _physical_id(change.address, stack_id, reader)
    holds = stateful.holds(clients, physical_id) if physical_id else None
    if physical_id is None or holds is None:
        return None
    return DataRisk(
        path=change.path,
        resource_type=str(before["Type"]),
        kind=stateful.kind,
        physical_id=physical_id,
        action=action,
        holds=holds,
        properties=properties,
        site=change.site,
    )


def _lost_by(change: Change) -> tuple[LossAction, tuple[str, ...]] | None:
    """Return how a resource's data would be lost, None if it would not."""
    before, after = change.before or {}, change.after or {}
    if change.action is Action.REMOVE:
        return None if _keeps(before, _DELETION) else ("remove", ())
    if change.action is Action.ADD:
        return None
    properties = tuple(
        sorted(
            possibly_replacing_properties(
                change.resource_type, before.get("Properties") or {}, after.get("Properties") or {}
            )
        )
    )
    if before.get("Type") != after.get("Type"):
        # The old one is deleted as one that was replaced.
        return None if _keeps(before, _REPLACEMENT) else ("replace", ("Type",))
    if before.get("Condition") != after.get("Condition") and not _keeps(before, _DELETION):
        return "remove", ("Condition",)
    if not properties or (_keeps(before, _REPLACEMENT) and _keeps(after, _REPLACEMENT)):
        return None
    return "replace", properties


def _keeps(resource: Mapping[str, Any], policy: str) -> bool:
    return str(resource.get(policy, _default_policy(resource))) != _DELETE


def _default_policy(resource: Mapping[str, Any]) -> str:
    """Return what holds if a template says nothing of a resource's life."""
    resource_type = resource.get("Type")
    properties = resource.get("Properties") or {}
    if resource_type == "AWS::RDS::DBCluster":
        return _SNAPSHOT
    if resource_type == "AWS::RDS::DBInstance" and _CLUSTERED not in properties:
        return _SNAPSHOT
    return _DELETE


def _kept_stacks(changes: Sequence[Change]) -> set[Address]:
    """Return nested stacks that leave the backend and stay as they are."""
    return {
        change.address
        for change in changes
        if change.resource_type == NESTED_STACK
        and change.action is Action.REMOVE
        and _keeps(change.before or {}, _DELETION)
    }


def _physical_id(address: Address, stack_id: str, reader: StackReader) -> str | None:
    for logical_id in address[:-1]:
        found = reader.physical_ids(stack_id).get(logical_id)
        if found is None:
            return None
        stack_id = found
    return reader.physical_ids(stack_id).get(address[-1])


def _is_passing(risk: DataRisk) -> bool:
    return STATEFUL[risk.resource_type].passing
