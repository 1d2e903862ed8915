"""Rules for the values of a field, which the API holds new data against.

Amplify Gen 2, "Field-level validation".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from preamp.contract.site import Site


@dataclass(frozen=True)
class Validation:
    """A rule for the values of a field.

    Attributes:
        kind: The name it has in GraphQL, such as ``minLength``.
        value: What values are compared to.
        message: What callers are told, if that was said.
        site: The line of the rule.
    """

    kind: str
    value: str | float
    message: str | None = None
    site: Site | None = field(default_factory=calling_site, compare=False, repr=False)


class TextValidation(Validation):
    """A rule for texts."""


class NumberValidation(Validation):
    """A rule for numbers."""


def min_length(length: int, message: str | None = None) -> TextValidation:
    """Texts have at least this many characters.

    Args:
        length: How many.
        message: What callers are told otherwise.
    """
    return TextValidation("minLength", length, message)


def max_length(length: int, message: str | None = None) -> TextValidation:
    """Texts have at most this many characters.

    Args:
        length: How many.
        message: What callers are told otherwise.
    """
    return TextValidation("maxLength", length, message)


def starts_with(prefix: str, message: str | None = None) -> TextValidation:
    """Texts start with this.

    Args:
        prefix: The start.
        message: What callers are told otherwise.
    """
    return TextValidation("startsWith", prefix, message)


def ends_with(suffix: str, message: str | None = None) -> TextValidation:
    """Texts end with this.

    Args:
        suffix: The end.
        message: What callers are told otherwise.
    """
    return TextValidation("endsWith", suffix, message)


def matches(pattern: str, message: str | None = None) -> TextValidation:
    """Texts match a pattern.

    Args:
        pattern: A regular expression of Java's, which AppSync evaluates.
        message: What callers are told otherwise.
    """
    return TextValidation("matches", pattern, message)


def gt(value: float, message: str | None = None) -> NumberValidation:
    """Numbers are greater than this.

    Args:
        value: The number below.
        message: What callers are told otherwise.
    """
    return NumberValidation("gt", value, message)


def gte(value: float, message: str | None = None) -> NumberValidation:
    """Numbers are this or greater.

    Args:
        value: The smallest number.
        message: What callers are told otherwise.
    """
    return NumberValidation("gte", value, message)


def lt(value: float, message: str | None = None) -> NumberValidation:
    """Numbers are less than this.

    Args:
        value: The number above.
        message: What callers are told otherwise.
    """
    return NumberValidation("lt", value, message)


def lte(value: float, message: str | None = None) -> NumberValidation:
    """Numbers are this or less.

    Args:
        value: The greatest number.
        message: What callers are told otherwise.
    """
    return NumberValidation("lte", value, message)


def positive(message: str | None = None) -> NumberValidation:
    """Numbers are greater than zero.

    Args:
        message: What callers are told otherwise.
    """
    return gt(0, message)


def negative(message: str | None = None) -> NumberValidation:
    """Numbers are less than zero.

    Args:
        message: What callers are told otherwise.
    """
    return lt(0, message)
