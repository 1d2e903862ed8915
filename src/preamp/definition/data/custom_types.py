"""Custom types: structures inside of items, arguments and answers.

Amplify Gen 2, "Add fields to data model".
"""

from __future__ import annotations

from typing import Final, TypeVar

C = TypeVar("C")

_MARK: Final = "__preamp_custom_type__"


def custom_type(cls: type[C]) -> type[C]:
    """Make a class a structure of the API; its annotations are the fields.

    Amplify Gen 2, "Add fields to data model": ``a.customType``::

        @custom_type
        class Location:
            lat: float
            long: float

    A class inside another carries its name too: ``Location`` in ``Post`` is ``PostLocation``.

    Args:
        cls: The class.
    """
    setattr(cls, _MARK, cls)
    return cls


def is_custom_type(value: object) -> bool:
    """Whether something is a class that `custom_type` was put on."""
    return isinstance(value, type) and vars(value).get(_MARK) is value
