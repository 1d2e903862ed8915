"""Rules as directives, and the fields that they imply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.data.naming import graphql_name
from preamp.definition.data.rules import CODE, OPERATIONS, ResourceRule, Rule
from preamp.definition.data.scalars import TEXTS, Scalar
from preamp.definition.data.sdl.directives import directive, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preamp.definition.data.sdl.catalogue import ReadModel
    from preamp.definition.data.sdl.places import Place
    from preamp.definition.data.sdl.reading import Field

_NATIVE: Final = {
    ("public", None): "aws_api_key",
    ("public", "apiKey"): "aws_api_key",
    ("public", "identityPool"): "aws_iam",
    ("private", None): "aws_cognito_user_pools",
    ("private", "userPools"): "aws_cognito_user_pools",
    ("private", "oidc"): "aws_oidc",
    ("private", "identityPool"): "aws_iam",
    ("groups", None): "aws_cognito_user_pools",
    ("groups", "userPools"): "aws_cognito_user_pools",
    ("custom", None): "aws_lambda",
    ("custom", "function"): "aws_lambda",
}
"""AppSync's own directives."""

_READ: Final = frozenset({"get", "list", "sync", "listen", "search"})
"""The operations that ``read`` stands for."""


def check_rules(given: object, place: Place) -> tuple[Rule, ...]:
    """What was given as rules of a model, a field or an operation.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        hint = "give a list, such as authorization=[allow.owner()]"
        raise place.error(CODE, f"authorization of {place.label} is no list", hint)
    for rule in given:
        if isinstance(rule, ResourceRule):
            message = f"{place.label} has allow.resource(), which is for whole schemas"
            hint = "give it to the schema: schema([…], authorization=[allow.resource(function)])"
            raise place.error(CODE, message, hint, rule.site)
        if not isinstance(rule, Rule):
            message = f"authorization of {place.label} has {_shown(rule)}, which is no rule"
            hint = "call it: allow.owner()" if callable(rule) else "make rules with allow"
            raise place.error(CODE, message, hint)
        _check_operations(rule, place)
    return tuple(given)


def auth_directive(rules: Sequence[Rule], model: ReadModel | None = None) -> str:
    """Amplify's ``@auth``; nothing without rules.

    Args:
        rules: The rules.
        model: The model whose fields they name.
    """
    if not rules:
        return ""
    return f"@auth(rules: [{', '.join(_rule(rule, model) for rule in rules)}])"


def native_directives(rules: Iterable[Rule]) -> str:
    """AppSync's own directives for types, and for operations that Amplify makes nothing of."""
    plain: list[str] = []
    groups: dict[str, list[str]] = {}
    for rule in rules:
        name = _NATIVE[rule.strategy, rule.provider]
        if rule.groups:
            groups.setdefault(name, []).extend(rule.groups)
        else:
            plain.append(f"@{name}")
    for name, members in groups.items():
        if f"@{name}" not in plain:
            plain.append(directive(name, [("cognito_groups", texts(dict.fromkeys(members)))]))
    return " ".join(dict.fromkeys(plain))


def check_operation_rules(
    rules: Iterable[Rule], place: Place, *, resolver: bool, structure: bool
) -> None:
    """Refuse rules that operations cannot have.

    Args:
        rules: The rules.
        place: The operation.
        resolver: Whether a resolver of the user's answers it.
        structure: Whether it answers a custom type, which has AppSync's own directives.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    for rule in rules:
        if rule.strategy == "owner" or rule.field:
            message = f"{place.label} has a rule about owners or groups of items"
            hint = "operations have no items: allow signed-in users or groups, and check the rest"
            raise place.error(CODE, message, f"{hint} in the handler", rule.site)
        if rule.operations or (rule.strategy == "groups" and rule.claim):
            message = f"{place.label} has a rule with .to() or .with_claim_in()"
            hint = "a rule of an operation is about calling it: leave that out"
            raise place.error(CODE, message, hint, rule.site)
        if (resolver or structure) and (rule.strategy, rule.provider) not in _NATIVE:
            how = "is answered by a resolver" if resolver else "answers a custom type"
            message = f"{place.label} {how}, which AppSync cannot give to groups of OIDC"
            hint = "allow groups of the user pool, or have a function answer with AWSJSON"
            raise place.error(CODE, message, hint, rule.site)
        if resolver and rule.provider == "identityPool":
            message = f"{place.label} is answered by a resolver, and its rule is for identity pools"
            hint = "have a function answer it, or allow user pools or the API key"
            raise place.error(CODE, message, hint, rule.site)


def check_implied_fields(model: ReadModel, rules: Iterable[tuple[Rule, Place]]) -> None:
    """Refuse rules whose field is no text, or no list of texts.

    Args:
        model: The model.
        rules: Its rules and those of its fields, each with where it is given.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    implied: dict[str, tuple[Rule, Place]] = {}
    for rule, place in rules:
        if not rule.field:
            continue
        field = model.find(rule.field)
        if field:
            _check_holder(field, rule, place)
            continue
        if model.sql:
            message = f"{place.label} has a rule about {rule.field!r}, which is no column"
            hint = f"name a column{model.nearest(rule.field)}"
            raise place.error(CODE, message, hint, rule.site)
        before, _ = implied.setdefault(graphql_name(rule.field), (rule, place))
        if before.many != rule.many:
            message = f"one rule of {place.label} has one text in {rule.field!r}, another a list"
            raise place.error(CODE, message, "use two fields", rule.site, before.site)


def _check_holder(field: Field, rule: Rule, place: Place) -> None:
    use = field.type
    is_text = isinstance(use.named, Scalar) and use.named.name in TEXTS
    if is_text and use.array == rule.many and not field.relation:
        return
    who = "groups" if rule.strategy == "groups" else "owners"
    wanted = "list[str] | None" if rule.many else "str | None"
    message = f"a rule of {place.label} has its {who} in {field.place.label}, which is not {wanted}"
    several = f"{'group' if who == 'groups' else 'owner'}{'s' if use.array else ''}_defined_in"
    hint = f"make it {wanted}"
    if is_text and not field.relation:
        hint = f'{hint}, or use allow.{several}("{field.python_name}")'
    raise field.place.error(CODE, message, hint, rule.site)


def _check_operations(rule: Rule, place: Place) -> None:
    operations = rule.operations or ()
    twice = [each for each in OPERATIONS if operations.count(each) > 1]
    covered = sorted(_READ & set(operations)) if "read" in operations else twice
    if covered:
        message = f"a rule of {place.label} allows {covered[0]} twice"
        hint = f"leave {covered[0]} out" + (": read has it" if covered[0] in _READ else "")
        raise place.error(CODE, message, hint, rule.site)


def _rule(rule: Rule, model: ReadModel | None) -> str:
    claim = "identityClaim" if rule.strategy == "owner" else "groupClaim"
    holder = "groupsField" if rule.strategy == "groups" else "ownerField"
    parts = [
        ("allow", rule.strategy),
        ("provider", rule.provider),
        ("operations", f"[{', '.join(rule.operations)}]" if rule.operations else None),
        (holder, text(_held_in(rule.field, model)) if rule.field else None),
        ("groups", texts(rule.groups) if rule.groups else None),
        (claim, text(rule.claim) if rule.claim else None),
    ]
    given = [f"{name}: {value}" for name, value in parts if value]
    return f"{{{', '.join(given)}}}"


def _held_in(name: str, model: ReadModel | None) -> str:
    field = model.find(name) if model else None
    return field.name if field else graphql_name(name)


def _shown(value: object) -> str:
    return getattr(value, "__qualname__", None) or repr(value)
