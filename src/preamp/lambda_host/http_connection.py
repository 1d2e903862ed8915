"""As much of HTTP/1.1 as a Lambda runtime speaks, on a socket that never blocks.

Knows nothing of Lambda.
"""

from __future__ import annotations

import select
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping

_CHUNK: Final = 65536
_LARGE_CHUNK: Final = 1 << 20
_LONGEST_HEAD: Final = 4 << 20
_SEND_SECONDS: Final = 30.0
_REASONS: Final = {200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden"}


class ConnectionEndedError(Exception):
    """The other side closed the connection, or what it sends is not HTTP."""


@dataclass(frozen=True)
class HttpRequest:
    """A request that has come in whole.

    Attributes:
        method: Its method.
        path: Its path, with a query if there is one.
        headers: Its headers, names in lower case; for a body in chunks, its trailers too.
        body: Its body.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class _Head:
    method: str
    path: str
    headers: dict[str, str]
    length: int
    chunked: bool
    pieces: list[bytes] = field(default_factory=list)


class HttpConnection:
    """The server's end of one connection.

    Args:
        channel: A connected socket; it is made non-blocking.
    """

    def __init__(self, channel: socket.socket) -> None:
        channel.settimeout(0)
        self.channel = channel
        self._buffer = bytearray()
        self._held = b""
        self._head: _Head | None = None

    def receive(self) -> list[HttpRequest]:
        """Read what is there.

        Returns:
            The requests that are now whole.

        Raises:
            ConnectionEndedError: There will be no more.
        """
        try:
            received = self.channel.recv(_LARGE_CHUNK if self._head else _CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise ConnectionEndedError from error
        if not received:
            raise ConnectionEndedError
        self._buffer += received
        return self._take_requests()

    def send(
        self,
        status: int,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        hold: bool = False,
    ) -> None:
        """Answer a request.

        Args:
            status: The answer's status.
            headers: Its headers.
            body: Its body.
            hold: Let it leave with the next answer: the other side waits for that already.

        Raises:
            ConnectionEndedError: The other side is gone, or has not listened for long.
        """
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\n"]
        lines += [f"{name}: {value}\r\n" for name, value in headers]
        lines.append(f"Content-Length: {len(body)}\r\n\r\n")
        content = self._held + "".join(lines).encode() + body
        self._held = content if hold else b""
        if not hold:
            self._write(content)

    def close(self) -> None:
        """Close it."""
        self.channel.close()

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        try:
            while view:
                try:
                    view = view[self.channel.send(view) :]
                except BlockingIOError:
                    self._wait_until_writable()
        except OSError as error:
            raise ConnectionEndedError from error

    def _wait_until_writable(self) -> None:
        _, ready, _ = select.select([], [self.channel], [], _SEND_SECONDS)
        if not ready:
            raise ConnectionEndedError

    def _take_requests(self) -> list[HttpRequest]:
        whole = []
        while (request := self._take_request()) is not None:
            whole.append(request)
        return whole

    def _take_request(self) -> HttpRequest | None:
        head = self._head = self._head or self._take_head()
        if head is None:
            return None
        body = self._take_chunks(head) if head.chunked else self._take_body(head.length)
        if body is None:
            return None
        self._head = None
        return HttpRequest(head.method, head.path, head.headers, body)

    def _take_head(self) -> _Head | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_HEAD:
                raise ConnectionEndedError
            return None
        text = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 4]
        head = _parse(text)
        if "100-continue" in head.headers.get("expect", ""):
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return head

    def _take_body(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _take_chunks(self, head: _Head) -> bytes | None:
        """The body, once its last chunk and the trailers are there."""
        while (end := self._buffer.find(b"\r\n")) >= 0:
            size = _number(self._buffer[:end].split(b";")[0].decode("latin-1"), 16)
            if size == 0:
                return self._take_trailers(head, end + 2)
            if len(self._buffer) < end + 2 + size + 2:
                return None
            head.pieces.append(bytes(self._buffer[end + 2 : end + 2 + size]))
            del self._buffer[: end + 2 + size + 2]
        return None

    def _take_trailers(self, head: _Head, start: int) -> bytes | None:
        # without trailers the empty line follows at once
        end = self._buffer.find(b"\r\n\r\n", start - 2)
        if end < 0:
            return None
        head.headers.update(_headers(self._buffer[start:end].decode("latin-1")))
        del self._buffer[: end + 4]
        return b"".join(head.pieces)


def _parse(text: str) -> _Head:
    first, _, rest = text.partition("\r\n")
    try:
        method, path, _ = first.split(" ")
    except ValueError as error:
        raise ConnectionEndedError from error
    headers = _headers(rest)
    length = _number(headers.get("content-length", "0"), 10)
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    return _Head(method, path, headers, length, chunked)


def _headers(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError as error:
        raise ConnectionEndedError from error
