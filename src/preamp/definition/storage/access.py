"""Who may do what with the files under a path.

Amplify Gen 2, "Customize authorization rules".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from preamp.definition.auth.groups import check_group_name
from preamp.definition.function import FunctionDefinition
from preamp.definition.names import nearest
from preamp.definition.options import check_choice
from preamp.definition.site import calling_site
from preamp.definition.storage.paths import ENTITY, check_paths
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.site import Site

Action = Literal["read", "get", "list", "write", "delete"]
GrantedAction = Literal["get", "list", "write", "delete"]
Entity = Literal["identity"]
CallerKind = Literal["guest", "authenticated", "group", "owner", "function"]

ACTIONS: Final[tuple[str, ...]] = get_args(Action)

_CODE: Final = "InvalidStorageAccessDefinitionError"
_ENTITIES: Final[tuple[str, ...]] = get_args(Entity)
_READ: Final[tuple[GrantedAction, ...]] = ("get", "list")


@dataclass(frozen=True)
class Caller:
    """Who a rule is about.

    Attributes:
        kind: What sort of caller.
        group: The group, of ``group``.
        function: The function, of ``function``.
    """

    kind: CallerKind
    group: str | None = None
    function: FunctionDefinition | None = field(default=None, repr=False)


@dataclass(frozen=True)
class StorageAccess:
    """A rule: what some may do.

    Attributes:
        callers: Whom it is about.
        actions: What they may do; reading is two things, each once.
        site: The line of the rule.
    """

    callers: tuple[Caller, ...]
    actions: tuple[GrantedAction, ...]
    site: Site | None = field(compare=False, repr=False)


@dataclass(frozen=True)
class PathRules:
    """The rules of a path.

    Attributes:
        path: Such as ``photos/*``.
        rules: Who may do what there.
    """

    path: str
    rules: tuple[StorageAccess, ...]


class StorageActions:
    """Says what somebody may do.

    Args:
        callers: Whom it is about.
    """

    def __init__(self, *callers: Caller) -> None:
        self._callers = callers

    def to(self, actions: Sequence[Action]) -> StorageAccess:
        """Allow actions.

        Args:
            actions: ``get`` for the files, ``list`` for their names, ``read`` for both; ``write``,
                which is to add and to replace; ``delete``.

        Raises:
            UserError: ``EmptyPolicyError`` or ``InvalidStorageAccessDefinitionError``.
        """
        site = calling_site()
        if isinstance(actions, str) or not isinstance(actions, Sequence):
            raise _wrong(f"to() was given {actions!r}", 'give a list, such as ["read"]', site)
        if not actions:
            hint = "name what may be done, or leave the rule out"
            sites = [site] if site else []
            raise UserError("EmptyPolicyError", "a rule allows nothing", hint, sites=sites)
        for action in actions:
            check_choice(action, ACTIONS, _CODE, "an action", site)
        both = [action for action in _READ if "read" in actions and action in actions]
        if both:
            hint = f"leave out {both[0]!r}, or replace 'read' by what of it is meant"
            raise _wrong(f"'read' and {both[0]!r} are both allowed by a rule", hint, site)
        return StorageAccess(self._callers, _granted(actions), site)


class StorageAllow:
    """What the callback of ``access`` is given to say its rules with."""

    @property
    def authenticated(self) -> StorageActions:
        """Users who have signed in."""
        return StorageActions(Caller("authenticated"))

    @property
    def guest(self) -> StorageActions:
        """Everybody else."""
        return StorageActions(Caller("guest"))

    def groups(self, group_names: Sequence[str]) -> StorageActions:
        """Members of groups.

        Args:
            group_names: Of groups that the backend's auth has.

        Raises:
            UserError: ``InvalidStorageAccessDefinitionError`` or ``InvalidGroupError``.
        """
        site = calling_site()
        if isinstance(group_names, str) or not isinstance(group_names, Sequence):
            hint = 'give a list, such as ["admins"]'
            raise _wrong(f"groups() was given {group_names!r}", hint, site)
        if not group_names:
            raise _wrong("groups() names no group", "name one, or leave the rule out", site)
        for name in group_names:
            check_group_name(name, site)
        return StorageActions(*(Caller("group", group=name) for name in dict.fromkeys(group_names)))

    def entity(self, entity_id: Entity) -> StorageActions:
        """Whom files belong to: who has signed in, with the files under their own identity.

        Args:
            entity_id: ``identity``, which is that of the identity pool, and takes the place of
                ``{entity_id}`` in the path.

        Raises:
            UserError: ``InvalidStorageAccessDefinitionError``.
        """
        check_choice(entity_id, _ENTITIES, _CODE, "the entity", calling_site())
        return StorageActions(Caller("owner"))

    def resource(self, other: FunctionDefinition) -> StorageActions:
        """A function of the backend.

        Args:
            other: What `define_function` returned.

        Raises:
            UserError: ``InvalidStorageAccessDefinitionError``.
        """
        given: object = other
        if isinstance(given, FunctionDefinition):
            return StorageActions(Caller("function", function=given))
        hint = "give what define_function() returns"
        raise _wrong(f"{given!r} is no function of the backend", hint, calling_site())


def read_access(
    given: Callable[[StorageAllow], Mapping[str, Sequence[StorageAccess]]] | None,
    site: Site | None,
) -> tuple[PathRules, ...]:
    """Ask a callback for its rules.

    Raises:
        UserError: ``EmptyPolicyError``, ``InvalidStorageAccessDefinitionError`` or
            ``InvalidStorageAccessPathError``.
    """
    if given is None:
        return ()
    call: object = given
    said: object = call(StorageAllow()) if callable(call) else call
    if not isinstance(said, Mapping):
        hint = 'access=lambda allow: {"photos/*": [allow.authenticated.to(["read"])]}'
        raise _wrong(f"access gives {said!r}, which is no dictionary of paths", hint, site)
    check_paths(list(said), site)
    return tuple(PathRules(path, _rules_of(path, rules, site)) for path, rules in said.items())


def _rules_of(path: str, given: object, site: Site | None) -> tuple[StorageAccess, ...]:
    if not isinstance(given, Sequence) or not all(
        isinstance(each, StorageAccess) for each in given
    ):
        hint = 'give a list, such as [allow.authenticated.to(["read"])]'
        raise _wrong(f"the path {path!r} has {given!r}, which is no list of rules", hint, site)
    seen: set[tuple[CallerKind, str | None]] = set()
    for rule in given:
        for caller in rule.callers:
            _check_caller(path, caller, rule.site or site)
            key = (caller.kind, caller.group)
            if key in seen and caller.kind != "function":
                hint = "put all that they may do there into one rule"
                message = f"the path {path!r} has two rules for {spoken(caller)}"
                raise _wrong(message, hint, rule.site or site)
            seen.add(key)
    return tuple(given)


def _check_caller(path: str, caller: Caller, site: Site | None) -> None:
    if caller.kind == "owner" and ENTITY not in path:
        own = f"{path.removesuffix('*')}{ENTITY}/*"
        raise _wrong(
            f"the path {path!r} has a rule for owners, but no {ENTITY}: "
            "every user would own every file",
            f"name the path {own!r}, or use allow.authenticated",
            site,
        )


def spoken(caller: Caller) -> str:
    """Whom a rule is about, as a person says it."""
    return {
        "guest": "guests",
        "authenticated": "users who have signed in",
        "group": f"the group {caller.group!r}",
        "owner": "owners",
        "function": "a function",
    }[caller.kind]


def unknown_group(group: str, known: Sequence[str], site: Site | None) -> UserError:
    """The error that a group of a rule does not exist."""
    hint = f"name one of {', '.join(known)}" if known else "add it to the groups of define_auth()"
    return _wrong(
        f"a rule is for the group {group!r}, which auth does not have{nearest(group, known)}",
        hint,
        site,
    )


def without_auth(caller: Caller, site: Site | None) -> UserError:
    """The error that a rule is for users where there are none."""
    return _wrong(
        f"a rule is for {spoken(caller)}, but the backend has no auth",
        "add define_auth() or reference_auth() to define_backend(), "
        "or allow functions only: allow.resource(…)",
        site,
    )


def _granted(actions: Sequence[Action]) -> tuple[GrantedAction, ...]:
    each = [granted for action in actions for granted in (_READ if action == "read" else (action,))]
    return tuple(dict.fromkeys(each))


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
