"""Codes that prove who someone is: random, of six digits, for a while, and not for guessing.

They are kept with the user's record. Knows nothing of how they are sent.

AWS: "Quotas in Amazon Cognito", section about the validity of codes and requests per user.
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import Any, Final

from preamp.engine.ministack.user_pools import RefusedError

_DIGITS: Final = 6
_HOUR: Final = 3600
_ATTEMPTS_AN_HOUR: Final = 15
_ATTEMPTS_OF_A_SESSION: Final = 5
VALID_SECONDS: Final = {"sign-up": 24 * _HOUR, "attribute": 24 * _HOUR, "password": _HOUR}
"""For how long a code of each kind is good."""


def random_code() -> str:
    """Make a code."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def issue(user: dict[str, Any], kind: str, attribute: str) -> str:
    """Make a code for a user; it takes the place of the one before.

    Args:
        user: The user's record.
        kind: What it is for, one of `VALID_SECONDS`, and what of where that matters.
        attribute: The attribute whose owner gets it.
    """
    code = random_code()
    expires = time.time() + VALID_SECONDS[kind.partition(":")[0]]
    given = {"code": code, "attribute": attribute, "expires": expires}
    user.setdefault("_codes", {})[kind] = given
    return code


def redeem(user: dict[str, Any], kind: str, code: str | None) -> str:
    """Take a code that a user was sent.

    Args:
        user: The user's record.
        kind: What it is for.
        code: What was entered.

    Returns:
        The attribute whose owner has proven to be that.

    Raises:
        RefusedError: It is wrong or too old, or too many were.
    """
    issued = user.get("_codes", {}).get(kind)
    _count_attempt(user, kind)
    if issued is None or time.time() >= issued["expires"]:
        raise RefusedError(
            "Invalid code provided, please request a code again.", "ExpiredCodeException"
        )
    if not is_same(issued["code"], code):
        raise mismatch()
    user["_codes"].pop(kind)
    user.get("_attempts", {}).pop(kind, None)
    return str(issued["attribute"])


def _count_attempt(user: dict[str, Any], kind: str) -> None:
    now = time.time()
    attempts = user.setdefault("_attempts", {})
    recent = [moment for moment in attempts.get(kind, ()) if moment > now - _HOUR]
    if len(recent) >= _ATTEMPTS_AN_HOUR:
        raise RefusedError(
            "Attempt limit exceeded, please try after some time.", "LimitExceededException"
        )
    attempts[kind] = [*recent, now]


def redeem_in_session(session: dict[str, Any], code: str | None) -> None:
    """Take a code that was sent in the course of a sign-in.

    Args:
        session: The sign-in's session, with its code.
        code: What was entered.

    Raises:
        RefusedError: It is wrong, or too many were.
    """
    count_in_session(session)
    if not is_same(session["code"], code):
        raise mismatch()


def count_in_session(session: dict[str, Any]) -> None:
    """Count one more try to answer a challenge.

    Raises:
        RefusedError: There were too many.
    """
    session["attempts"] = session.get("attempts", 0) + 1
    if session["attempts"] > _ATTEMPTS_OF_A_SESSION:
        raise RefusedError("Invalid session for the user.", "NotAuthorizedException")


def is_same(issued: str, given: str | None) -> bool:
    """Compare what was issued with what was entered."""
    return isinstance(given, str) and hmac.compare_digest(issued.encode(), given.encode())


def mismatch() -> RefusedError:
    """The refusal of a wrong code."""
    message = "Invalid verification code provided, please try again."
    return RefusedError(message, "CodeMismatchException")
