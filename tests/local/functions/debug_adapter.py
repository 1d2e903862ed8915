"""Speaks to debuggers over sockets: the Debug Adapter Protocol, and Node's inspector."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE: Final = 60.0


def connect(port: int) -> socket.socket:
    """Connect as soon as something listens."""
    latest = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        except ConnectionRefusedError:
            assert time.monotonic() < latest, f"nothing listens at {port}"


class DebugAdapter:
    """An editor, as a debugger sees it. "Debug Adapter Protocol", Specification."""

    def __init__(self, port: int) -> None:
        self._seen: list[dict[str, Any]] = []
        self._sent = 0
        while not self._introduce(port):
            pass
        self.thread = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request; its number."""
        self._sent += 1
        message = {"type": "request", "seq": self._sent, "command": command}
        body = json.dumps({**message, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._sent

    def request(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        return self.answer(self.send(command, **arguments))

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to a request."""
        found = self._await(lambda each: each.get("request_seq") == number)
        assert found["success"], found
        body: dict[str, Any] = found.get("body") or {}
        return body

    def event(self, name: str) -> dict[str, Any]:
        """The next event of a kind."""
        found = self._await(lambda each: each.get("event") == name)
        body: dict[str, Any] = found.get("body") or {}
        return body

    def attach(self, breakpoints: dict[str, list[int]]) -> None:
        """Attach with breakpoints: lines by the path of their file."""
        attaching = self.send("attach", justMyCode=True)
        self.event("initialized")
        for path, lines in breakpoints.items():
            wanted = [{"line": line} for line in lines]
            self.request("setBreakpoints", source={"path": path}, breakpoints=wanted)
        self.request("configurationDone")
        self.answer(attaching)

    def wait_for_the_end(self) -> None:
        """Wait until the debugger hangs up."""
        while self._stream.read1():
            pass

    def _introduce(self, port: int) -> bool:
        """Connect; False if that was to a debugger which is being killed."""
        self._socket = connect(port)
        self._stream = self._socket.makefile("rb")
        try:
            self.request("initialize", adapterID="test", pathFormat="path")
        except OSError:
            self.__exit__()
            return False
        return True

    def _await(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for index, message in enumerate(self._seen):
            if wanted(message):
                return self._seen.pop(index)
        while True:
            message = self._receive()
            if wanted(message):
                return message
            self._seen.append(message)

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self._stream.readline().strip():
            length = int(line.rpartition(b":")[2])
        if not length:
            raise ConnectionResetError(f"the debugger hung up after {self._seen}")
        message: dict[str, Any] = json.loads(self._stream.read(length))
        return message


def inspected_programs(port: int) -> Any:
    """What Node's inspector tells of itself."""
    connect(port).close()
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/json/list")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def tell_inspector(port: int, path: str, *methods: str) -> None:
    """Call methods of Node's inspector, over its WebSocket (RFC 6455)."""
    with connect(port) as channel, channel.makefile("rb") as stream:
        channel.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        while stream.readline().strip():
            pass
        for number, method in enumerate(methods):
            body = json.dumps({"id": number, "method": method}).encode()
            assert len(body) < 126
            # Text, whole; masked with zeros, which changes nothing.
            channel.sendall(bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body)
        while f'"id":{len(methods) - 1}'.encode() not in stream.read1():
            pass
