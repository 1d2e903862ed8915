"""A frontend's dev server on a port of its own, and what its user does beside the frontend.

A user reads codes in messages and looks at an authenticator; the page asks for both here.
"""

from __future__ import annotations

import json
import queue
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.local.cognito.accounts import one_time_code
from tests.local.cognito.code_messages import newest_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection


class DevServer:
    """Serves a folder, and answers the page.

    Args:
        folder: What is served.
        engine: Where messages are read.
        promote: Makes a user an administrator.
    """

    def __init__(
        self, folder: Path, engine: EngineConnection, promote: Callable[[str], str]
    ) -> None:
        self._results: queue.Queue[dict[str, Any]] = queue.Queue()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(_Handler, self, directory=str(folder))
        )
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._answers: dict[str, Callable[..., str]] = {
            "/code": lambda to: newest_code(engine, to),
            "/totp": one_time_code,
            "/promote": promote,
        }

    @property
    def address(self) -> str:
        """Where it is; a browser takes it for another site than the engine."""
        return f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str) -> str | None:
        """Do what the page asks for; None if that is a file."""
        parts = urlsplit(path)
        found = self._answers.get(parts.path)
        return found(**dict(parse_qsl(parts.query))) if found else None

    def tell(self, result: dict[str, Any]) -> None:
        """Take the page's result."""
        self._results.put(result)

    def result(self, seconds: float) -> dict[str, Any]:
        """Wait for the page's result."""
        return self._results.get(timeout=seconds)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, server: DevServer, *given: Any, **options: Any) -> None:
        self._dev_server = server
        super().__init__(*given, **options)

    def do_GET(self) -> None:
        answer = self._dev_server.answer(self.path)
        if answer is None:
            super().do_GET()
        else:
            self._send(answer.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._dev_server.tell(json.loads(body))
        self._send(b"")

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
