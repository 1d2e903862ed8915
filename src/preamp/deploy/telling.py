"""Telling a plan before it is carried out.

One event for each change, fewer for whole stacks, and why it is no hotswap. Must not change what
is planned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.plan import Action, PlanKind, Reason
from preamp.events import ChangePlanned, HotswapRejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.deploy.deployed import Address
    from preamp.deploy.plan import Change, Plan
    from preamp.events import Reporter

_AS_A_WHOLE: Final = (Action.ADD, Action.REMOVE)


def tell_plan(plan: Plan, reporter: Reporter) -> None:
    """Report what is going to change.

    Args:
        plan: The plan.
        reporter: Told of each change.
    """
    changes = plan.own_changes
    if plan.kind in {PlanKind.CREATE, PlanKind.RECREATE}:
        events = _first(changes)
    else:
        events = _update(changes, is_hotswap=plan.kind is PlanKind.HOTSWAP)
    for event in events:
        reporter.report(event)
    for rejected in plan.rejections:
        reporter.report(HotswapRejected(rejected.path, rejected.reason.value, rejected.subject))


def _first(changes: Sequence[Change]) -> Iterator[ChangePlanned]:
    """Sum up a first deployment: the root stack, then each stack in it."""
    tops = [change for change in changes if len(change.address) == 1]
    own = [change for change in tops if change.resource_type != NESTED_STACK]
    if own:
        yield ChangePlanned("", NESTED_STACK, "add", Reason.NEW.value, count=len(own))
    for change in tops:
        if change.resource_type == NESTED_STACK:
            yield _event(change, changes, is_hotswap=False)


def _update(changes: Sequence[Change], *, is_hotswap: bool) -> Iterator[ChangePlanned]:
    whole = {
        change.address
        for change in changes
        if change.resource_type == NESTED_STACK and change.action in _AS_A_WHOLE
    }
    for change in changes:
        inside_whole = any(change.address[:end] in whole for end in range(1, len(change.address)))
        if not inside_whole:
            yield _event(change, changes, is_hotswap=is_hotswap)


def event_of(change: Change, *, is_hotswap: bool = False, count: int = 0) -> ChangePlanned:
    """Tell one change by itself.

    Args:
        change: The change.
        is_hotswap: Whether it is made past CloudFormation.
        count: How many resources come or go with it.
    """
    return ChangePlanned(
        path=change.path,
        resource_type=change.resource_type,
        action=change.action.value,
        reason=change.reason.value,
        properties=change.properties,
        site=change.site,
        via="hotswap" if is_hotswap else "cloudformation",
        count=count,
    )


def _event(change: Change, changes: Sequence[Change], *, is_hotswap: bool) -> ChangePlanned:
    count = _inside(change.address, changes) if change.action in _AS_A_WHOLE else 0
    return event_of(change, is_hotswap=is_hotswap, count=count)


def _inside(address: Address, changes: Sequence[Change]) -> int:
    """Count the resources in a stack, the nested stacks themselves not among them."""
    length = len(address)
    inside = [c for c in changes if len(c.address) > length and c.address[:length] == address]
    return sum(c.resource_type != NESTED_STACK for c in inside)
