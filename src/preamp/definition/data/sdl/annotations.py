"""What annotations mean: which type of the API, required or not, a list or not."""

from __future__ import annotations

import sys
import types
import typing
from collections import ChainMap
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from preamp.definition.data import scalars
from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.models import Model
from preamp.definition.data.scalars import BUILT_IN, SCALARS, Scalar
from preamp.definition.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.definition.data.sdl.places import Place
    from preamp.errors import UserError

CODE: Final = "SchemaTypeError"


@dataclass(frozen=True)
class InlineEnum:
    """An enum that has no name but that of its field.

    Attributes:
        values: Its values.
    """

    values: tuple[str, ...]


@dataclass(frozen=True)
class TypeUse:
    """What an annotation says.

    Attributes:
        named: A scalar, an enum without a name, or the class of an enum, custom type or model.
        required: Whether it, or each item of the list, is always there.
        array: Whether it is a list.
        array_required: Whether the list is always there.
    """

    named: Scalar | InlineEnum | type
    required: bool
    array: bool = False
    array_required: bool = False


_VOCABULARY: Final = MappingProxyType(
    {name: getattr(scalars, name) for name in SCALARS if hasattr(scalars, name)}
    | {"Literal": typing.Literal, "Annotated": typing.Annotated, "Any": typing.Any}
)
"""What annotations may name without an import, as one under ``TYPE_CHECKING`` is none."""

_INSTEAD: Final = MappingProxyType(
    {
        "datetime.date": "AWSDate",
        "datetime.datetime": "AWSDateTime",
        "datetime.time": "AWSTime",
        "decimal.Decimal": "float",
        "uuid.UUID": "ID",
        "typing.Any": "AWSJSON",
        "builtins.dict": "AWSJSON, or a class with @custom_type",
        "builtins.object": "AWSJSON",
        "builtins.bytes": "str",
        "builtins.tuple": "list",
        "builtins.set": "list",
        "builtins.frozenset": "list",
        "collections.abc.Sequence": "list",
        "ipaddress.IPv4Address": "AWSIPAddress",
        "ipaddress.IPv6Address": "AWSIPAddress",
    }
)
"""What to write in place of types that a person might think of."""


