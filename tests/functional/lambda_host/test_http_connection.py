"""HTTP as runtimes speak it, whole or in pieces.

AWS: "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING

import pytest

from preamp.lambda_host.http_connection import ConnectionEndedError, HttpConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

Pair = tuple[socket.socket, HttpConnection]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client's socket, and the server's end."""
    client, server = socket.socketpair()
    connection = HttpConnection(server)
    yield client, connection
    client.close()
    connection.close()


def test_requests_may_come_in_pieces_and_one_after_the_other(pair: Pair) -> None:
    client, connection = pair
    text = b"POST /a HTTP/1.1\r\nContent-Length: 5\r\nX-Name: v: w\r\n\r\nhello"
    for byte in text[:-1]:
        client.send(bytes([byte]))
        assert connection.receive() == []
    client.send(text[-1:] + b"GET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
    first, second, third = connection.receive()
    assert (first.method, first.path, first.body) == ("POST", "/a", b"hello")
    assert first.headers["x-name"] == "v: w"
    assert (second.path, third.path, third.body) == ("/b", "/c", b"")


@pytest.mark.parametrize("trailers", [b"", b"X-Error: late\r\n"])
def test_a_body_may_come_in_chunks(pair: Pair, trailers: bytes) -> None:
    client, connection = pair
    head = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.send(head + b"3;more=x\r\nabc\r\nA\r\n01234567")
    assert connection.receive() == []
    client.send(b"89\r\n0\r\n" + trailers)
    assert connection.receive() == []
    client.send(b"\r\nGET /b HTTP/1.1\r\n\r\n")
    first, second = connection.receive()
    assert first.body == b"abc0123456789"
    assert first.headers.get("x-error") == ("late" if trailers else None)
    assert second.path == "/b"


def test_who_asks_is_told_to_go_on(pair: Pair) -> None:
    client, connection = pair
    client.send(b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert connection.receive() == []
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"ok")
    assert connection.receive()[0].body == b"ok"


def test_an_answer_larger_than_any_buffer_arrives(pair: Pair) -> None:
    import threading

    client, connection = pair
    body = bytes(8 << 20)
    writer = threading.Thread(target=connection.send, args=(200, [("X-Name", "v")], body))
    writer.start()
    received = bytearray()
    while len(received) < len(body):
        received += client.recv(1 << 20)
    writer.join()
    head, _, sent = bytes(received).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"HTTP/1.1 200 OK", b"X-Name: v", b"Content-Length: 8388608"]
    assert sent == body


def test_an_answer_that_is_held_leaves_with_the_next(pair: Pair) -> None:
    client, connection = pair
    connection.send(202, [], b"first", hold=True)
    assert not select.select([client], [], [], 0)[0]
    connection.send(200, [], b"second")
    received = client.recv(1 << 10)
    assert received.index(b"202 Accepted") < received.index(b"first") < received.index(b"200 OK")
    assert received.endswith(b"second")
    connection.send(200, [], b"third")
    assert b"first" not in client.recv(1 << 10)


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_not_http_ends_the_connection(pair: Pair, text: bytes) -> None:
    client, connection = pair
    client.send(text)
    with pytest.raises(ConnectionEndedError):
        connection.receive()


def test_the_end_of_the_other_side_is_noticed(pair: Pair) -> None:
    client, connection = pair
    assert connection.receive() == []
    client.close()
    with pytest.raises(ConnectionEndedError):
        connection.receive()
    with pytest.raises(ConnectionEndedError):
        connection.send(200, [], bytes(8 << 20))
