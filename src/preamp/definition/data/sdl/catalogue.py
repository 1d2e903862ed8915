"""All that the schemas of one API name, read once, and refused where names clash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.models import Model
from preamp.definition.data.naming import type_name
from preamp.definition.data.operations import Operation
from preamp.definition.data.routes import Conversation
from preamp.definition.data.scalars import SCALARS
from preamp.definition.data.schemas import SqlSchemaParts
from preamp.definition.data.sdl.places import Place, place_at, place_of_class
from preamp.definition.data.sdl.reading import read_fields
from preamp.definition.data.sdl.root_fields import check_root_fields
from preamp.definition.names import nearest
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.models import ModelOptions
    from preamp.definition.data.operations import Mutation, Query
    from preamp.definition.data.schemas import SchemaParts
    from preamp.definition.data.sdl.reading import Field

ASYNC_ANSWER: Final = "EventInvocationResponse"
"""The type that operations with an asynchronous function answer."""

_RESERVED: Final = frozenset({"Query", "Mutation", "Subscription", ASYNC_ANSWER}) | SCALARS
_NAME: Final = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*")
_CODE: Final = "SchemaNameError"


@dataclass(frozen=True, eq=False)
class ReadModel:
    """A model, read.

    Attributes:
        name: Its name in the API.
        fields: Its fields by their names in the API.
        identifier: The fields of its identifier, as the user names them.
        options: What else was said of it.
        original: The table's name, if it is another.
        sql: Whether it is a table of an SQL database.
        place: Where it is defined.
    """

    name: str
    fields: Mapping[str, Field]
    identifier: Sequence[str]
    options: ModelOptions
    original: str | None
    sql: bool
    place: Place

    def find(self, name: str) -> Field | None:
        """A field by its name in Python or in the API."""
        by_python = (each for each in self.fields.values() if each.python_name == name)
        return next(by_python, None) or self.fields.get(name)

    def nearest(self, name: str) -> str:
        """A ``; did you mean …?`` for a field that the model does not have."""
        return nearest(name, [each.python_name for each in self.fields.values()])


class Catalogue:
    """The models, types and operations of the schemas of one API.

    Args:
        schemas: The schemas.

    Raises:
        UserError: ``SchemaNameError`` or ``InvalidSchemaError``.
    """

    def __init__(self, schemas: Sequence[SchemaParts]) -> None:
        self.classes: dict[str, type] = {}
        self._schemas: dict[type[Model], SchemaParts] = {}
        self._models: dict[type[Model], ReadModel] = {}
        self._types: dict[str, tuple[object, Place]] = {}
        self._operations: dict[str, tuple[object, Place]] = {}
        for schema in schemas:
            for part in schema.parts:
                self._add(part, schema)
        parts = [part for schema in schemas for part in schema.parts]
        check_root_fields(parts, self._schemas)

    def add_type(self, cls: type) -> bool:
        """Take in a type that something uses; whether it was not there before.

        Raises:
            UserError: ``SchemaNameError``.
        """
        name, place = type_name(cls), place_of_class(cls)
        known = self._types.get(name)
        if known and known[0] is cls:
            return False
        self._enter(self._types, name, cls, place)
        return True

    def add_inline(self, name: str, values: object, place: Place) -> bool:
        """Take in a type without a class; whether it was not there before.

        Raises:
            UserError: ``SchemaNameError``.
        """
        known = self._types.get(name)
        if known and known[0] == values:
            return False
        self._enter(self._types, name, values, place)
        return True

    def model(self, cls: type[Model], user: Place) -> ReadModel:
        """A model, read.

        Args:
            cls: Its class.
            user: What refers to it.

        Raises:
            UserError: ``SchemaTypeError`` if it is in no schema, or what `read_fields` raises.
        """
        if cls not in self._models:
            schema = self._schemas.get(cls)
            if schema is None:
                message = f"{user.label} refers to {cls.__name__}, which is not in the schema"
                hint = f"list {cls.__name__} in the schema"
                other = cls.__preamp_model__.site
                raise user.error("SchemaTypeError", message, hint, other)
            self._models[cls] = self._read(cls, schema)
        return self._models[cls]

    def check_operation(self, operation: Query | Mutation, user: Place) -> None:
        """Refuse an operation that is in no schema.

        Args:
            operation: The operation.
            user: What refers to it.

        Raises:
            UserError: ``SchemaOperationError``.
        """
        known = self._operations.get(operation.name)
        if known and known[0] is operation:
            return
        name = operation.signature.__name__
        message = f"{user.label} refers to {name}, which is not in the schema"
        hint = f"list {name} in the schema"
        raise user.error("SchemaOperationError", message, hint, operation.site)

    def _read(self, cls: type[Model], schema: SchemaParts) -> ReadModel:
        sql = schema.database is not None
        fields = read_fields(cls, self.classes, as_written=sql)
        for field in fields.values():
            check_name(field.name, field.place)
        original = None
        if isinstance(schema, SqlSchemaParts) and schema.original_of(cls) is not cls:
            table = type_name(schema.original_of(cls))
            original = table if table != type_name(cls) else None
        options = cls.__preamp_model__
        return ReadModel(
            type_name(cls), fields, options.identifier, options, original, sql, place_of_class(cls)
        )

    def _add(self, part: object, schema: SchemaParts) -> None:
        if isinstance(part, Operation | Conversation):
            place = place_at(part.name, part.site)
            self._enter(self._operations, part.name, part, place)
            return
        if not isinstance(part, type) or not _is_part(part):
            raise _no_part(part, schema)
        self._enter(self._types, type_name(part), part, place_of_class(part))
        self.classes.setdefault(part.__name__, part)
        if issubclass(part, Model):
            self._schemas[part] = schema

    def _enter(
        self,
        names: dict[str, tuple[object, Place]],
        name: str,
        part: object,
        place: Place,
    ) -> None:
        check_name(name, place)
        if name in _RESERVED:
            hint = "give it another name"
            raise place.error(_CODE, f"the name {name} is taken by GraphQL or Amplify", hint)
        if name in names:
            message = f"two parts of the schema are named {name}"
            if names[name][0] is part:
                message = f"{name} is listed twice"
            hint = "keep one, or rename one"
            raise place.error(_CODE, message, hint, names[name][1].find())
        names[name] = (part, place)


def check_name(name: str, place: Place) -> None:
    """Refuse what GraphQL takes for no name.

    Raises:
        UserError: ``SchemaNameError``.
    """
    if _NAME.fullmatch(name):
        return
    hint = "use letters, digits and underscores; start with a letter"
    raise place.error(_CODE, f"{place.label} is named {name!r}, which is no name of GraphQL", hint)


def _is_part(part: type) -> bool:
    if issubclass(part, Model):
        return part is not Model
    return is_custom_type(part) or issubclass(part, Enum)


def _no_part(part: object, schema: SchemaParts) -> UserError:
    name = getattr(part, "__name__", None)
    message = f"the schema has {name or repr(part)}, which is no part of one"
    hint = "list models, enums, custom types and operations"
    if callable(part):
        hint = f"{hint}: {name} needs @query, @mutation, @custom_type, or Model as its base"
    site: Site | None = schema.site
    return UserError("InvalidSchemaError", message, hint, sites=[site] if site else [])