def raw_annotations(owner: type | Callable[..., object]) -> Mapping[str, Any]:
    """The annotations of a class or function itself, as far as Python has evaluated them."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(owner, format=annotationlib.Format.FORWARDREF)
    own: Mapping[str, Any] = vars(owner).get("__annotations__", {}) if isinstance(owner, type) \
        else owner.__annotations__  # fmt: skip
    return own


def scope_of(owner: type | Callable[..., object], schema: Mapping[str, type]) -> Mapping[str, Any]:
    """What names mean in the annotations of a class or function.

    Args:
        owner: The class or function.
        schema: The classes of the schema by their names, for those that are not imported.
    """
    if not isinstance(owner, type):
        names: dict[str, Any] = getattr(owner, "__globals__", {})
        return ChainMap(names, dict(schema), dict(_VOCABULARY))
    names = vars(sys.modules[owner.__module__]) if owner.__module__ in sys.modules else {}
    return ChainMap(_nested(owner, names), names, dict(schema), dict(_VOCABULARY))


def _nested(cls: type, names: Mapping[str, Any]) -> dict[str, Any]:
    """The classes inside a class, and inside those around it."""
    found: dict[str, Any] = {}
    around: object = None
    for name in cls.__qualname__.split(".")[:-1]:
        around = getattr(around, name, None) if around else names.get(name)
        found |= _classes(around)
    for each in reversed(cls.__mro__):
        found |= _classes(each)
    return found


def _classes(owner: object) -> dict[str, type]:
    if not isinstance(owner, type):
        return {}
    return {name: value for name, value in vars(owner).items() if isinstance(value, type)}


def evaluate(annotation: object, scope: Mapping[str, Any], place: Place) -> object:
    """An annotation with its names looked up.

    Raises:
        UserError: ``SchemaTypeError``.
    """
    text = getattr(annotation, "__forward_arg__", annotation)
    if not isinstance(text, str):
        return _without_alias(annotation)
    try:
        found = eval(text, {}, scope)  # noqa: S307 - the user's own code, as typing.get_type_hints
    except NameError as error:
        known = [*(each.__name__ for each in BUILT_IN), *_types_in(scope)]
        close = nearest(error.name or "", known)
        message = f"{place.label} is {text}, and nothing is called {error.name}{close}"
        hint = "mend the name, import it for more than type checking, or list it in the schema"
        raise place.error(CODE, message, hint) from None
    except Exception as error:  # noqa: BLE001 - whatever the user's expression raises
        message = f"the annotation of {place.label} cannot be evaluated: {error}"
        raise place.error(CODE, message, "write a type, such as str or list[str]") from None
    return found if found == text else evaluate(found, scope, place)


def _without_alias(found: object) -> object:
    """What a ``type`` statement of Python 3.12 stands for."""
    if type(found).__name__ == "TypeAliasType":
        return _without_alias(getattr(found, "__value__", None))
    return found


def _types_in(scope: Mapping[str, Any]) -> list[str]:
    return [name for name, value in scope.items() if isinstance(value, type) or name in SCALARS]


def read_type(annotation: object, scope: Mapping[str, Any], place: Place) -> TypeUse:
    """What an annotation says.

    Args:
        annotation: The annotation, evaluated or as text.
        scope: What names in it mean.
        place: What has the annotation, for errors.

    Raises:
        UserError: ``SchemaTypeError``.
    """
    found, required = _without_none(annotation, scope, place)
    if typing.get_origin(found) is not list and found is not list:
        return TypeUse(_named(found, place), required)
    arguments = typing.get_args(found)
    if not arguments:
        message = f"{place.label} is a list, and does not say of what"
        raise place.error(CODE, message, "write what is in it, such as list[str]")
    item, item_required = _without_none(arguments[0], scope, place)
    if typing.get_origin(item) is list:
        message = f"{place.label} is a list of lists"
        hint = "the API has lists of one dimension only; put a custom type between, or use AWSJSON"
        raise place.error(CODE, message, hint)
    return TypeUse(_named(item, place), item_required, array=True, array_required=required)


def is_class_variable(annotation: object) -> bool:
    """Whether an annotation says that it is about the class only, which is no field."""
    return annotation is typing.ClassVar or typing.get_origin(annotation) is typing.ClassVar


def _without_none(
    annotation: object, scope: Mapping[str, Any], place: Place
) -> tuple[object, bool]:
    """A type without ``| None``, and whether it had none of that."""
    found = evaluate(annotation, scope, place)
    if typing.get_origin(found) not in (typing.Union, types.UnionType):
        return found, True
    others = [each for each in typing.get_args(found) if each is not types.NoneType]
    if len(others) != 1:
        shown = " or ".join(_shown(each) for each in others)
        message = f"{place.label} may be {shown}"
        raise place.error(CODE, message, "the API has no unions: use one type, or AWSJSON")
    inner, _ = _without_none(others[0], scope, place)
    return inner, len(others) == len(typing.get_args(found))


def _named(found: object, place: Place) -> Scalar | InlineEnum | type:
    if typing.get_origin(found) is typing.Annotated:
        for mark in typing.get_args(found)[1:]:
            if isinstance(mark, Scalar):
                return mark
        return _named(typing.get_args(found)[0], place)
    if typing.get_origin(found) is typing.Literal:
        return InlineEnum(_values(typing.get_args(found), place))
    if isinstance(found, type) and not typing.get_args(found):
        if found in BUILT_IN:
            return Scalar(BUILT_IN[found])
        if _is_named(found):
            return found
    raise _unknown(found, place)


def _is_named(found: type) -> bool:
    if issubclass(found, Model):
        return found is not Model
    return is_custom_type(found) or (issubclass(found, Enum) and bool(found.__members__))


def _values(values: tuple[object, ...], place: Place) -> tuple[str, ...]:
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) == len(values):
        return texts
    message = f"{place.label} may be {', '.join(map(repr, values))}"
    raise place.error(CODE, message, "values of an enum are texts")


def _unknown(found: object, place: Place) -> UserError:
    kind = typing.get_origin(found) or found
    name = getattr(kind, "__qualname__", str(kind))
    instead = _INSTEAD.get(f"{getattr(kind, '__module__', '')}.{name}")
    hint = f"use {instead}" if instead else (
        "use str, int, float, bool, ID or another scalar of preamp.data, an Enum, "
        "a class with @custom_type, or a relation to a model"
    )  # fmt: skip
    return place.error(CODE, f"{place.label} is {_shown(found)}, which is no type of the API", hint)


def _shown(found: object) -> str:
    return found.__name__ if isinstance(found, type) else str(found).replace("typing.", "")
