"""Whether all changes can be hotswapped, and how.

Owns that decision: one change that cannot be hotswapped makes everything CloudFormation's. Pure:
what runs is given to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.hotswap.operation import REQUIRED, Swap, Wanted
from preamp.deploy.hotswap.rejection import Rejected, RejectedError, Rejection
from preamp.deploy.hotswap.swappers import SWAPPERS
from preamp.deploy.plan import Action, differing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from preamp.deploy.deployed import Address
    from preamp.deploy.hotswap.operation import Call, Swapper
    from preamp.deploy.hotswap.values import Scope
    from preamp.deploy.plan import Change, Resource

_REJECTED_ACTIONS: Final = {
    Action.ADD: Rejection.ADDED,
    Action.REMOVE: Rejection.REMOVED,
    Action.REPLACE: Rejection.REPLACED,
}
_LIFE_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy")
_TEMPLATE_URL: Final = ("TemplateURL",)
_PARAMETERS: Final = "Parameters"


def plan_swaps(
    changes: Iterable[Change], new: Scope, old: Scope
) -> tuple[tuple[Swap, ...], tuple[Rejected, ...]]:
    """Plan the hotswap of all changes.

    Args:
        changes: Every difference between what runs and what is wanted.
        new: The root stack with the templates that are wanted.
        old: The root stack with the templates CloudFormation knows. What is swapped must be able
            to return to them.

    Returns:
        The swaps, and why changes were rejected. If anything was rejected, the swaps are not to
        be used.
    """
    swaps: list[Swap] = []
    rejected: list[Rejected] = []
    for change in changes:
        try:
            swap = _swap(change, new, old)
        except RejectedError as error:
            rejected.append(Rejected(change.path, error.reason, error.subject))
        else:
            swaps.extend([swap] if swap else [])
    return tuple(swaps), tuple(rejected)


def plan_return(
    possible: Mapping[Address, Sequence[Resource | None]], scope: Scope
) -> Iterator[Swap]:
    """Plan to set resources to what a template says.

    Args:
        possible: What each of the resources may be; None if that is anything.
        scope: The root stack with that template.

    Yields:
        A swap for every resource of a type that can be hotswapped. It sets the properties that may
        differ; of a resource that may be anything, all that can be set.
    """
    for address, states in possible.items():
        try:
            swap = _return_of(address, states, scope)
        except RejectedError:
            # Had it been swapped, this would have been possible then.
            continue
        if swap is not None:
            yield swap


def all_addresses(scope: Scope) -> Iterator[Address]:
    """Yield where every resource of a stack and its nested stacks is.

    Args:
        scope: The stack.
    """
    for logical_id in scope.tree.resources:
        yield (logical_id,)
        if logical_id in scope.tree.children:
            try:
                inside = scope.child(logical_id)
            except RejectedError:
                continue
            yield from ((logical_id, *inner) for inner in all_addresses(inside))


def _swap(change: Change, new: Scope, old: Scope) -> Swap | None:
    """Return how a change is made; None if it is only the mention of others."""
    if change.action in _REJECTED_ACTIONS:
        raise RejectedError(_REJECTED_ACTIONS[change.action])
    if change.before is None or change.after is None:
        raise RejectedError(Rejection.STACK)
    _refuse_beside_properties(change.before, change.after)
    if change.resource_type == NESTED_STACK:
        _refuse_nested(change)
        return None
    calls: tuple[Call, ...] = ()
    if change.properties:
        calls = _property_calls(change, new, old)
    return Swap(change.path, change.resource_type, change.address, calls)


def _refuse_beside_properties(before: Resource, after: Resource) -> None:
    if any(before.get(name) != after.get(name) for name in _LIFE_POLICIES):
        raise RejectedError(Rejection.LIFE_POLICY)
    if before.get("Condition") != after.get("Condition"):
        raise RejectedError(Rejection.CONDITION)


def _refuse_nested(change: Change) -> None:
    # Anything in it that differs is a change of its own.
    if change.properties not in {(), _TEMPLATE_URL}:
        reason = (
            Rejection.NESTED_PARAMETERS if _PARAMETERS in change.properties else Rejection.PROPERTY
        )
        raise RejectedError(reason, ", ".join(change.properties))


def _property_calls(change: Change, new: Scope, old: Scope) -> tuple[Call, ...]:
    swapper = SWAPPERS.get(change.resource_type)
    if swapper is None:
        raise RejectedError(Rejection.RESOURCE_TYPE, change.resource_type)
    for name in change.properties:
        if name not in swapper.defaults:
            raise RejectedError(Rejection.PROPERTY, name)
    inside, outside = _scope_of(new, change.address), _scope_of(old, change.address)
    base = outside.tree.resources.get(change.address[-1]) if outside else None
    if inside is None or outside is None or base is None or change.after is None:
        raise RejectedError(Rejection.NOT_THERE)
    logical_id, names = change.address[-1], frozenset(change.properties)
    _refuse_referenced(logical_id, swapper, inside.tree.template)
    # The way back has to be open: CloudFormation does not know that it would have to go it.
    _calls(logical_id, names, base, outside, swapper)
    return tuple(_calls(logical_id, names, change.after, inside, swapper))


def _refuse_referenced(logical_id: str, swapper: Swapper, template: Mapping[str, Any]) -> None:
    for name in swapper.altered:
        if _mentions(template, logical_id, name):
            raise RejectedError(Rejection.REFERENCED, name)


def _mentions(value: object, logical_id: str, attribute: str) -> bool:
    """Tell whether a template reads an attribute of a resource."""
    if isinstance(value, list):
        return any(_mentions(inner, logical_id, attribute) for inner in value)
    if isinstance(value, dict):
        read = value.get("Fn::GetAtt")
        if read in ([logical_id, attribute], f"{logical_id}.{attribute}"):
            return True
        return any(_mentions(inner, logical_id, attribute) for inner in value.values())
    return isinstance(value, str) and f"${{{logical_id}.{attribute}}}" in value


def _calls(
    logical_id: str, names: frozenset[str], resource: Resource, scope: Scope, swapper: Swapper
) -> list[Call]:
    return list(swapper.calls(_wanted(logical_id, names, resource, scope, swapper)))


def _wanted(
    logical_id: str, names: frozenset[str], resource: Resource, scope: Scope, swapper: Swapper
) -> Wanted:
    return Wanted(
        physical_id=scope.physical_id(logical_id),
        names=names,
        properties=resource.get("Properties") or {},
        defaults=swapper.defaults,
        resolve=scope.resolve,
    )


def _is_settable(name: str, resource: Resource, swapper: Swapper, scope: Scope) -> bool:
    properties = resource.get("Properties") or {}
    if name not in properties:
        return swapper.defaults[name] is not REQUIRED
    try:
        scope.resolve(properties[name])
    except RejectedError:
        return False
    return True


def _return_of(address: Address, states: Sequence[Resource | None], scope: Scope) -> Swap | None:
    inside = _scope_of(scope, address)
    resource = inside.tree.resources.get(address[-1]) if inside else None
    swapper = SWAPPERS.get(str((resource or {}).get("Type")))
    if inside is None or resource is None or swapper is None:
        return None
    suspects = {
        name
        for state in states
        for name in (swapper.defaults if state is None else _differing_in(state, resource))
    }
    names = frozenset(
        name
        for name in suspects & swapper.defaults.keys()
        if _is_settable(name, resource, swapper, inside)
    )
    calls = _calls(address[-1], names, resource, inside, swapper)
    return Swap("/".join(address), str(resource["Type"]), address, tuple(calls))


def _differing_in(one: Resource, other: Resource) -> tuple[str, ...]:
    return differing(one.get("Properties") or {}, other.get("Properties") or {})


def _scope_of(scope: Scope, address: Address) -> Scope | None:
    """Return the stack that holds a resource, None if there is none."""
    for logical_id in address[:-1]:
        if logical_id not in scope.tree.children:
            return None
        scope = scope.child(logical_id)
    return scope
