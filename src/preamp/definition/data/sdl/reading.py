"""Reads the fields of classes and the parameters of functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.definition.data.fields import ABSENT, FieldOptions
from preamp.definition.data.models import Model
from preamp.definition.data.naming import graphql_name
from preamp.definition.data.relations import Relation
from preamp.definition.data.sdl.annotations import (
    evaluate,
    is_class_variable,
    raw_annotations,
    read_type,
    scope_of,
)
from preamp.definition.data.sdl.places import Place, place_at, place_of_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preamp.definition.data.operations import Operation
    from preamp.definition.data.sdl.annotations import TypeUse

FIELD: Final = "SchemaFieldError"
OPERATION: Final = "SchemaOperationError"


@dataclass(frozen=True, eq=False)
class Field:
    """A field, or a parameter.

    Attributes:
        name: Its name in the API.
        python_name: Its name in the user's code.
        type: What its annotation says.
        options: What else was said of it.
        relation: The relation it is a side of, if it is one.
        place: Where it is said.
    """

    name: str
    python_name: str
    type: TypeUse
    options: FieldOptions
    relation: Relation | None
    place: Place


def read_fields(
    cls: type, schema: Mapping[str, type], *, as_written: bool = False
) -> dict[str, Field]:
    """The fields of a model or custom type by their names in the API.

    Args:
        cls: The class.
        schema: The classes of the schema by their names.
        as_written: Whether names are the same in the API as in Python.

    Raises:
        UserError: ``SchemaTypeError``, ``SchemaFieldError`` or ``SchemaNameError``.
    """
    named = (lambda name: name) if as_written else graphql_name
    found: dict[str, Field] = {}
    for owner in reversed(_owners(cls)):
        _check_annotated(owner)
        scope = scope_of(owner, schema)
        for name, annotation in raw_annotations(owner).items():
            if is_class_variable(evaluate(annotation, scope, place_of_field(cls, name))):
                continue
            read = _field(cls, name, annotation, scope, named)
            before = found.get(read.name)
            if before and before.python_name != name:
                message = f"{before.place.label} and {name} are both {read.name} in the API"
                hint = 'rename one of them, or give it field(name="…")'
                raise read.place.error("SchemaNameError", message, hint, before.place.find())
            found[read.name] = read
    return found


def read_parameters(operation: Operation, schema: Mapping[str, type]) -> dict[str, Field]:
    """The arguments of an operation by their names in the API.

    Raises:
        UserError: ``SchemaTypeError`` or ``SchemaOperationError``.
    """
    import inspect

    function = operation.signature
    scope = scope_of(function, schema)
    annotations = raw_annotations(function)
    found: dict[str, Field] = {}
    for name, kind, default in _parameters(function):
        place = place_at(f"{function.__name__}({name})", operation.site)
        if kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            hint = "name each argument; a structure is a class with @custom_type"
            raise place.error(OPERATION, f"{place.label} takes any number of arguments", hint)
        if name not in annotations:
            raise place.error(OPERATION, f"{place.label} has no type", "annotate it")
        if default not in (inspect.Parameter.empty, None):
            hint = "arguments of the API have none: write | None, and choose in the handler"
            raise place.error(OPERATION, f"{place.label} has a default", hint)
        own = graphql_name(name)
        use = read_type(annotations[name], scope, place)
        found[own] = Field(own, name, use, FieldOptions(), None, place)
    return found


def read_return_type(operation: Operation, schema: Mapping[str, type]) -> TypeUse | None:
    """What an operation answers; None where it says so.

    Raises:
        UserError: ``SchemaTypeError`` or ``SchemaOperationError``.
    """
    function = operation.signature
    place = place_at(operation.name, operation.site)
    annotations = raw_annotations(function)
    if "return" not in annotations:
        message = f"{function.__name__} does not say what it answers"
        raise place.error(OPERATION, message, "annotate its return type")
    scope = scope_of(function, schema)
    found = evaluate(annotations["return"], scope, place)
    return None if found is None else read_type(found, scope, place)


def _parameters(function: Callable[..., object]) -> Iterator[tuple[str, Any, object]]:
    import inspect
    import sys

    if sys.version_info >= (3, 14):
        import annotationlib

        how = annotationlib.Format.FORWARDREF
        signature = inspect.signature(function, annotation_format=how)
    else:
        signature = inspect.signature(function)
    for each in signature.parameters.values():
        yield each.name, each.kind, each.default


def _owners(cls: type) -> list[type]:
    """The classes that fields of a class come from, itself first."""
    return [each for each in cls.__mro__ if each not in (object, Model)]


def _field(
    cls: type,
    name: str,
    annotation: object,
    scope: Mapping[str, Any],
    named: Callable[[str], str],
) -> Field:
    value = next((vars(each)[name] for each in _owners(cls) if name in vars(each)), ABSENT)
    relation = value if isinstance(value, Relation) else None
    options = _options(value)
    place = place_of_field(cls, name, relation.site if relation else options.site)
    use = read_type(annotation, scope, place)
    return Field(options.name or named(name), name, use, options, relation, place)


def _options(value: object) -> FieldOptions:
    if isinstance(value, FieldOptions):
        return value
    if isinstance(value, Relation):
        return FieldOptions(authorization=value.authorization)
    return FieldOptions(default=ABSENT if value is None else value)


def _check_annotated(owner: type) -> None:
    """Refuse what looks like a field, and is none without an annotation."""
    annotated = raw_annotations(owner)
    plain = (Relation, FieldOptions, str, int, float, list, dict, set)
    for name, value in vars(owner).items():
        if name.startswith("__") or name in annotated or not isinstance(value, plain):
            continue
        place = place_of_field(owner, name, getattr(value, "site", None))
        message = f"{place.label} has a value, and no type"
        raise place.error(FIELD, message, f"annotate it, such as {name}: str = …")
