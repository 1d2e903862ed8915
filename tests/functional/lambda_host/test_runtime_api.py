"""Runtimes that ask one thing after the other, and ours, which asks for two at once.

AWS: "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import select
import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from preamp.lambda_host.runtime_api import Answered, NextAsked, RuntimeApi

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n"
_PATIENCE = 10


def _result(body: bytes) -> bytes:
    path = "/2018-06-01/runtime/invocation/one/response"
    return f"POST {path} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class Runtime:
    """A runtime, and the API that serves it."""

    api: RuntimeApi
    channel: socket.socket
    served: socket.socket

    def say(self, text: bytes) -> None:
        """Send something, and have it served."""
        self.channel.sendall(text)
        select.select([self.served], [], [], _PATIENCE)
        assert self.api.receive(self.served)

    def hears(self) -> bytes:
        """What has been answered."""
        readable, _, _ = select.select([self.channel], [], [], 0)
        return self.channel.recv(1 << 16) if readable else b""


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """A runtime that is connected and was given its first invocation."""
    api = RuntimeApi()
    with closing(api), socket.create_connection(api.listener.getsockname()) as channel:
        select.select([api.listener], [], [], _PATIENCE)
        served = api.accept()
        assert served is not None
        made = Runtime(api, channel, served)
        made.say(_NEXT)
        assert api.messages.popleft() == NextAsked()
        api.deliver([], "one", b"event 1")
        assert made.hears().endswith(b"event 1")
        yield made


def test_a_result_is_accepted_before_the_next_invocation_is_asked_for(runtime: Runtime) -> None:
    runtime.say(_result(b"1"))
    assert list(runtime.api.messages) == [Answered(b"1", error=False)]
    assert not runtime.api.is_awaited
    assert b"202 Accepted" in runtime.hears()


def test_a_result_that_asks_for_the_next_invocation_is_accepted_with_it(runtime: Runtime) -> None:
    runtime.say(_result(b"1") + _NEXT)
    assert runtime.api.messages.popleft() == Answered(b"1", error=False)
    assert runtime.api.is_awaited
    assert runtime.hears() == b""
    runtime.api.deliver([], "two", b"event 2")
    heard = runtime.hears()
    assert heard.index(b"202 Accepted") < heard.index(b"200 OK")
    assert heard.endswith(b"event 2")
    assert not runtime.api.messages, "that it was ready is not news of the new invocation"


def test_a_refused_result_keeps_its_answer_too(runtime: Runtime) -> None:
    runtime.say(_result(b"1").replace(b"/one/", b"/other/") + _NEXT)
    assert list(runtime.api.messages) == [NextAsked()]
    assert b"400 Bad Request" in runtime.hears()


def test_a_runtime_that_ends_is_not_ready_any_more(runtime: Runtime) -> None:
    runtime.say(_result(b"1") + _NEXT)
    runtime.channel.close()
    select.select([runtime.served], [], [], _PATIENCE)
    assert not runtime.api.receive(runtime.served)
    assert not runtime.api.is_awaited
    assert list(runtime.api.messages) == [Answered(b"1", error=False)]
