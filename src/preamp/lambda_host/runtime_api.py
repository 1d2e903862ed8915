"""The Runtime API of one execution environment, on a port of its own.

AWS: "Using the Lambda runtime API for custom runtimes". Turns requests into messages and hands out
invocations; when that happens, and what follows from it, is the session's business.
"""

from __future__ import annotations

import json
import re
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.http_connection import ConnectionEndedError, HttpConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.lambda_host.http_connection import HttpRequest

_RESULT: Final = re.compile(r"/2018-06-01/runtime/invocation/([^/]+)/(response|error)")
_NEXT: Final = "/2018-06-01/runtime/invocation/next"
_INIT_ERROR: Final = "/2018-06-01/runtime/init/error"
_MODE: Final = "lambda-runtime-function-response-mode"
_ERROR_TYPE: Final = "lambda-runtime-function-error-type"
# what a browser adds, and no runtime
_OF_BROWSERS: Final = ("origin", "sec-fetch-mode", "sec-fetch-site")
_JSON: Final = ("Content-Type", "application/json")


@dataclass(frozen=True)
class NextAsked:
    """The runtime is ready for an invocation."""


@dataclass(frozen=True)
class Answered:
    """The runtime has answered an invocation.

    Attributes:
        body: The result, or the error object.
        error: Whether it is an error.
        streamed: Whether it is what a handler streamed.
    """

    body: bytes
    error: bool
    streamed: bool = False


@dataclass(frozen=True)
class InitFailed:
    """The runtime could not initialize.

    Attributes:
        body: The error object.
        error_type: Its type, as the runtime says beside it.
    """

    body: bytes
    error_type: str


Message = NextAsked | Answered | InitFailed


class RuntimeApi:
    """Serves one worker; call `receive` when one of its channels is readable."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.listener.settimeout(0)
        self.address = "{}:{}".format(*self.listener.getsockname())
        self.messages: deque[Message] = deque()
        self._connections: dict[socket.socket, HttpConnection] = {}
        self._waiting: HttpConnection | None = None
        self._request_id = ""

    def accept(self) -> socket.socket | None:
        """Take a connection; None if it is gone again."""
        try:
            channel, _ = self.listener.accept()
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            return None
        self._connections[channel] = HttpConnection(channel)
        return channel

    def receive(self, channel: socket.socket) -> bool:
        """Read from a connection and answer what it asks; False if it has ended."""
        connection = self._connections[channel]
        try:
            requests = connection.receive()
            for request, following in zip_longest(requests, requests[1:]):
                self._serve(connection, request, hold=following is not None)
        except ConnectionEndedError:
            self._forget(connection)
            return False
        return True

    def deliver(self, headers: Iterable[tuple[str, str]], request_id: str, payload: bytes) -> None:
        """Give the waiting runtime an invocation.

        Args:
            headers: What it is told beside the event.
            request_id: Of the invocation.
            payload: The event.
        """
        waiting, self._waiting = self._waiting, None
        self._request_id = request_id
        # That it is ready is all it can have said since its last answer.
        self.messages.clear()
        if waiting is None:
            raise RuntimeError("no runtime is waiting for an invocation")
        try:
            waiting.send(200, [_JSON, *headers], payload)
        except ConnectionEndedError:
            # That it is gone will be noticed where its end is awaited.
            self._forget(waiting)

    @property
    def is_awaited(self) -> bool:
        """Whether a runtime waits for an invocation."""
        return self._waiting is not None

    def close(self) -> None:
        """Close every connection and stop listening."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self.listener.close()

    def _forget(self, connection: HttpConnection) -> None:
        if self._waiting is connection:
            self._waiting = None
            # It is not ready any more.
            with suppress(ValueError):
                self.messages.remove(NextAsked())
        self._connections.pop(connection.channel, None)
        connection.close()

    def _serve(self, connection: HttpConnection, request: HttpRequest, *, hold: bool) -> None:
        if any(name in request.headers for name in _OF_BROWSERS):
            _refuse(connection, 403, "Forbidden")
        elif request.method == "GET" and request.path == _NEXT:
            self._waiting = connection
            self.messages.append(NextAsked())
        elif request.method == "POST" and request.path == _INIT_ERROR:
            self.messages.append(InitFailed(request.body, request.headers.get(_ERROR_TYPE, "")))
            _accept(connection)
        elif request.method == "POST" and (match := _RESULT.fullmatch(request.path)):
            self._take_answer(connection, request, match[1], error=match[2] == "error", hold=hold)
        else:
            _refuse(connection, 404, "NotFound")

    def _take_answer(
        self,
        connection: HttpConnection,
        request: HttpRequest,
        request_id: str,
        *,
        error: bool,
        hold: bool,
    ) -> None:
        if request_id != self._request_id:
            _refuse(connection, 400, "InvalidRequestID")
            return
        self._request_id = ""
        # an answer in chunks may turn out to be an error at its end
        broken = not error and "transfer-encoding" in request.headers
        broken = broken and _ERROR_TYPE in request.headers
        streamed = request.headers.get(_MODE) == "streaming"
        self.messages.append(Answered(request.body, error or broken, streamed))
        _accept(connection, hold=hold)


def _accept(connection: HttpConnection, *, hold: bool = False) -> None:
    connection.send(202, [_JSON], b'{"status":"OK"}', hold=hold)


def _refuse(connection: HttpConnection, status: int, error_type: str) -> None:
    body = json.dumps({"errorType": error_type, "errorMessage": error_type}).encode()
    connection.send(status, [_JSON], body)
