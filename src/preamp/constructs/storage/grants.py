"""Which paths each caller may use, of the rules of all paths.

A rule for a folder holds for what lies below it, but not where that has rules of its own: what
these do not allow is denied there. Amplify Gen 2, "Customize authorization rules".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from preamp.definition.storage.paths import ENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from preamp.definition.storage.access import Caller, GrantedAction, PathRules

Holder = TypeVar("Holder")

IDENTITY: Final = "${cognito-identity.amazonaws.com:sub}"
"""What IAM puts the identity of the caller in the place of."""


@dataclass
class Paths:
    """The paths of an action.

    Attributes:
        allowed: Where it is allowed.
        denied: Where below these it is not.
    """

    allowed: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Grant(Generic[Holder]):
    """All that somebody may do.

    Attributes:
        holder: Who.
        actions: Where, by what.
    """

    holder: Holder
    actions: Mapping[GrantedAction, Paths]


def grants(
    access: Sequence[PathRules], holder_of: Callable[[Caller, PathRules], Holder]
) -> list[Grant[Holder]]:
    """What each of those may do whom rules are about, in the order of the rules.

    Args:
        access: The rules of each path.
        holder_of: Who gets what a caller may do; called in the order of the rules.
    """
    found: dict[Holder, dict[GrantedAction, Paths]] = {}
    places: dict[str, None] = {}
    for each in access:
        for rule in each.rules:
            for caller in rule.callers:
                actions = found.setdefault(holder_of(caller, each), {})
                place = place_of(each.path, caller)
                places[place] = None
                for action in rule.actions:
                    allowed = actions.setdefault(action, Paths()).allowed
                    if place not in allowed:
                        allowed.append(place)
    everywhere = [paths for actions in found.values() for paths in actions.values()]
    _deny_below(everywhere, list(places))
    for paths in everywhere:
        _leave_out_what_is_below(paths.allowed)
    return [Grant(holder, actions) for holder, actions in found.items()]


def place_of(path: str, caller: Caller) -> str:
    """A path as policies and frontends know it, for a caller."""
    if caller.kind == "owner":
        return path.replace(ENTITY, IDENTITY)
    return path.replace(f"{ENTITY}/*", "*")


def _deny_below(everywhere: Iterable[Paths], places: Sequence[str]) -> None:
    for place in places:
        parent = _parent(place, places)
        # what belongs to each is a part of what somebody else may use as a whole
        if parent is None or parent == place.replace(f"{IDENTITY}/", ""):
            continue
        for paths in everywhere:
            if parent in paths.allowed and place not in paths.allowed:
                paths.denied.append(place)


def _leave_out_what_is_below(allowed: list[str]) -> None:
    for place in tuple(allowed):
        if _parent(place, allowed):
            allowed.remove(place)


def _parent(place: str, places: Iterable[str]) -> str | None:
    return next(
        (each for each in places if each != place and place.startswith(each.removesuffix("*"))),
        None,
    )
