"""The two local clouds that run functions side by side: ministack as it comes, and preamp's."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from benchmarks.workbench import CommandFailedError
from preamp.engine.client import EngineClient
from preamp.engine.environment import ensure_environment
from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preamp.events import Event

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_CONNECTIONS: Final = 16
_SHOWN: Final = 2000
_INHERITED: Final = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Mail:
    """A message SES accepted.

    Attributes:
        subject: Its subject.
        accepted: When, in seconds since the epoch.
    """

    subject: str
    accepted: float


@dataclass(frozen=True)
class Cloud:
    """A running local cloud.

    Attributes:
        name: What it is called in tables.
        endpoint: Its address.
        pid: Its process; its workers are children of it.
        keys: Access key and secret.
        outbox: Lists every message SES accepted.
        clear: Forgets them, where that can be: a long list takes long to read.
    """

    name: str
    endpoint: str
    pid: int
    keys: tuple[str, str]
    outbox: Callable[[], list[Mail]]
    clear: Callable[[], None] = lambda: None
    region: str = "us-east-1"
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:  # noqa: ANN401 - one class each
        """A boto3 client, the same one for each service; it tries everything once."""
        if service not in self._clients:
            config = Config(max_pool_connections=_CONNECTIONS, retries={"total_max_attempts": 1})
            self._clients[service] = boto3.session.Session().client(
                service,
                endpoint_url=self.endpoint,
                region_name=self.region,
                aws_access_key_id=self.keys[0],
                aws_secret_access_key=self.keys[1],
                config=config,
            )
        return self._clients[service]


class Quiet:
    """A reporter that says nothing."""

    def report(self, event: Event) -> None:
        """Hear an event."""


@contextmanager
def preamp_cloud(folder: Path) -> Iterator[Cloud]:
    """The local cloud of preamp, stopped at the end."""
    process = EngineProcess(folder / "engine", port=None, reporter=Quiet())
    try:
        running = process.start()
        client = EngineClient(running)
        yield Cloud(
            name="preamp",
            endpoint=running.endpoint,
            pid=running.pid,
            keys=(running.access_key_id, running.secret_access_key),
            outbox=lambda: [Mail(each.subject, each.timestamp) for each in client.mail()],
            clear=client.clear_mail,
        )
    finally:
        process.stop()


@contextmanager
def stock_cloud(folder: Path) -> Iterator[Cloud]:
    """Stock ministack, from the engine's own environment; stopped at the end.

    It serves this machine only, with nothing of the developer's environment.
    """
    home = folder / "stock"
    home.mkdir()
    port = _free_port()
    with (home / "log").open("wb") as log:
        child = subprocess.Popen(
            [str(ensure_environment(Quiet())), "-I", "-m", "ministack"],
            cwd=home,
            env=_stock_environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _await_health(child, port, home / "log")
            keys, endpoint = ("test", "test"), f"http://127.0.0.1:{port}"
            yield Cloud("stock", endpoint, child.pid, keys, lambda: _outbox(port))
        finally:
            _stop(child)


def _stock_environment(home: Path, port: int) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "HOME": str(home),
        "TMPDIR": str(home),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "SFTP_HOST": "127.0.0.1",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await_health(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    latest = time.monotonic() + _START_SECONDS
    while child.poll() is None and time.monotonic() < latest:
        with suppress(OSError):
            _get(port, "/_ministack/health")
            return
        time.sleep(_POLL_SECONDS)
    raise CommandFailedError(f"ministack did not start:\n{log.read_text()[-_SHOWN:]}")


def _outbox(port: int) -> list[Mail]:
    accounts = json.loads(_get(port, "/_ministack/ses/messages"))["messages"].values()
    return [Mail(each["Subject"], each["Timestamp"]) for sent in accounts for each in sent]


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End it with its workers, which are of its process group."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(_STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
