"""Who a caller is: the role and the function behind the ARN of a session."""

from __future__ import annotations

from typing import Final

from preamp.engine.ministack.upstream import module

_ASSUMED: Final = ":assumed-role/"


def role_of(principal: str) -> str:
    """Return the name of the role a session is of; empty if it is no role's.

    Args:
        principal: A caller's ARN.
    """
    return principal.partition(_ASSUMED)[2].partition("/")[0]


def function_of(principal: str) -> str:
    """Return the name of the function a session is of; empty if it is no function's.

    Args:
        principal: A caller's ARN.
    """
    session = principal.partition(_ASSUMED)[2].partition("/")[2]
    # Lambda names a role's session after the function.
    return session if session in module("services.lambda_svc")._functions else ""  # noqa: SLF001
