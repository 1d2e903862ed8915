"""Requests that were made for AWS's own hosts, and are led here by the module beside the outputs.

A browser says itself which host it speaks to, and signatures cover that, so the host that was
meant travels in the path: ``/_preamp/aws/<host>/<path>``. Knows no service of AWS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from preamp.engine.asgi import Application, Receive, Scope, Send

_FORWARDED: Final = re.compile(
    r"/_preamp/aws/((?:[a-z0-9_-]+\.)+amazonaws\.com)(/.*)?", re.IGNORECASE | re.DOTALL
)


def forwarded(path: str) -> tuple[str, str] | None:
    """Split the path of a request that was led here; None if it was not.

    Args:
        path: The path, with or without its characters escaped.

    Returns:
        The host that was meant, and the path on it.
    """
    found = _FORWARDED.fullmatch(path)
    return (found[1].lower(), found[2] or "/") if found else None


class Forwarding:
    """Turns requests that were led here into what they were made as; stands behind the guard.

    Args:
        inner: Answers them.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        meant = forwarded(scope["path"]) if scope["type"] in {"http", "websocket"} else None
        await self._inner(_as_made(scope, *meant) if meant else scope, receive, send)


def _as_made(scope: Scope, host: str, path: str) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
    as_made = {**scope, "path": path, "headers": [(b"host", host.encode("ascii")), *headers]}
    raw = forwarded(scope.get("raw_path", b"").decode("latin-1"))
    # Signatures are over the path as it was sent.
    as_made["raw_path"] = (raw[1] if raw else path).encode("latin-1")
    return as_made
