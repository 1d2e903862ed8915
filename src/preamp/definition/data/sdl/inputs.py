"""Arguments of operations, and the input types that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.naming import type_name
from preamp.definition.data.sdl.defaults import refuse_defaults
from preamp.definition.data.sdl.directives import block
from preamp.definition.data.sdl.places import place_of_class
from preamp.definition.data.sdl.reading import read_fields
from preamp.definition.data.sdl.types import refuse_model, wrapped

if TYPE_CHECKING:
    from preamp.definition.data.sdl.annotations import TypeUse
    from preamp.definition.data.sdl.catalogue import Catalogue
    from preamp.definition.data.sdl.places import Place
    from preamp.definition.data.sdl.types import Types


class Inputs:
    """Gathers the input types of a schema's operations.

    Args:
        catalogue: What the schemas of the API name.
        types: Where enums are gathered.
    """

    def __init__(self, catalogue: Catalogue, types: Types) -> None:
        self._catalogue = catalogue
        self._types = types
        self.texts: list[str] = []
        """The input types, each after those it is made of."""

    def text(self, use: TypeUse, owner: str, field: str, place: Place) -> str:
        """A type as an argument or a field of an input type has it.

        Args:
            use: The type.
            owner: What it is in, which an enum without a name is called after.
            field: The argument or field.
            place: What says it.

        Raises:
            UserError: ``SchemaTypeError``, ``SchemaFieldError`` or ``SchemaNameError``.
        """
        refuse_model(use, place)
        if not (isinstance(use.named, type) and is_custom_type(use.named)):
            return self._types.text(use, owner, field, place)
        name = f"{type_name(use.named)}Input"
        if self._catalogue.add_inline(name, use.named, place_of_class(use.named)):
            self._add(name, use.named)
        return wrapped(name, use)

    def _add(self, name: str, cls: type) -> None:
        lines = []
        for field in read_fields(cls, self._catalogue.classes).values():
            refuse_defaults(field, "in a custom type")
            lines.append(
                f"{field.name}: {self.text(field.type, type_name(cls), field.name, field.place)}"
            )
        self.texts.append(block(f"input {name}", lines))
