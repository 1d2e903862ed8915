"""The program in which a Python handler runs: AWS's own runtime client over a small HTTP client.

Replaces only that part of awslambdaric which is compiled for Amazon Linux. Runs on every Python
that Lambda has, where nothing of ours can be imported. Its arguments are the directory with
awslambdaric, and the directories to import a function from.
"""

from __future__ import annotations

import os
import sys
from _socket import AF_INET, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, socket
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

_NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: lambda\r\n\r\n"
_RESULT = "/2018-06-01/runtime/invocation/{}/{}"
_JSON = "application/json"
_DEADLINE = "Lambda-Runtime-Deadline-Ms"
_CHUNK = 1 << 18


class RuntimeClient(ModuleType):
    """What awslambdaric imports as ``runtime_client``.

    Args:
        address: Of the Runtime API.
    """

    def __init__(self, address: str) -> None:
        super().__init__("runtime_client")
        host, _, port = address.partition(":")
        # Not `socket.socket`: a no-op handler need not wait for that module.
        self._channel = socket(AF_INET, SOCK_STREAM)
        self._channel.connect((host, int(port)))
        self._channel.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self._received = bytearray()
        self._has_asked = False

    def initialize_client(self, user_agent: str) -> None:
        """Be told who speaks."""

    def next(self) -> tuple[bytes, dict[str, Any]]:
        """Wait for an invocation; its event and headers."""
        if self._has_asked:
            # what came of the result, which nothing depends on
            self._answer()
        else:
            self._channel.sendall(_NEXT)
        self._has_asked = False
        event, headers = self._answer()
        return event, {**headers, _DEADLINE: int(headers[_DEADLINE])}

    def post_invocation_result(
        self, invoke_id: str, content: bytes, content_type: str, _invocation_id: object = None
    ) -> None:
        """Answer an invocation, and ask for the next in one go: each wakes the other side."""
        head = _head(_RESULT.format(invoke_id, "response"), content, {"Content-Type": content_type})
        self._has_asked = True
        self._channel.sendall(head + content + _NEXT)

    def post_error(
        self, invoke_id: str, content: str, _xray_fault: str, _invocation_id: object = None
    ) -> None:
        """Report that an invocation failed."""
        headers = {"Content-Type": _JSON, "Lambda-Runtime-Function-Error-Type": "Unhandled"}
        self.post(_RESULT.format(invoke_id, "error"), _encoded(content), headers)

    def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Send something and wait until it was taken."""
        self._channel.sendall(_head(path, content, headers) + content)
        self._answer()

    def _answer(self) -> tuple[bytes, dict[str, str]]:
        received = self._received
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        lines = (line.partition(": ") for line in received[:end].decode("latin-1").split("\r\n"))
        headers = {name: value for name, _, value in lines}
        length = end + 4 + int(headers.get("Content-Length", 0))
        while len(received) < length:
            received += self._receive()
        body = bytes(received[end + 4 : length])
        del received[:length]
        return body, headers

    def _receive(self) -> bytes:
        piece = self._channel.recv(_CHUNK)
        if not piece:
            # The host is gone, and nobody waits for us.
            os._exit(0)
        return piece


def main() -> None:
    """Initialize the function, then serve invocations until the host goes away."""
    support, search = sys.argv[1], sys.argv[2:]
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    client = sys.modules["runtime_client"] = RuntimeClient(address)
    sys.path[0] = support
    bootstrap = import_module("awslambdaric.bootstrap")
    kind = import_module("awslambdaric.lambda_runtime_client").LambdaRuntimeClient
    kind.call_rapid = _call_rapid(client)
    _search_in(search, support)
    _write_nothing_into(os.environ["LAMBDA_TASK_ROOT"])
    sys.argv = ["/var/runtime/bootstrap.py"]
    if sys.version_info < (3, 10):  # noqa: UP036 - functions may run on what preamp does not
        # The last release for this Python asks for more.
        bootstrap.run(os.getcwd(), os.environ["_HANDLER"], address)  # noqa: PTH109
    else:
        bootstrap.run(os.environ["_HANDLER"], kind(address))


def _call_rapid(client: RuntimeClient) -> Callable[..., None]:
    """The method by which awslambdaric reports that the initialization failed."""
    to_json = import_module("awslambdaric.lambda_runtime_marshaller").to_json

    def call_rapid(
        _: object,
        _method: str,
        path: str,
        _expected: int,
        payload: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        client.post(path, _encoded(to_json(payload)), {"Content-Type": _JSON, **(headers or {})})

    return call_rapid


def _head(path: str, content: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: lambda", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _encoded(text: str) -> bytes:
    # Half of a pair of surrogates can be in a message, but not in UTF-8.
    return text.encode("utf-8", "backslashreplace")


def _write_nothing_into(code: str) -> None:
    """Keep compiled modules out of the code, which on Lambda nobody can write to.

    Root can here, and what was compiled would cover a source that is saved in the same second.
    """
    loader = import_module("importlib.machinery").SourceFileLoader
    write = loader.set_data

    def set_data(self: object, path: str, data: bytes, **options: int) -> None:
        if not path.startswith(code):
            write(self, path, data, **options)

    loader.set_data = set_data


def _search_in(places: Sequence[str], support: str) -> None:
    """Import from the function's places first, then Python's own, then the runtime's."""
    import site

    sys.path[:1] = places
    sys.path.append(support)
    site.setquit()
    for place in places:
        if place.endswith("site-packages"):
            site.addsitedir(place)


if __name__ == "__main__":
    main()
