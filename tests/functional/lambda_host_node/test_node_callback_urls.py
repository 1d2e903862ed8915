"""Custom resource providers of the CDK answer CloudFormation, whatever they leave out.

AWS: "Custom resource request types", CloudFormation user guide.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.functional.lambda_host_node.conftest import NodeFunction

    Start = Callable[..., NodeFunction]

SEND = """
const send = (request, options) => new Promise((resolve, reject) => {
  const sent = request(options, (answer) => { answer.resume(); resolve(answer.statusCode); });
  sent.on("error", (error) => resolve(error.code)); sent.write("answer"); sent.end();
});
"""
OPTIONS = "{ hostname: '127.0.0.1', path: event.path, port: event.port, method: 'PUT' }"
HANDLERS = {
    "index.js": f"const https = require('https');{SEND}"
    f"exports.handler = async (event) => send(https.request, {OPTIONS});",
    "index.mjs": f"import {{ request }} from 'node:https';{SEND}"
    f"export const handler = async (event) => send(request, {OPTIONS});",
    "url.js": f"const https = require('node:https');{SEND}"
    "exports.handler = async (event) => send((o, l) => https.request("
    "new URL('https://localhost' + event.path), { method: 'PUT' }, l), {});",
}


class Endpoint:
    """Takes what CloudFormation would."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                length = self.headers.get("Content-Length")
                body = self.rfile.read(int(length)) if length else self._chunks()
                endpoint.taken.append((self.path, body))
                self.send_response(200)
                self.end_headers()

            def _chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                return body

            def log_message(self, *args: Any) -> None:
                """Print nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
    endpoint.thread.join()


@pytest.mark.parametrize("file", HANDLERS)
@pytest.mark.parametrize("port", [None, 443])
def test_an_answer_arrives(start: Start, endpoint: Endpoint, file: str, port: int | None) -> None:
    url = f"http://127.0.0.1:{endpoint.server.server_port}"
    function = start(
        {file: HANDLERS[file]},
        handler=f"{file.partition('.')[0]}.handler",
        variables={"AWS_ENDPOINT_URL": url},
    )
    event = {"path": "/_ministack/cfn-response/token?a=b", "port": port}
    assert function.invoke(event).json == 200
    assert endpoint.taken == [("/_ministack/cfn-response/token?a=b", b"answer")]


def test_no_other_request_is_touched(start: Start, endpoint: Endpoint) -> None:
    port = endpoint.server.server_port
    function = start(
        {"index.js": HANDLERS["index.js"]},
        variables={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
    )
    # TLS was tried on a port that does not speak it.
    assert function.invoke({"path": "/other", "port": port}).json in ("EPROTO", "ECONNRESET")
    assert endpoint.taken == []
