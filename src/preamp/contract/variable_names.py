"""How the variables are called through which functions learn of other resources.

As the official library has it, whose names are lodash's `snakeCase` in capitals: a function that
moves from TypeScript keeps reading the same variables.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(
    r"\d*(?:1st|2nd|3rd|(?![123])\dth)(?=\b|[A-Z_])"
    r"|\d*(?:1ST|2ND|3RD|(?![123])\dTH)(?=\b|[a-z_])"
    r"|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|\d+"
)


def variable_name(*parts: str) -> str:
    """The name of a variable, such as ``AMPLIFY_AUTH_USERPOOL_ID``.

    Args:
        parts: What it is about, such as ``amplifyAuth`` and ``USERPOOL_ID``.
    """
    return "_".join(_WORD.findall("_".join(parts))).upper()
