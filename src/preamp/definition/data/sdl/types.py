"""Types of fields and arguments as GraphQL, and which types a schema needs for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from preamp.definition.data.models import Model
from preamp.definition.data.naming import capitalized, type_name
from preamp.definition.data.scalars import Scalar
from preamp.definition.data.sdl.annotations import InlineEnum
from preamp.definition.data.sdl.catalogue import check_name
from preamp.definition.data.sdl.directives import block
from preamp.definition.data.sdl.places import place_of_class

if TYPE_CHECKING:
    from enum import Enum

    from preamp.definition.data.sdl.annotations import TypeUse
    from preamp.definition.data.sdl.catalogue import Catalogue
    from preamp.definition.data.sdl.places import Place

_CODE: Final = "SchemaTypeError"


@dataclass(frozen=True)
class Named:
    """A type that the schema has by its name.

    Attributes:
        name: Its name.
        kind: What it is: the class of an enum or a custom type, or an enum's values.
        place: What says it.
    """

    name: str
    kind: type | InlineEnum
    place: Place


class Types:
    """Gathers the types that fields and arguments use.

    Args:
        catalogue: What the schemas of the API name.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.found: list[Named] = []
        """Types that are not written yet, in the order they were met."""

    def text(self, use: TypeUse, owner: str, field: str, place: Place) -> str:
        """A type as a field of a model or custom type, or an answer, has it.

        Args:
            use: The type.
            owner: The type it is in, which a type without a name is called after.
            field: The field it belongs to.
            place: What says it.

        Raises:
            UserError: ``SchemaTypeError`` or ``SchemaNameError``.
        """
        return wrapped(self.name(use, owner, field, place), use)

    def name(self, use: TypeUse, owner: str, field: str, place: Place) -> str:
        """The name of a type without its being a list or required.

        Raises:
            UserError: ``SchemaTypeError`` or ``SchemaNameError``.
        """
        if isinstance(use.named, Scalar):
            return use.named.name
        if isinstance(use.named, InlineEnum):
            name = f"{capitalized(owner)}{capitalized(field)}"
            if self._catalogue.add_inline(name, use.named, place):
                self.found.append(Named(name, use.named, place))
            return name
        name = type_name(use.named)
        if not issubclass(use.named, Model) and self._catalogue.add_type(use.named):
            self.found.append(Named(name, use.named, place_of_class(use.named)))
        return name


def wrapped(name: str, use: TypeUse) -> str:
    """A type's name with brackets and exclamation marks."""
    inner = f"{name}!" if use.required else name
    if not use.array:
        return inner
    return f"[{inner}]!" if use.array_required else f"[{inner}]"


def refuse_model(use: TypeUse, place: Place) -> None:
    """Refuse a model where only values can be.

    Raises:
        UserError: ``SchemaTypeError``.
    """
    if isinstance(use.named, type) and issubclass(use.named, Model):
        name = use.named.__name__
        message = f"{place.label} is {name}, a model"
        hint = "say the relation: has_one(), has_many() or belongs_to(); in types and arguments, "
        raise place.error(_CODE, message, f"{hint}use its identifier or a class with @custom_type")


def enum_text(named: Named) -> str:
    """An enum.

    Raises:
        UserError: ``SchemaEnumError`` or ``SchemaNameError``.
    """
    if isinstance(named.kind, InlineEnum):
        values = list(named.kind.values)
    else:
        members = cast("type[Enum]", named.kind)
        values = [_value(each, named.place) for each in members]
    if not values:
        message = f"the enum {named.name} has no values"
        raise named.place.error("SchemaEnumError", message, 'add some, such as low = "low"')
    for value in values:
        if not value.isidentifier() or value in ("true", "false", "null"):
            message = f"the enum {named.name} has the value {value!r}"
            hint = "use letters, digits and underscores; not true, false or null"
            raise named.place.error("SchemaEnumError", message, hint)
        check_name(value, named.place)
    return block(f"enum {named.name}", values)


def _value(member: Enum, place: Place) -> str:
    if isinstance(member.value, str):
        return member.value
    message = f"{place.label}.{member.name} is {member.value!r}"
    raise place.error("SchemaEnumError", message, "values of an enum are texts")
