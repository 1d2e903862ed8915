"""Custom types as GraphQL, with the rules of the operations that answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.naming import type_name
from preamp.definition.data.sdl.authorization import native_directives
from preamp.definition.data.sdl.defaults import refuse_defaults
from preamp.definition.data.sdl.directives import block
from preamp.definition.data.sdl.places import place_of_class
from preamp.definition.data.sdl.reading import FIELD, read_fields
from preamp.definition.data.sdl.types import refuse_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.definition.data.rules import Rule
    from preamp.definition.data.sdl.catalogue import Catalogue
    from preamp.definition.data.sdl.types import Types


def structure_text(catalogue: Catalogue, types: Types, cls: type, inherited: Sequence[Rule]) -> str:
    """A custom type.

    Args:
        catalogue: What the schemas of the API name.
        types: Where the types of its fields are gathered.
        cls: Its class.
        inherited: The rules of the operations that answer it.

    Raises:
        UserError: What is wrong with its fields.
    """
    name = type_name(cls)
    lines = []
    for field in read_fields(cls, catalogue.classes).values():
        refuse_model(field.type, field.place)
        refuse_defaults(field, "in a custom type")
        if field.options.authorization is not None:
            message = f"{field.place.label} has rules, and is in a custom type"
            hint = "give them to the fields of models, and to the operations that answer it"
            raise field.place.error(FIELD, message, hint)
        lines.append(f"{field.name}: {types.text(field.type, name, field.name, field.place)}")
    if not lines:
        raise place_of_class(cls).error(FIELD, f"{name} has no fields", "annotate some")
    return block(f"type {name} {native_directives(inherited)}".rstrip(), lines)


def structures_in(catalogue: Catalogue, cls: type) -> list[type]:
    """A custom type and those inside it."""
    found = [cls]
    for each in found:
        for field in read_fields(each, catalogue.classes).values():
            named = field.type.named
            if isinstance(named, type) and is_custom_type(named) and named not in found:
                found.append(named)
    return found
