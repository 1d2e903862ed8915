"""A proxy between a client and AWS that spoils chosen requests, as networks and services do.

Clients find it by ``HTTP_PROXY``, so that what they sign is what AWS checks.
"""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERROR: Final = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"
    "<RequestId>0</RequestId></ErrorResponse>"
)
_HOP: Final = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding"})
ALWAYS: Final = 1 << 30


@dataclass
class Fault:
    """What becomes of requests for one action.

    Attributes:
        code: The error that is answered; None to drop the connection.
        times: How many requests it spoils before it is over.
        message: The error's words.
    """

    code: str | None
    times: int = ALWAYS
    message: str = "the test says so"


@dataclass
class FaultyNetwork:
    """The proxy.

    Attributes:
        address: What ``HTTP_PROXY`` is to be.
        faults: By action, for example ``DescribeStackEvents``.
        after: Faults that begin once an action was asked for.
        requests: Parameters of every request of CloudFormation's or STS's kind, in their order.
    """

    address: str
    faults: dict[str, Fault] = field(default_factory=dict)
    after: dict[str, dict[str, Fault]] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def mend(self) -> None:
        """Spoil nothing any more."""
        self.faults, self.after = {}, {}

    def actions(self) -> list[str]:
        """What was asked for, spoiled or not."""
        return [request["Action"] for request in self.requests]

    def fault(self, body: bytes) -> Fault | None:
        """Note a request, and tell what becomes of it."""
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        action = form.get("Action")
        if action is None:
            return None
        with self.lock:
            self.requests.append(form)
            fault = self.faults.get(action)
            self.faults |= self.after.pop(action, {})
            if fault is None or fault.times == 0:
                return None
            fault.times -= 1
            return fault


@contextmanager
def faulty_network() -> Iterator[FaultyNetwork]:
    """Serve on the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = network.fault(body)
            if fault is None:
                self._pass_on(body)
            elif fault.code is None:
                self.close_connection = True
            else:
                self._answer(400, {}, _ERROR.format(fault.code, fault.message).encode())

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - names of http.server

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name
            del format, arguments

        def _pass_on(self, body: bytes) -> None:
            where = urlsplit(self.path)
            connection = http.client.HTTPConnection(where.hostname or "", where.port)
            path = f"{where.path or '/'}{f'?{where.query}' if where.query else ''}"
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            self._answer(answer.status, dict(answer.getheaders()), content)
            connection.close()

        def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _HOP and name.lower() != "content-length":
                    self.send_header(name, value)
            length = headers.get("content-length", str(len(content)))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    network = FaultyNetwork(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
