"""Names that are made of others, as Amplify's tools make them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pluralizer import Pluralizer

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN: Final = re.compile(r"[^A-Za-z0-9]+")


def upper_first(word: str) -> str:
    """A word with a capital."""
    return word[:1].upper() + word[1:]


def lower_first(word: str) -> str:
    """A word without a capital."""
    return word[:1].lower() + word[1:]


def camel(*words: str) -> str:
    """Words as one, each but the first with a capital."""
    first, *rest = words
    return lower_first(first) + "".join(map(upper_first, rest))


def constant(word: str) -> str:
    """A word as constants are written."""
    return "_".join(_words(word)).upper()


def camel_case(word: str) -> str:
    """A word anew in camel case, whatever it was in before."""
    first, *rest = (each.lower() for each in _words(word))
    return first + "".join(map(upper_first, rest))


def pascal_case(word: str) -> str:
    """The same with a capital."""
    return upper_first(camel_case(word))


@functools.cache
def plural(word: str) -> str:
    """The plural of an English word."""
    return _pluralizer().plural(word)


@functools.cache
def _pluralizer() -> Pluralizer:
    from pluralizer import Pluralizer

    return Pluralizer()  # type: ignore[no-untyped-call]


def _words(word: str) -> Iterable[str]:
    parts = _BETWEEN.split(_HUMP.sub(" ", word))
    return [each for each in parts if each]
