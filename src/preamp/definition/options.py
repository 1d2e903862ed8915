"""What options of definitions are held against: known names and whole numbers in a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from preamp.definition.names import nearest
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection

    from preamp.contract.site import Site


def check_options(
    given: object, known: Collection[str], option: str, site: Site | None
) -> Mapping[str, Any]:
    """Refuse what is no dictionary of known options.

    Args:
        given: What the option was given.
        known: The names it may have.
        option: The option's own name, for the message.
        site: The user's line.

    Returns:
        What was given.

    Raises:
        UserError: ``UnknownOptionError``.
    """
    if not isinstance(given, Mapping):
        raise UserError(
            "UnknownOptionError",
            f"{option} is {given!r}, which is no dictionary",
            f"give a dictionary with {listed(known)}",
            sites=[site] if site else [],
        )
    for name in given:
        if name not in known:
            raise UserError(
                "UnknownOptionError",
                f"{option} has no option {name!r}{nearest(str(name), known)}",
                f"use {listed(known)}",
                sites=[site] if site else [],
            )
    return given


def check_whole_number(
    value: object, least: int, most: int, code: str, option: str, site: Site | None
) -> None:
    """Refuse what is no whole number from a range.

    Args:
        value: What was given.
        least: The smallest allowed.
        most: The largest allowed.
        code: The code of the error.
        option: The option's name, for the message.
        site: The user's line.

    Raises:
        UserError: With that code.
    """
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return
    raise UserError(
        code,
        f"{option} is {value!r}",
        f"give a whole number from {least} to {most}",
        sites=[site] if site else [],
    )


def check_choice(
    value: object, choices: Collection[str], code: str, option: str, site: Site | None
) -> None:
    """Refuse what is none of some texts.

    Args:
        value: What was given.
        choices: The texts.
        code: The code of the error.
        option: The option's name, for the message.
        site: The user's line.

    Raises:
        UserError: With that code.
    """
    if isinstance(value, str) and value in choices:
        return
    raise UserError(
        code,
        f"{option} is {value!r}{nearest(value, choices) if isinstance(value, str) else ''}",
        f"use {listed(choices)}",
        sites=[site] if site else [],
    )


def check_flag(value: object, code: str, option: str, site: Site | None) -> None:
    """Refuse what is neither True nor False.

    Args:
        value: What was given.
        code: The code of the error.
        option: The option's name, for the message.
        site: The user's line.

    Raises:
        UserError: With that code.
    """
    if not isinstance(value, bool):
        raise UserError(
            code,
            f"{option} is {value!r}",
            "give True or False",
            sites=[site] if site else [],
        )


def listed(names: Collection[str]) -> str:
    """Names as a person lists them."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
