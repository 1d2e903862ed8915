"""Custom types: structures inside of items, arguments and answers.

Amplify Gen 2, "Add fields to data model".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from preamp.contract.site import Site

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
    setattr(cls, _MARK, (cls, calling_site()))
    return cls


def is_custom_type(value: object) -> bool:
    """Whether something is a class that `custom_type` was put on."""
    marked = getattr(value, _MARK, None)
    return isinstance(marked, tuple) and marked[0] is value


def site_of_custom_type(cls: type) -> Site | None:
    """The line of its class."""
    found: Site | None = getattr(cls, _MARK)[1]
    return found
