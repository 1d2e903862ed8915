"""Both sides of relations, held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.data.models import Model
from preamp.definition.data.naming import graphql_name
from preamp.definition.data.scalars import BUILT_IN, Scalar
from preamp.definition.data.sdl.directives import directive, texts
from preamp.definition.data.sdl.keys import identifier_fields

if TYPE_CHECKING:
    from preamp.definition.data.sdl.catalogue import Catalogue, ReadModel
    from preamp.definition.data.sdl.reading import Field

_CODE: Final = "SchemaRelationError"
_OTHER_SIDE: Final = {
    "hasOne": ("belongsTo",),
    "hasMany": ("belongsTo",),
    "belongsTo": ("hasOne", "hasMany"),
}
_IN_PYTHON: Final = {"hasOne": "has_one", "hasMany": "has_many", "belongsTo": "belongs_to"}
_TEXTS: Final = frozenset({"ID", "String"})
_PYTHON: Final = {name: each.__name__ for each, name in BUILT_IN.items()}


def related_class(field: Field) -> type[Model]:
    """The class of the model that a relation leads to.

    Raises:
        UserError: ``SchemaRelationError``.
    """
    relation, named = field.relation, field.type.named
    kind = relation.kind if relation else "belongsTo"
    if isinstance(named, type) and issubclass(named, Model):
        if field.type.array == (kind == "hasMany"):
            return named
        name = f"list[{named.__name__}]" if kind == "hasMany" else named.__name__
        message = f"{field.place.label} is said by {_IN_PYTHON[kind]}()"
        raise field.place.error(_CODE, message, f"annotate it as {name}, or say another relation")
    message = f"{field.place.label} is said by {_IN_PYTHON[kind]}(), and leads to no model"
    raise field.place.error(_CODE, message, "annotate it with the other model's class")


def relation_text(catalogue: Catalogue, model: ReadModel, field: Field) -> str:
    """A relation's type and directive.

    Raises:
        UserError: ``SchemaRelationError``.
    """
    assert field.relation  # noqa: S101 - callers ask for relations only
    other = catalogue.model(related_class(field), field.place)
    _check_both_sides(catalogue, model, field, other)
    references = _references(field, other if field.relation.kind != "belongsTo" else model)
    kind = field.relation.kind
    shown = f"[{other.name}]" if kind == "hasMany" else other.name
    return f"{shown} {directive(kind, [('references', texts(references))])}"


def _check_both_sides(
    catalogue: Catalogue, model: ReadModel, field: Field, other: ReadModel
) -> None:
    """Refuse a relation that the other model does not have, or whose fields are wrong."""
    assert field.relation  # noqa: S101
    if model.sql != other.sql:
        message = f"{field.place.label} leads from one database to another"
        hint = "relate models of one database"
        raise field.place.error(_CODE, message, hint, other.place.find())
    _check_other_side(catalogue, model, field, other)
    owning = field.relation.kind == "belongsTo"
    parent, child = (other, model) if owning else (model, other)
    held = [_holding(child, name, field) for name in field.relation.references]
    _check_kinds(parent, child, held, field)


def _check_other_side(
    catalogue: Catalogue, model: ReadModel, field: Field, other: ReadModel
) -> None:
    assert field.relation  # noqa: S101
    kinds = _OTHER_SIDE[field.relation.kind]
    same = [graphql_name(name) for name in field.relation.references]
    facing = [
        each
        for each in other.fields.values()
        if each.relation
        and each.relation.kind in kinds
        and catalogue.model(related_class(each), each.place) is model
    ]
    matching = [
        each
        for each in facing
        if each.relation and [graphql_name(name) for name in each.relation.references] == same
    ]
    if len(matching) == 1:
        return
    fields = ", ".join(field.relation.references)
    if matching:
        labels = " and ".join(each.place.label for each in matching)
        message = f"{field.place.label} has two other sides: {labels}"
        hint = "give each relation fields of its own"
        raise field.place.error(_CODE, message, hint, *(each.place.find() for each in matching))
    message = f"{field.place.label} has no other side in {other.name}"
    hint = f"add to {other.name}: {_suggestion(model, field, kinds[-1])}"
    if facing and facing[0].relation:
        others = ", ".join(facing[0].relation.references)
        message = f"{field.place.label} is over {fields}, and {facing[0].place.label} over {others}"
        hint = "both sides name the same fields: those of the model that belongs to the other"
    sites = [each.place.find() for each in facing] or [other.place.find()]
    raise field.place.error(_CODE, message, hint, *sites)


def _suggestion(model: ReadModel, field: Field, kind: str) -> str:
    assert field.relation  # noqa: S101
    given = field.relation.references
    references = f'"{given[0]}"' if len(given) == 1 else str(list(given)).replace("'", '"')
    name = model.name[:1].lower() + model.name[1:]
    if kind == "hasMany":
        return f"{name}s: list[{model.name}] = has_many({references})"
    return f"{name}: {model.name} = {_IN_PYTHON[kind]}({references})"


def _references(field: Field, child: ReadModel) -> list[str]:
    assert field.relation  # noqa: S101
    return [_holding(child, name, field).name for name in field.relation.references]


def _holding(child: ReadModel, name: str, field: Field) -> Field:
    """The field of the model that belongs to the other, which holds part of its identifier."""
    found = child.find(name)
    if found and not found.relation:
        return found
    message = f"{field.place.label} is over {name!r}, which is no field of {child.name}"
    hint = f"add it to {child.name}, such as {name}: ID | None{child.nearest(name)}"
    raise field.place.error(_CODE, message, hint, child.place.find())


def _check_kinds(parent: ReadModel, child: ReadModel, held: list[Field], field: Field) -> None:
    """Refuse fields that cannot hold the other's identifier."""
    identifier = identifier_fields(parent)
    wanted = [each.type.named for each in identifier] or [Scalar("ID")]
    if len(wanted) != len(held):
        names = ", ".join(each.python_name for each in identifier) or "id"
        message = f"{field.place.label} is over {len(held)} fields of {child.name}"
        hint = f"name one for each field of the identifier of {parent.name}: {names}"
        raise field.place.error(_CODE, message, hint, parent.place.find())
    for kind, each in zip(wanted, held, strict=True):
        if not isinstance(kind, Scalar):
            message = f"{field.place.label} is over an enum, the identifier of {parent.name}"
            hint = "only scalars lead to other models: use str for the identifier"
            raise field.place.error(_CODE, message, hint, parent.place.find())
        if each.type.array or not _alike(kind, each.type.named):
            message = f"{each.place.label} holds the identifier of {parent.name}, of another type"
            hint = f"make it {_PYTHON.get(kind.name, kind.name)}, as the identifier is"
            raise each.place.error(_CODE, message, hint, field.place.find())
    if len({each.type.required for each in held}) > 1:
        message = f"{field.place.label} is over fields of which some may be missing"
        hint = "write | None at all of them, or at none"
        raise field.place.error(_CODE, message, hint, *(each.place.find() for each in held))


def _alike(one: Scalar, other: object) -> bool:
    return one == other or (isinstance(other, Scalar) and {one.name, other.name} <= _TEXTS)
