"""Who may speak to the engine: only this machine's programs, and web pages served from it.

A bare emulator lets any web page run code on the developer's machine. This refuses foreign
hosts (DNS rebinding), foreign web origins, and the engine's own paths without its token. What
AWS itself checks (signatures, policies) is not its business.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from preamp.engine.asgi import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    fields,
    only,
    respond_json,
)
from preamp.engine.forwarding import forwarded

if TYPE_CHECKING:
    from collections.abc import Mapping

_Fields: TypeAlias = "Mapping[bytes, list[bytes]]"

_LOOPBACK: Final = re.compile(r"(?:[a-z0-9_.-]+\.)?localhost|127\.0\.0\.1|\[::1\]", re.IGNORECASE)
_OWN_PREFIXES: Final = ("/_ministack/", "/_localstack/", "/_preamp/")
_HEALTH: Final = frozenset({"/_ministack/health", "/_localstack/health"})
# Handlers answer CloudFormation here; the unguessable last segment is their permission.
_CAPABILITY: Final = re.compile(r"/_ministack/cfn-(?:response|signal)/[A-Za-z0-9_-]{16,}")
_SAME_SITE: Final = frozenset({"same-origin", "same-site", "none"})


class Guard:
    """The outermost layer of the engine.

    Args:
        inner: What it protects.
        port: The port the engine serves on; a ``Host`` must name it.
        token: The bearer token of the engine's own paths.
    """

    def __init__(self, inner: Application, *, port: int, token: str) -> None:
        self._inner = inner
        self._port = port
        self._bearer = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._inner(scope, receive, send)
            return
        given = fields(scope)
        refusal = self._refusal(scope, given)
        if refusal is None:
            await self._inner(scope, receive, _answering_the_page(scope, given, send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        else:
            await respond_json(send, 403, {"message": refusal})

    def refusal(self, scope: Scope) -> str | None:
        """Return why a request is refused, None if it is not."""
        return self._refusal(scope, fields(scope))

    def _refusal(self, scope: Scope, given: _Fields) -> str | None:
        if not self._is_our_host(only(given, "host")):
            return "the Host header does not name this engine"
        if not _is_from_this_machine(given):
            return "web pages from elsewhere may not speak to this engine"
        if self._needs_token(scope) and not self._has_token(given):
            return "this path needs the engine's token"
        return None

    def _is_our_host(self, host: str | None) -> bool:
        name, _, port = (host or "").rpartition(":")
        return port == str(self._port) and _LOOPBACK.fullmatch(name) is not None

    def _needs_token(self, scope: Scope) -> bool:
        path = scope["path"]
        meant = forwarded(path)
        if meant is not None:
            path = meant[1]
        # The emulator might clean a path up before it looks; so do we.
        cleaned = "/" + path.lstrip("/").casefold()
        if not cleaned.startswith(_OWN_PREFIXES):
            return False
        method = scope.get("method")
        return not (
            (method == "GET" and path in _HEALTH)
            or (method == "PUT" and _CAPABILITY.fullmatch(path) is not None)
        )

    def _has_token(self, given: _Fields) -> bool:
        token = only(given, "authorization") or ""
        return hmac.compare_digest(token.encode("latin-1"), self._bearer)


def _is_from_this_machine(given: _Fields) -> bool:
    """Whether a request is from a program, or from a page this machine serves.

    A page cannot forge these three headers; a program need not send them.
    """
    if b"origin" in given:
        return _is_loopback_url(only(given, "origin"))
    if b"sec-fetch-site" not in given:
        return True
    return only(given, "sec-fetch-site") in _SAME_SITE or _is_loopback_url(only(given, "referer"))


def _is_loopback_url(url: str | None) -> bool:
    parts = urlsplit(url or "")
    name = parts.netloc.rpartition("@")[2]
    host = name if name.endswith("]") else name.rpartition(":")[0] or name
    return parts.scheme in {"http", "https"} and _LOOPBACK.fullmatch(host) is not None


def _answering_the_page(scope: Scope, given: _Fields, send: Send) -> Send:
    """Make wildcard CORS answers exact, for the page that asks.

    ``*`` does not cover the Authorization header, and it would let any page read the answer.
    """
    origin = only(given, "origin")
    if origin is None or scope["type"] == "websocket":
        return send
    exact = {b"access-control-allow-origin": origin.encode("latin-1")}
    asked = only(given, "access-control-request-headers")
    if asked is not None:
        exact[b"access-control-allow-headers"] = asked.encode("latin-1")

    async def send_exact(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, exact.get(name.lower(), value) if value == b"*" else value)
                for name, value in message.get("headers", [])
            ]
        await send(message)

    return send_exact
