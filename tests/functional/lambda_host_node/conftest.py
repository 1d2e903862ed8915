"""Real Node.js functions against a real Runtime API."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.functional.lambda_host_node.runtime_api import Posted, RuntimeApiServer

from preamp.contract.node import node_binary
from preamp.lambda_host.node.command import node_command
from preamp.lambda_host.specification import FunctionSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DEATH_SECONDS = 10.0


class NodeFunction:
    """A function whose process runs; its output goes to a file."""

    def __init__(
        self, folder: Path, files: dict[str, str], *, chunked: bool = False, **changes: Any
    ) -> None:
        self.code = folder / "code"
        for name, text in files.items():
            place = self.code / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        self.sdk: Path | None = changes.pop("sdk", None)
        self.spec = spec_of(self.code, **changes)
        self.api = RuntimeApiServer(chunked=chunked)
        self._log = folder / "log.txt"
        self.process = self._start()
        self._waiter = threading.Thread(target=self._tell_death)
        self._waiter.start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = node_command(self.spec, node_binary(), self.sdk)
        environment = {
            **self.spec.variables,
            **command.env,
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.spec.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": self.spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.spec.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/tried",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2030/01/01/[$LATEST]abc",
            "LAMBDA_TASK_ROOT": str(self.code),
            "_HANDLER": self.spec.handler,
        }
        # A pipe, as the host uses, copied into the file by `cat`.
        with self._log.open("wb") as log:
            self._copier = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
        return subprocess.Popen(
            command.argv,
            cwd=self.code,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._copier.stdin,
            stderr=subprocess.STDOUT,
        )

    def _tell_death(self) -> None:
        self.process.wait()
        self.api.tell_death()

    def invoke(self, event: Any = None, *, timeout: float = 3.0, **headers: str) -> Posted:
        return self.api.invoke(event, timeout=timeout, **headers)

    def exit_status(self) -> int:
        return self.process.wait(_DEATH_SECONDS)

    @property
    def log(self) -> str:
        """All it printed; ends it."""
        self.close()
        # Not as text: a carriage return must stay one.
        return self._log.read_bytes().decode()

    def close(self) -> None:
        if self._copier.poll() is not None:
            return
        self.process.kill()
        self._waiter.join()
        assert self._copier.stdin is not None
        self._copier.stdin.close()
        self._copier.wait()
        self.api.close()


def spec_of(code: Path, **changes: Any) -> FunctionSpec:
    known: dict[str, Any] = {
        "name": "tried",
        "arn": "arn:aws:lambda:eu-west-1:1:function:tried",
        "version": "$LATEST",
        "runtime": "nodejs22.x",
        "handler": "index.handler",
        "code": code,
        "region": "eu-west-1",
        "account": "1",
        "endpoint": "http://127.0.0.1:1",
        "credentials": dict,
        "memory_mb": 256,
    }
    return FunctionSpec(**{**known, **changes})


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., NodeFunction]]:
    """Start a function of these files: ``start({"index.js": "..."}, runtime="nodejs24.x")``."""
    started: list[NodeFunction] = []

    def make(files: dict[str, str] | str, **changes: Any) -> NodeFunction:
        named = {"index.js": files} if isinstance(files, str) else files
        function = NodeFunction(tmp_path / str(len(started)), named, **changes)
        started.append(function)
        return function

    yield make
    for function in started:
        function.close()
