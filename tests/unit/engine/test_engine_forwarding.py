"""Requests for AWS's hosts that were led here are what they were made as."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from preamp.engine.forwarding import Forwarding

if TYPE_CHECKING:
    from preamp.engine.asgi import Message, Receive, Scope, Send

_BUCKET = "my.bucket.s3.us-east-1.amazonaws.com"


def passed_on(path: str, raw_path: bytes, kind: str = "http") -> Scope:
    """What comes through of a request."""
    seen: list[Scope] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        return {}

    async def send(_: Message) -> None:
        pass

    headers = [(b"Host", b"127.0.0.1:4567"), (b"x-amz-date", b"now")]
    scope = {"type": kind, "path": path, "raw_path": raw_path, "headers": headers}
    asyncio.run(Forwarding(inner)(scope, receive, send))
    return seen[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_host_that_was_meant_takes_the_place_of_ours(kind: str) -> None:
    prefix = f"/_preamp/aws/{_BUCKET}"
    scope = passed_on(f"{prefix}/a b/ü", f"{prefix}/a%20b/%C3%BC".encode(), kind)
    assert dict(scope["headers"]) == {b"host": _BUCKET.encode(), b"x-amz-date": b"now"}
    # Signatures are over the path as it was sent.
    assert (scope["path"], scope["raw_path"]) == ("/a b/ü", b"/a%20b/%C3%BC")


def test_a_host_alone_means_its_root() -> None:
    prefix = "/_preamp/aws/cognito-idp.us-east-1.amazonaws.com"
    scope = passed_on(prefix, prefix.encode())
    assert (scope["path"], scope["raw_path"]) == ("/", b"/")


@pytest.mark.parametrize("path", ["/bucket/key", "/_preamp/mail", "/_preamp/aws/example.com/x"])
def test_every_other_request_passes_as_it_is(path: str) -> None:
    scope = passed_on(path, path.encode())
    assert (scope["path"], dict(scope["headers"])[b"Host"]) == (path, b"127.0.0.1:4567")
