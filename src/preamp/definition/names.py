"""Which names resources and stacks may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.contract.site import Site

RESERVED: Final = frozenset({"add_output", "create_stack", "stack"})
"""Attributes of a backend that no resource may take the place of."""

_PATTERN: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_ -]*")


def check_resource_name(name: str, site: Site | None) -> None:
    """Refuse a name that no stack or construct could have.

    The rule is that of Amplify Gen 2: letters, digits, dashes, underscores and spaces, a
    letter first.

    Raises:
        UserError: ``InvalidResourceNameError``.
    """
    if _PATTERN.fullmatch(name):
        return
    raise UserError(
        "InvalidResourceNameError",
        f"{name!r} is not a valid resource name",
        "use letters, digits, dashes, underscores and spaces, and start with a letter",
        sites=[site] if site else [],
    )


def check_reserved(names: Iterable[str], site: Site | None) -> None:
    """Refuse resources named like a backend's own attributes.

    Raises:
        UserError: ``ReservedResourceNameError``.
    """
    for name in names:
        if name in RESERVED or name.startswith("_"):
            raise UserError(
                "ReservedResourceNameError",
                f"define_backend() cannot take a resource named {name!r}: backend.{name} is taken",
                "give the resource another keyword",
                sites=[site] if site else [],
            )


def nearest(name: str, names: Iterable[str]) -> str:
    """A ``; did you mean …?`` for a misspelt name, or an empty text."""
    import difflib

    found = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
