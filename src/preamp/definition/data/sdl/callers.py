"""Whom the rules of a model and its fields are about, held against each other.

What Amplify's transformer would refuse when the backend is made is told at the field and the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.data.rules import CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from preamp.definition.data.rules import Rule
    from preamp.definition.data.sdl.catalogue import ReadModel

    Role = tuple[str, ...]
    Allowed = dict[Role, frozenset[str]]

_READ: Final = frozenset({"get", "list", "search", "sync", "listen"})
_NOT_IN_SQL: Final = frozenset({"search", "sync"})
_PROVIDERS: Final = {
    "public": "apiKey",
    "private": "userPools",
    "owner": "userPools",
    "groups": "userPools",
    "custom": "function",
}
"""What tells who callers are where a rule does not say it."""

_CLAIMS: Final = {"groups": "cognito:groups", "owner": "sub::username"}
"""The claim that is compared where a rule does not say it."""


def provider_of(rule: Rule) -> str:
    """What tells who the callers of a rule are."""
    return rule.provider or _PROVIDERS[rule.strategy]


def check_callers(model: ReadModel, rules: Sequence[Rule]) -> None:
    """Refuse two rules of a model about the same callers, and operations that SQL does not have.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    seen: dict[Role, Rule] = {}
    for rule in rules:
        for role in _roles(rule):
            if role in seen:
                message = f"two rules of {model.name} are about {_shown(role)}"
                hint = 'make one of them: allow.owner().to(["create", "read"])'
                raise model.place.error(CODE, message, hint, rule.site, seen[role].site)
            seen[role] = rule
        missing = _NOT_IN_SQL & set(rule.operations or ()) if model.sql else set()
        if missing:
            message = (
                f"a rule of {model.name} allows {min(missing)}, which SQL databases do not have"
            )
            raise model.place.error(CODE, message, "leave it out, or use read", rule.site)


def check_field_operations(model: ReadModel, own: Mapping[str, Sequence[Rule]]) -> None:
    """Refuse rules of fields about single ways of reading: a field is read, or not.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    for name, rules in own.items():
        for rule in rules:
            single = [each for each in rule.operations or () if each in _READ]
            if single:
                place = model.fields[name].place
                message = f"a rule of {place.label} allows {single[0]}"
                raise place.error(CODE, message, "fields are read as a whole: use read", rule.site)


def check_required_fields(
    model: ReadModel,
    rules: Sequence[Rule],
    own: Mapping[str, Sequence[Rule]],
    required: Iterable[str],
) -> None:
    """Refuse a required field that some who may read other fields may not read.

    AppSync answers such a field with an error for the whole item.

    Args:
        model: The model.
        rules: Its rules.
        own: The rules of its fields, by their names; empty where they have none.
        required: The names of the fields that are always there.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    if not any(own.values()):
        return
    by_field = {name: _allowed(own[name] or rules) for name in model.fields}
    readers = {
        role
        for allowed in by_field.values()
        for role, operations in allowed.items()
        if "get" in operations
    }
    for name in required:
        lacking = _wanted(readers, by_field[name]) - _reading(by_field[name])
        if not lacking:
            continue
        field = model.fields[name]
        who = " and ".join(sorted({_shown(role) for role in lacking}))
        message = f"{field.place.label} is required, and {who} may read other fields, but not it"
        hint = "write | None, or give it the rules of all fields: field(authorization=[…])"
        others = [rule.site for each in own.values() for rule in each]
        raise field.place.error(CODE, message, hint, *others)


def _allowed(rules: Iterable[Rule]) -> Allowed:
    """What each role may do."""
    found: Allowed = {}
    for rule in rules:
        for role in _roles(rule):
            found[role] = _operations(rule)
    return found


def _operations(rule: Rule) -> frozenset[str]:
    if rule.operations is None:
        return _READ
    named = frozenset(rule.operations)
    return named | _READ if "read" in named else named


def _roles(rule: Rule) -> list[Role]:
    provider = provider_of(rule)
    claim = rule.claim or _CLAIMS.get(rule.strategy, "")
    if rule.groups:
        return [(provider, "members of", group, claim) for group in rule.groups]
    if rule.field:
        kind = "the groups in" if rule.strategy == "groups" else "owners in"
        return [(provider, kind, rule.field, claim)]
    return [(provider, rule.strategy)]


def _wanted(readers: set[Role], allowed: Allowed) -> set[Role]:
    """Who has to be able to read a field; whoever is signed in covers all who are."""
    wanted = set(readers)
    for provider in ("userPools", "oidc"):
        everyone = (provider, "private")
        if everyone in readers and allowed.get(everyone, frozenset()) >= _READ:
            wanted -= {role for role in wanted if role[0] == provider and role != everyone}
    return wanted


def _reading(allowed: Allowed) -> set[Role]:
    return {role for role, operations in allowed.items() if operations & _READ}


def _shown(role: Role) -> str:
    if len(role) > len(("provider", "strategy")):
        return f"{role[1]} {role[2]!r}"
    names = {"public": "the public", "private": "signed-in users", "custom": "custom rules"}
    return f"{names[role[1]]} ({role[0]})"
