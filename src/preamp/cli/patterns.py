"""Regular expressions that options take."""

from __future__ import annotations

import re

from preamp.errors import UserError


def compiled(option: str, pattern: str) -> re.Pattern[str]:
    """Read the regular expression that an option was given.

    Args:
        option: The option, as it is typed.
        pattern: The expression.

    Raises:
        UserError: ``InvalidFilterError``.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UserError(
            "InvalidFilterError",
            f"{option} {pattern!r} is no regular expression: {error}",
            "mend the expression, or escape its special letters with a backslash",
        ) from error
