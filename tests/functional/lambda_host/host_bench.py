"""A lambda host of a test's own, and functions made from source."""

from __future__ import annotations

import itertools
import json
import os
import textwrap
from contextlib import suppress
from platform import machine
from typing import TYPE_CHECKING, Any

import psutil

from preamp.lambda_host import FunctionSpec, LambdaHost, Request

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.events import Notice
    from preamp.lambda_host import ExecutionEnvironment, HostSettings, Outcome

ARN = "arn:aws:lambda:eu-west-1:000000000000:function:orders"


class Bench:
    """Makes functions, opens environments of them and calls them.

    Args:
        settings: The host's.
        folder: Where the functions' code goes.
    """

    def __init__(self, settings: HostSettings, folder: Path) -> None:
        self.notices: list[Notice] = []
        self.changes: list[tuple[int, bool]] = []
        self.temporary = settings.temporary
        self.host = LambdaHost(
            settings, self.notices.append, lambda pid, alive: self.changes.append((pid, alive))
        )
        self._folder = folder
        self._numbers = itertools.count()

    def spec(self, source: str | dict[str, str], **options: Any) -> FunctionSpec:
        """Describe a function: the text of its ``app.py``, or its files."""
        code = self._folder / f"code-{next(self._numbers)}"
        files = {"app.py": source} if isinstance(source, str) else source
        for name, text in files.items():
            file = code / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")
            file.chmod(0o755)
        made: dict[str, Any] = {
            "name": "orders",
            "arn": ARN,
            "version": "$LATEST",
            "runtime": "python3.13",
            "architecture": "arm64" if machine() in ("arm64", "aarch64") else "x86_64",
            "handler": "app.handler",
            "code": code,
            "memory_mb": 512,
            "timeout": 30.0,
            "region": "eu-west-1",
            "account": "000000000000",
            "endpoint": "http://127.0.0.1:9",
            "credentials": lambda: {"AWS_ACCESS_KEY_ID": "ASIAEXAMPLE"},
        }
        return FunctionSpec(**{**made, **options})

    def open(self, source: str | dict[str, str], **options: Any) -> ExecutionEnvironment:
        """Open an environment of a function."""
        return self.host.open(self.spec(source, **options))


def request(payload: Any = None, **options: Any) -> Request:
    """Describe an invocation."""
    made: dict[str, Any] = {
        "payload": json.dumps(payload).encode(),
        "request_id": os.urandom(16).hex(),
        "invoked_function_arn": f"{ARN}:live",
    }
    return Request(**{**made, **options})


def call(environment: ExecutionEnvironment, payload: Any = None, **options: Any) -> Outcome:
    """Run one invocation."""
    return environment.invoke(request(payload, **options))


def result(environment: ExecutionEnvironment, payload: Any = None, **options: Any) -> Any:
    """Run one invocation that succeeds; what the handler returned."""
    outcome = call(environment, payload, **options)
    assert not outcome.error, outcome.log
    return json.loads(outcome.payload)


def error(environment: ExecutionEnvironment, payload: Any = None) -> tuple[dict[str, Any], Outcome]:
    """Run one invocation that fails; the error object, and everything."""
    outcome = call(environment, payload)
    assert outcome.error, outcome.payload
    return json.loads(outcome.payload), outcome


def gone(pids: list[int]) -> bool:
    """Whether processes end within ten seconds."""
    there = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            there.append(psutil.Process(pid))
    return not psutil.wait_procs(there, timeout=10)[1]
