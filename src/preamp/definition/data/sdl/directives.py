"""Directives as GraphQL has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(value: str) -> str:
    """A text with its quotes."""
    return json.dumps(value, ensure_ascii=False)


def texts(values: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(text(value) for value in values)}]"


def number(value: float) -> str:
    """A number as JavaScript writes it: without the end of 1.0."""
    return str(int(value)) if value == int(value) else str(value)


def directive(name: str, arguments: Iterable[tuple[str, str | None]]) -> str:
    """A directive with the arguments that are given.

    Args:
        name: Its name.
        arguments: The arguments' names and values as GraphQL; None for one that is left out.
    """
    given = [f"{argument}: {value}" for argument, value in arguments if value is not None]
    return f"@{name}({', '.join(given)})" if given else f"@{name}"


def block(head: str, lines: Iterable[str]) -> str:
    """A definition with its fields or values."""
    inner = "".join(f"  {line}\n" for line in lines)
    return f"{head} {{\n{inner}}}"
