"""What is said of a field beyond its type and its default."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast, overload

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.rules import Rule
    from preamp.definition.data.validation import NumberValidation, TextValidation, Validation

T = TypeVar("T")


@dataclass(frozen=True)
class Absent:
    """Stands for a default that was not given."""


ABSENT: Final = Absent()


@dataclass(frozen=True, eq=False)
class FieldOptions:
    """What was said of a field.

    Attributes:
        default: The value of new items that leave the field out.
        authorization: Who may use the field, if that differs from the model.
        validate: What new values are held against.
        name: The field's name in the API, if it is not made of the one in Python.
        generated: Whether the database makes the value.
        site: The line that says it.
    """

    default: object = ABSENT
    authorization: Sequence[Rule] | None = None
    validate: Sequence[Validation] = ()
    name: str | None = None
    generated: bool = False
    site: Site | None = attribute(default=None, repr=False)


@overload
def field(
    *,
    validate: Sequence[TextValidation],
    default: str = ...,
    authorization: Sequence[Rule] | None = None,
    name: str | None = None,
) -> str: ...


@overload
def field(
    *,
    validate: Sequence[NumberValidation],
    default: float = ...,
    authorization: Sequence[Rule] | None = None,
    name: str | None = None,
) -> int: ...


@overload
def field(
    *, default: T, authorization: Sequence[Rule] | None = None, name: str | None = None
) -> T: ...


@overload
def field(*, generated: Literal[True], name: str | None = None) -> int: ...


@overload
def field(*, authorization: Sequence[Rule] | None = None, name: str | None = None) -> Any: ...  # noqa: ANN401 - stands for a value of any type


def field(
    *,
    default: object = ABSENT,
    authorization: Sequence[Rule] | None = None,
    validate: Sequence[Validation] = (),
    name: str | None = None,
    generated: bool = False,
) -> object:
    """Say more of a field than its type and its default.

    Amplify Gen 2, "Add fields to data model", "Customize your auth rules" and "Field-level
    validation".

    Args:
        default: The value of new items that leave the field out.
        authorization: Who may use the field; left out, those who may use the model.
        validate: What new values are held against, such as ``[min_length(3)]``.
        name: The field's name in the API; left out, the one in Python as Amplify writes it:
            ``list_id`` is ``listId``.
        generated: Whether the database makes the value; for whole numbers of PostgreSQL.

    Returns:
        What stands for the value in a class of a model or a custom type.
    """
    options = FieldOptions(default, authorization, validate, name, generated, calling_site())
    return cast("Any", options)
