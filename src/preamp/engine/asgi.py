"""The shapes of ASGI we use, and small answers in it. Knows no path and no emulator."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


def fields(scope: Scope) -> dict[bytes, list[bytes]]:
    """Return the values of every request header by its lower-case name."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def header(scope: Scope, name: str) -> str | None:
    """Return a request header by its lower-case name; None if absent or sent more than once."""
    return only(fields(scope), name)


def only(given: Mapping[bytes, list[bytes]], name: str) -> str | None:
    """Return one of the `fields` by its lower-case name; None if absent or sent more than once."""
    values = given.get(name.encode("ascii"), ())
    return values[0].decode("latin-1") if len(values) == 1 else None


async def read_json(receive: Receive) -> Any:  # noqa: ANN401 - whatever was sent
    """Read a request's whole body as JSON.

    Raises:
        ValueError: It is not JSON.
    """
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return json.loads(body)


async def respond(
    send: Send,
    status: int,
    body: bytes,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send a whole response."""
    fields = {"content-type": content_type, "content-length": str(len(body)), **(headers or {})}
    encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, status: int, content: object) -> None:
    """Send a JSON response."""
    await respond(send, status, json.dumps(content).encode())
