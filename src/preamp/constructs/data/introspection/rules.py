"""Authorization rules as frontends are told of them: with what they mean if they do not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.constructs.data.introspection.document import Directive

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTH: Final = "auth"

_OPERATIONS: Final = ("create", "update", "delete", "read")
_USERS: Final = "userPools"


def tell_rules(directives: list[Directive]) -> list[Directive]:
    """Directives with those of rules last, written out."""
    rules = [_written_out(each) for each in directives if each.name == AUTH]
    return [each for each in directives if each.name != AUTH] + rules


def _written_out(directive: Directive) -> Directive:
    given = directive.arguments.get("rules") or []
    told = [
        _rule(each)
        for each in given
        # whose groups are in a field of another name is not for frontends to know
        if not (each.get("allow") == "groups" and each.get("groupField"))
    ]
    return Directive(directive.name, {**directive.arguments, "rules": told})


def _rule(given: Mapping[str, Any]) -> dict[str, Any]:
    operations = given.get("operations") or given.get("mutations") or list(_OPERATIONS)
    if given.get("allow") == "owner":
        claim = given.get("identityClaim") or given.get("identityField") or "username"
        return {
            "provider": _USERS,
            "ownerField": given.get("ownerField") or "owner",
            **given,
            "identityClaim": "cognito:username" if claim == "username" else claim,
            "operations": operations,
        }
    if given.get("allow") == "groups":
        told = {"groupClaim": "cognito:groups", "provider": _USERS, **given}
        if not given.get("groups"):
            told["groupField"] = given.get("groupField") or "groups"
        return {**told, "operations": operations}
    return {**given, "operations": operations}
