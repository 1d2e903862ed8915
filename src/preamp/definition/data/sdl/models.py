"""Models as GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.data.rules import CODE
from preamp.definition.data.sdl.authorization import (
    auth_directive,
    check_implied_fields,
    check_rules,
)
from preamp.definition.data.sdl.callers import (
    check_callers,
    check_field_operations,
    check_required_fields,
)
from preamp.definition.data.sdl.defaults import (
    check_generated,
    default_directive,
    has_default,
    validations,
)
from preamp.definition.data.sdl.directives import block, directive, text
from preamp.definition.data.sdl.keys import (
    check_owners,
    identifier_fields,
    index_directives,
    primary_key,
)
from preamp.definition.data.sdl.reading import FIELD
from preamp.definition.data.sdl.relations import relation_text
from preamp.definition.data.sdl.types import refuse_model, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preamp.definition.data.rules import Rule
    from preamp.definition.data.sdl.catalogue import Catalogue, ReadModel
    from preamp.definition.data.sdl.reading import Field
    from preamp.definition.data.sdl.types import Types

_KINDS: Final = {
    "list": "queries",
    "get": "queries",
    "create": "mutations",
    "update": "mutations",
    "delete": "mutations",
    "onCreate": "subscriptions",
    "onUpdate": "subscriptions",
    "onDelete": "subscriptions",
}
"""Operations that can be disabled, and what they are."""


def model_text(
    catalogue: Catalogue,
    types: Types,
    model: ReadModel,
    schema_rules: Sequence[Rule],
    engine: str | None,
) -> str:
    """A model.

    Args:
        catalogue: What the schemas of the API name.
        types: Where the types of its fields are gathered.
        model: The model.
        schema_rules: The rules of the schema, for models without their own.
        engine: The SQL database's; None for DynamoDB.

    Raises:
        UserError: What is wrong with the model.
    """
    if not model.fields:
        raise model.place.error(FIELD, f"{model.name} has no fields", "annotate some")
    rules = check_rules(model.options.authorization, model.place) or tuple(schema_rules)
    if not rules and not model.sql:
        message = f"nobody may use {model.name}: neither it nor the schema has rules"
        hint = f"class {model.name}(Model, authorization=[allow.owner()])"
        raise model.place.error(CODE, message, hint)
    own = {name: check_rules(f.options.authorization, f.place) for name, f in model.fields.items()}
    fields = [(rule, model.fields[name].place) for name, each in own.items() for rule in each]
    check_field_operations(model, own)
    check_implied_fields(model, [*((rule, model.place) for rule in rules), *fields])
    check_callers(model, rules)
    check_owners(model, rules)
    lines = [
        _field(catalogue, types, model, field, own[name], engine)
        for name, field in model.fields.items()
    ]
    check_required_fields(model, rules, own, _required(model))
    return block(_head(model, rules), lines)


def _required(model: ReadModel) -> list[str]:
    """The fields that are always there, as the API says it."""
    return [
        name
        for name, field in model.fields.items()
        if not field.relation
        and (field.type.array_required if field.type.array else field.type.required)
        and (model.sql or not has_default(field))
    ]


def _head(model: ReadModel, rules: Sequence[Rule]) -> str:
    arguments: list[tuple[str, str | None]] = [("timestamps", "null")] if model.sql else []
    arguments += _disabled(model.options.disabled)
    parts = [f"type {model.name}", directive("model", arguments), auth_directive(rules, model)]
    if model.original:
        parts.append(directive("refersTo", [("name", text(model.original))]))
    return " ".join(part for part in parts if part)


def _disabled(disabled: Iterable[str]) -> list[tuple[str, str | None]]:
    """The arguments of ``@model`` that leave operations out."""
    whole = [each for each in disabled if each in _KINDS.values()]
    single: dict[str, list[str]] = {}
    for each in disabled:
        if each in _KINDS and _KINDS[each] not in whole:
            single.setdefault(_KINDS[each], []).append(f"{each}: null")
    return [
        *((kind, "null") for kind in dict.fromkeys(whole)),
        *((kind, f"{{{', '.join(dict.fromkeys(names))}}}") for kind, names in single.items()),
    ]


def _field(
    catalogue: Catalogue,
    types: Types,
    model: ReadModel,
    field: Field,
    rules: Sequence[Rule],
    engine: str | None,
) -> str:
    if field.relation:
        parts = [relation_text(catalogue, model, field)]
    else:
        refuse_model(field.type, field.place)
        check_generated(field, engine)
        parts = _value(types, model, field)
    parts.append(auth_directive(rules, model))
    return f"{field.name}: {' '.join(part for part in parts if part)}"


def _value(types: Types, model: ReadModel, field: Field) -> list[str]:
    """The type of a field that is no relation, and its directives."""
    name = types.name(field.type, model.name, field.name, field.place)
    indexes = index_directives(model).get(field.name, [])
    default = default_directive(field)
    identifier = identifier_fields(model)
    if field in identifier:
        _check_identifying(field, default)
        key = [primary_key(identifier)] if field is identifier[0] else []
        own = "@default" if field.options.generated else ""
        return [f"{name}!", *key, *indexes, own, *validations(field)]
    shown = wrapped(name, field.type)
    if has_default(field) and not model.sql:
        # DynamoDB's models ask for what is required, whether or not there is a default
        shown = shown.removesuffix("!")
    return [shown, default or "", *indexes, *validations(field)]


def _check_identifying(field: Field, default: str | None) -> None:
    if default and not field.options.generated:
        message = f"{field.place.label} is part of the identifier, and has a default"
        raise field.place.error(FIELD, message, "leave the default out")
