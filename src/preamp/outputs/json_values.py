"""JSON values inside output entries, read as the official tool reads them."""

from __future__ import annotations

import json
from typing import Any

from preamp.errors import UserError


def read_json(text: str, name: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read the value of a stack output that is a JSON text.

    Args:
        text: The value.
        name: The stack output's name, for messages.

    Raises:
        UserError: ``OutputEntryError`` if it is no JSON.
    """
    try:
        return json.loads(text, parse_float=_number)
    except ValueError as error:
        raise UserError(
            "OutputEntryError",
            f"the stack output {name} is not JSON once it is deployed: {text}",
            "look for a value with quotes or line breaks in it; such a value must be encoded",
        ) from error


def without_absent(**values: object) -> dict[str, Any]:
    """Return the values that are there, in their order."""
    return {name: value for name, value in values.items() if value is not None}


def _number(text: str) -> float | int:
    """JavaScript knows no difference between 1 and 1.0, and writes the former."""
    value = float(text)
    return int(value) if value.is_integer() else value
