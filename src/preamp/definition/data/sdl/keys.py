"""Identifiers and secondary indexes of models as directives."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

from preamp.definition.data.indexes import NAMED_BY_FIELDS, Index
from preamp.definition.data.naming import capitalized
from preamp.definition.data.scalars import Scalar
from preamp.definition.data.sdl.annotations import InlineEnum
from preamp.definition.data.sdl.directives import directive, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preamp.definition.data.rules import Rule
    from preamp.definition.data.sdl.catalogue import ReadModel
    from preamp.definition.data.sdl.reading import Field

_IDENTIFIER: Final = "SchemaIdentifierError"
_INDEX: Final = "SchemaIndexError"
_NO_KEYS: Final = frozenset({"Boolean", "AWSJSON"})
_INDEX_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_PROJECTIONS: Final = ("ALL", "KEYS_ONLY")


def identifier_fields(model: ReadModel) -> list[Field]:
    """The fields of a model's identifier; none where Amplify makes an ``id``.

    Raises:
        UserError: ``SchemaIdentifierError``.
    """
    names = list(model.identifier)
    if names == ["id"] and "id" not in model.fields and not model.sql:
        return []
    if not names or len(set(names)) < len(names):
        message = f"the identifier of {model.name} is {names}"
        raise model.place.error(_IDENTIFIER, message, "name each field of it once")
    return [_identifying(model, name) for name in names]


def check_owners(model: ReadModel, rules: Iterable[Rule]) -> None:
    """Refuse an identifier whose second field or a later one names owners.

    Raises:
        UserError: ``SchemaIdentifierError``.
    """
    later = [field.name for field in identifier_fields(model)[1:]]
    for rule in rules:
        field = model.find(rule.field) if rule.field and rule.strategy == "owner" else None
        if field and field.name in later:
            message = f"{field.place.label} names owners, and is in the identifier, not first"
            hint = "put it first, leave it out of the identifier, or keep owners in another field"
            raise field.place.error(_IDENTIFIER, message, hint, rule.site)


def primary_key(fields: list[Field]) -> str:
    """The directive at the first field of an identifier."""
    others = [field.name for field in fields[1:]]
    return directive("primaryKey", [("sortKeyFields", texts(others) if others else None)])


def index_directives(model: ReadModel) -> dict[str, list[str]]:
    """The directives of a model's indexes, by the field they stand at.

    Raises:
        UserError: ``SchemaIndexError``.
    """
    found: dict[str, list[str]] = {}
    seen: set[object] = set()
    given: Sequence[object] = model.options.indexes
    for index in given:
        if not isinstance(index, Index):
            message = f"indexes of {model.name} has {index!r}"
            raise model.place.error(_INDEX, message, 'give a list, such as indexes=[Index("due")]')
        keys: object = index.sort_keys
        if not isinstance(keys, list | tuple):
            message = f"sort_keys of an index of {model.name} is {keys!r}, no list"
            hint = f"put it into brackets: sort_keys=[{keys!r}]"
            raise model.place.error(_INDEX, message, hint, index.site)
        partition = _indexed(model, index, index.field)
        sort_keys = [_indexed(model, index, name) for name in index.sort_keys]
        _check_index(model, index, partition, sort_keys, seen)
        text_of_it = _directive(model, index, partition, sort_keys)
        found.setdefault(partition.name, []).append(text_of_it)
    return found


def _identifying(model: ReadModel, name: str) -> Field:
    field = model.find(name)
    if field is None:
        message = f"the identifier of {model.name} has {name!r}, which is no field of it"
        hint = f"name a field{model.nearest(name)}"
        raise model.place.error(_IDENTIFIER, message, hint)
    if not _can_be_key(field):
        message = f"{field.place.label} is part of the identifier, and no single text or number"
        raise field.place.error(_IDENTIFIER, message, "use ID, str, int or another scalar")
    if not field.type.required and not field.options.generated:
        message = f"{field.place.label} is part of the identifier, and may be missing"
        raise field.place.error(_IDENTIFIER, message, "leave | None out")
    return field


def _can_be_key(field: Field) -> bool:
    named = field.type.named
    if field.type.array or field.relation:
        return False
    if isinstance(named, Scalar):
        return named.name not in _NO_KEYS
    return isinstance(named, InlineEnum) or issubclass(named, Enum)


def _indexed(model: ReadModel, index: Index, name: str) -> Field:
    field = model.find(name)
    if field is None:
        message = f"an index of {model.name} is over {name!r}, which is no field of it"
        hint = f"name a field{model.nearest(name)}"
        raise model.place.error(_INDEX, message, hint, index.site)
    if not _can_be_key(field):
        message = f"an index of {model.name} is over {field.python_name}, no single text or number"
        hint = "index fields of ID, str, int, enums and other scalars"
        raise model.place.error(_INDEX, message, hint, index.site)
    return field


def _check_index(
    model: ReadModel,
    index: Index,
    partition: Field,
    sort_keys: list[Field],
    seen: set[object],
) -> None:
    over = [partition.name, *(field.name for field in sort_keys)]
    key = index.name or tuple(over)
    query = index.query_field or object()
    wrong = hint = ""
    if model.sql:
        wrong = "is in an SQL database"
        hint = "make indexes in the database"
    elif len(set(over)) < len(over):
        wrong, hint = "has a field twice", "name each field once"
    elif index.name is not None and not _INDEX_NAME.fullmatch(index.name):
        wrong = f"is named {index.name!r}"
        hint = "use 3 to 255 letters, digits, underscores, dashes and dots"
    elif [field.name for field in identifier_fields(model)] == [partition.name]:
        wrong = f"is over {index.field}, which is the identifier"
        hint = "get items by it, or index another field"
    elif key in seen or query in seen:
        wrong = f"is there twice: {query if query in seen else key}"
        hint = "give them a name and query_field of their own"
    elif isinstance(index.projection, str) and index.projection not in _PROJECTIONS:
        wrong = f"has the projection {index.projection!r}"
        hint = 'use "ALL", "KEYS_ONLY", or a list of fields'
    elif isinstance(index.projection, list) and not index.projection:
        wrong, hint = "holds an empty list of fields", 'use "KEYS_ONLY", or name fields'
    if wrong:
        message = f"an index of {model.name} {wrong}"
        raise model.place.error(_INDEX, message, hint, index.site)
    seen.update((key, query))


def _directive(model: ReadModel, index: Index, partition: Field, sort_keys: list[Field]) -> str:
    names = [field.name for field in sort_keys]
    query = index.query_field
    if query == NAMED_BY_FIELDS:
        query = _query_name(model.name, [partition.name, *names])
    return directive(
        "index",
        [
            ("name", text(index.name) if index.name else None),
            ("sortKeyFields", texts(names) if names else None),
            ("queryField", "null" if query is None else text(query)),
            ("projection", _projection(model, index)),
        ],
    )


def _query_name(model: str, fields: Iterable[str]) -> str:
    return f"list{capitalized(model)}By{'And'.join(capitalized(field) for field in fields)}"


def _projection(model: ReadModel, index: Index) -> str | None:
    if index.projection == "ALL":
        return None
    if isinstance(index.projection, str):
        return f"{{ type: {index.projection} }}"
    held = []
    for name in index.projection:
        field = model.find(name)
        if field is None or field.relation:
            message = f"an index of {model.name} holds {name!r}, which is no field of it"
            hint = f"name fields{model.nearest(name)}"
            raise model.place.error(_INDEX, message, hint, index.site)
        held.append(field.name)
    return f"{{ type: INCLUDE, nonKeyAttributes: {texts(held)} }}"
