"""The guard's decisions, without a server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.guard import Guard

if TYPE_CHECKING:
    from preamp.engine.asgi import Message, Receive, Scope, Send

_PORT = 4567


async def answering(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An application that answers everything, with wildcards."""
    headers = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"etag")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


GUARD = Guard(answering, port=_PORT, token="token")


def scope(path: str = "/", method: str = "GET", **headers: str) -> dict[str, Any]:
    """A request with these headers; Host is ours unless given."""
    given = {"host": f"127.0.0.1:{_PORT}", **headers}
    encoded = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in given.items()]
    return {"type": "http", "method": method, "path": path, "headers": encoded}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST", "b.s3.localhost", "a_b.localhost", "[::1]"]
)
def test_a_loopback_host_with_our_port_passes(host: str) -> None:
    assert GUARD.refusal(scope(host=f"{host}:{_PORT}")) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1",
        "127.0.0.1:80",
        f"127.0.0.1.nip.example:{_PORT}",
        f"localhost.example:{_PORT}",
        f"xlocalhost:{_PORT}",
        f"::1:{_PORT}",
        f"127.0.0.2:{_PORT}",
        f"localhost:{_PORT}\n",
        f"évil.localhost:{_PORT}",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    assert GUARD.refusal(scope(host=host))


def test_two_host_headers_are_refused() -> None:
    request = scope()
    request["headers"] *= 2
    assert GUARD.refusal(request)


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:5173",
        "https://localhost",
        "http://127.0.0.1:8000",
        "http://app.localhost:3000",
        "http://[::1]:3000",
        "http://[::1]",
    ],
)
def test_a_page_of_this_machine_passes(origin: str) -> None:
    assert GUARD.refusal(scope(origin=origin, sec_fetch_site="cross-site")) is None


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://evil.example#localhost",
        "file://localhost",
        "chrome-extension://localhost",
    ],
)
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    assert GUARD.refusal(scope(origin=origin))


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "unheard-of"}, False),
        ({"sec_fetch_site": "cross-site", "referer": "http://localhost:5173/a"}, True),
        ({"sec_fetch_site": "cross-site", "referer": "https://evil.example/"}, False),
    ],
)
def test_a_request_without_origin_is_judged_by_where_it_comes_from(
    headers: dict[str, str], *, passes: bool
) -> None:
    assert (GUARD.refusal(scope(**headers)) is None) is passes


@pytest.mark.parametrize(
    ("method", "path", "open_to_all"),
    [
        ("GET", "/_ministack/health", True),
        ("POST", "/_ministack/health", False),
        ("PUT", "/_ministack/cfn-response/0123456789abcdef", True),
        ("PUT", "/_ministack/cfn-response/0123456789abcdef/x", False),
        ("GET", "/_ministack/cfn-response/0123456789abcdef", False),
        ("POST", "/_ministack/reset", False),
        ("POST", "//_ministack/reset", False),
        ("POST", "/_MiniStack/reset", False),
        ("GET", "/_localstack/init", False),
        ("GET", "/_preamp/mail", False),
        ("GET", "/bucket/_preamp/mail", True),
        ("POST", "/_preamp/aws/cognito-idp.us-east-1.amazonaws.com/", True),
        ("GET", "/_preamp/aws/a.b.s3.us-east-1.amazonaws.com/_preamp-notes", True),
        ("POST", "/_preamp/aws/s3.us-east-1.amazonaws.com/_ministack/reset", False),
        ("POST", "/_preamp/aws/s3.us-east-1.amazonaws.com//_ministack/reset", False),
        ("GET", "/_preamp/aws/s3.amazonaws.com/_preamp/aws/s3.amazonaws.com/x", False),
        ("GET", "/_preamp/aws/example.com/", False),
        ("GET", "/_preamp/aws/amazonaws.com.example.com/", False),
    ],
)
def test_own_paths_need_the_token(method: str, path: str, *, open_to_all: bool) -> None:
    assert (GUARD.refusal(scope(path, method)) is None) is open_to_all
    assert GUARD.refusal(scope(path, method, authorization="Bearer token")) is None
    wrong = scope(path, method, authorization="Bearer tokem")
    assert (GUARD.refusal(wrong) is None) is open_to_all


def answer_to(request: Scope) -> Message:
    """What a client gets first."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(GUARD(request, receive, send))
    return sent[0]


def test_the_page_that_asks_is_named_and_nothing_else_is_changed() -> None:
    answer = answer_to(scope(origin="http://localhost:5173"))
    assert dict(answer["headers"]) == {
        b"access-control-allow-origin": b"http://localhost:5173",
        b"access-control-expose-headers": b"etag",
    }


def test_a_program_gets_the_answer_as_it_is() -> None:
    assert dict(answer_to(scope())["headers"])[b"access-control-allow-origin"] == b"*"


def test_a_refused_websocket_is_closed() -> None:
    request = {**scope(origin="https://evil.example"), "type": "websocket"}
    assert answer_to(request)["type"] == "websocket.close"


def test_a_refused_request_gets_no_cors_headers() -> None:
    answer = answer_to(scope(origin="https://evil.example"))
    assert answer["status"] == 403
    assert not any(name.startswith(b"access-control") for name, _ in answer["headers"])
