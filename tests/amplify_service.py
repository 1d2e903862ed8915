"""A service that keeps the branches of Amplify apps, as Amplify's own does.

Amplify API reference, "GetBranch" and "UpdateBranch".
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Branch = dict[str, Any]


class AmplifyService:
    """Branches by the path of their address; what is updated is what was left out, too.

    Attributes:
        endpoint: Its address.
        branches: For example ``/apps/d1/branches/main``.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.branches: dict[str, Branch] = {}

    def add(self, app_id: str, branch_name: str, **settings: Any) -> None:
        """Keep a branch that has never had a backend."""
        self.branches[f"/apps/{app_id}/branches/{branch_name}"] = {
            "branchArn": f"arn:aws:amplify:eu-west-1:000000000000:apps/{app_id}",
            "branchName": branch_name,
            "stage": "NONE",
            "activeJobId": "0",
            "totalNumberOfJobs": "0",
            "enableAutoBuild": True,
            "environmentVariables": {},
            **settings,
        }

    def answer(self, path: str, update: Branch | None) -> tuple[int, Branch]:
        """Answer a request: one to change a branch if there is an update."""
        branch = self.branches.get(path)
        if branch is None:
            return 404, {"message": f"no {path}"}
        if update is not None:
            if update.get("stage") == "NONE":
                return 400, {"message": "NONE is no stage"}
            fixed = {name: branch[name] for name in ("branchArn", "branchName", "activeJobId")}
            branch = self.branches[path] = {"stage": "NONE", **update, **fixed}
        return 200, {"branch": branch}


@contextmanager
def amplify_service() -> Iterator[AmplifyService]:
    """Serve on the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(json.loads(self.rfile.read(length)))

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name
            del format, arguments

        def _answer(self, update: Branch | None) -> None:
            status, content = service.answer(self.path, update)
            body = json.dumps(content).encode()
            self.send_response(status)
            if status == 404:
                self.send_header("x-amzn-ErrorType", "NotFoundException")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = AmplifyService(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
