"""A Lambda Runtime API for one process: a real HTTP server that hands out invocations.

It behaves as AWS documents it in "Using the Lambda runtime API for custom runtimes": `next`
blocks, answers are accepted once per request, an error of the initialization is kept.
"""

from __future__ import annotations

import itertools
import json
import queue
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT: Final = "/2018-06-01/runtime"
_PATIENCE: Final = 20.0
_PIECE: Final = 50_000


@dataclass(frozen=True)
class Posted:
    """What the runtime posted.

    Attributes:
        kind: ``response``, ``error`` or ``init``; ``died`` if it never did.
        request_id: The invocation it belongs to, empty for none.
        headers: Its headers, by lower-case name.
        body: Its body.
    """

    kind: str
    request_id: str = ""
    headers: Mapping[str, str] | None = None
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApiServer) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Say nothing: a killed function closes its connection as it can."""


class RuntimeApiServer:
    """The server; `close` it."""

    def __init__(self, *, chunked: bool = False) -> None:
        self.connections = 0
        self.chunked = chunked
        self._waiting: queue.Queue[tuple[dict[str, str], bytes] | None] = queue.Queue()
        self._posted: queue.Queue[Posted] = queue.Queue()
        self._numbers = itertools.count(1)
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def invoke(self, event: Any, *, timeout: float = 3.0, **headers: str) -> Posted:
        """Hand out an invocation and wait for what is posted."""
        request_id = f"request-{next(self._numbers)}"
        known = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:1:function:tried",
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self._waiting.put(({**known, **given}, json.dumps(event).encode()))
        return self.wait()

    def wait(self) -> Posted:
        """Wait for the next thing that is posted."""
        return self._posted.get(timeout=_PATIENCE)

    def tell_death(self) -> None:
        """Let whoever waits know that the process is dead."""
        self._posted.put(Posted("died"))

    def close(self) -> None:
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self) -> tuple[dict[str, str], bytes] | None:
        return self._waiting.get()

    def keep(self, posted: Posted) -> None:
        self._posted.put(posted)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.api.connections += 1

    def do_GET(self) -> None:
        assert self.path == f"{_ROOT}/invocation/next"
        invocation = self.server.api.take()
        if invocation is None:
            self.close_connection = True
            return
        self._answer(200, *invocation)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = self.path.removeprefix(f"{_ROOT}/").split("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        kind, request_id = ("init", "") if parts[0] == "init" else (parts[2], parts[1])
        self.server.api.keep(Posted(kind, request_id, headers, body))
        self._answer(202, {"Content-Type": "application/json"}, b'{"status":"OK"}\n')

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            # What is not ASCII travels as UTF-8.
            self.send_header(name, value.encode().decode("latin-1"))
        if self.server.api.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = _chunked(body)
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body), _PIECE):
            self.wfile.write(body[start : start + _PIECE])
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    pieces = [piece for piece in (body[:half], body[half:]) if piece]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
