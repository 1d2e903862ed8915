"""Running handlers in the lambda host: ministack keeps the pool, the host has the workers.

ministack gives a handler the developer's whole environment, answers 50 ms late, reports every
error as ``Runtime.HandlerError`` and starts a process for every call of a burst. Only what runs
handlers is replaced; versions, reserved concurrency and idle workers stay ministack's.

AWS: "Understanding the Lambda execution environment lifecycle", "Lambda function scaling".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.local_code import LocalCode
from preamp.engine.code_directories import CodeDirectories
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from preamp.engine.hosting import Environment, Hosting, Outcome

_LINEAGE: Final = re.compile(r"Lineage=\d+:[0-9a-f]*:(\d+)")
_STARTS_PER_CPU: Final = 2
_LONGEST_START: Final = 2.0
_LONGEST_WAIT: Final = 10.0
_IMAGE: Final = {
    "errorType": "Runtime.Unavailable",
    "errorMessage": "container images do not run on the local cloud; deploy this function to AWS, "
    "or from a zip",
}


def lambda_workers() -> Mend:
    """Run handlers of every runtime in the lambda host."""
    return Mend(
        name="Lambda workers",
        reference="Understanding the Lambda execution environment lifecycle",
        symbols=(
            Symbol("core.lambda_runtime:_workers"),
            Symbol("core.lambda_runtime:_lock"),
            Symbol("core.lambda_runtime:_worker_key", "func_name config qualifier"),
            Symbol("core.lambda_runtime:_worker_class_for", "config"),
            Symbol("core.lambda_runtime:release_worker", "worker"),
            Symbol("core.lambda_runtime:kill_workers", "workers"),
            Symbol("core.lambda_runtime:execution_credentials", "config"),
            Symbol("core.lambda_runtime:_RESERVED_RUNTIME_ENV_VARS"),
            Symbol(
                "core.lambda_runtime:acquire_worker",
                "func_name config code_zip qualifier max_concurrency",
            ),
            Symbol(
                "core.lambda_runtime:Worker.invoke",
                "self event request_id trace_id depth durable invoked_function_arn",
            ),
            Symbol("services.lambda_svc:_resolve_layer_zip", "attachment"),
            Symbol("services.lambda_svc:_execute_function_warm", "func event request_id"),
            Symbol("services.lambda_svc:_execute_function_docker", "func event request_id"),
            Symbol("services.lambda_svc:_execute_function_provided", "func event request_id"),
            Symbol("services.lambda_svc:_execute_function_provided_warm", "func event request_id"),
            Symbol("services.lambda_svc:_inbound_invoke_depth", "headers"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    runtime, service = module("core.lambda_runtime"), module("services.lambda_svc")
    code = CodeDirectories(tools.setup.temporary / "code")
    pool = Pool(runtime, tools.hosting.host.limit)

    def make(func_name: str, config: dict[str, Any], code_zip: bytes) -> PoolWorker:
        return PoolWorker(
            func_name,
            config,
            code_zip,
            code=code,
            hosting=tools.hosting,
            port=tools.setup.port,
            initialized=pool.initialized,
        )

    runtime._worker_class_for = lambda _config: make
    for where in (runtime, service):
        where.acquire_worker, where.release_worker = pool.acquire, pool.release
    _execute_everything_warm(service)
    service._inbound_invoke_depth = _hops_of


def _execute_everything_warm(service: Upstream) -> None:
    def execute(func: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
        config = func.get("config") or func
        if config.get("PackageType") == "Image":
            return {"body": _IMAGE, "error": True, "function_error": "Unhandled"}
        answer: dict[str, Any] = service._execute_function_warm(func, event, request_id)
        return answer

    service._execute_function_docker = execute
    service._execute_function_provided = execute
    service._execute_function_provided_warm = execute


def _hops_of(headers: Mapping[str, str]) -> int:
    """How many functions in a row have called each other, as AWS's SDKs pass it on."""
    found = _LINEAGE.search(headers.get("x-amzn-trace-id", ""))
    return int(found[1]) if found else 0


class Pool:
    """ministack's pool, with few workers starting at a time.

    A burst of calls would start a process for each, and all of them would be slow. Who has to
    wait takes a worker that is free sooner. A start that takes long is not waited for: it may be
    waiting for the one that waits. Who waits in vain for one of the workers this machine can
    bear is throttled.

    Args:
        runtime: ministack's module with the pool.
        limit: Most workers that may be busy.
        patience: Seconds to wait for one of them.
    """

    def __init__(self, runtime: Upstream, limit: int, patience: float = _LONGEST_WAIT) -> None:
        self._runtime = runtime
        self._limit = limit
        self._patience = patience
        self._most_starts = _STARTS_PER_CPU * (os.cpu_count() or 1)
        self._starts: dict[PoolWorker, float] = {}
        self._busy = 0
        self._changed = threading.Condition(runtime._lock)

    def acquire(
        self,
        func_name: str,
        config: dict[str, Any],
        code_zip: bytes,
        qualifier: str = "$LATEST",
        max_concurrency: int | None = None,  # noqa: ARG002 - part of the contract
    ) -> tuple[PoolWorker | None, str]:
        """Lease a worker of a function; `release` gives it back.

        Returns:
            The worker, and whether it is new (``spawn``) or ``reused``; or None and ``func_cap``.
        """
        key = self._runtime._worker_key(func_name, config, qualifier)
        latest = time.monotonic() + self._patience
        with self._changed:
            while True:
                workers = self._runtime._workers.setdefault(key, [])
                worker = _best_of(workers)
                if worker is not None and worker.alive:
                    return self._lease(worker), "reused"
                wait = self._seconds_to_wait(latest)
                if wait <= 0:
                    break
                self._changed.wait(wait)
            if self._busy >= self._limit:
                return None, "func_cap"
            if worker is None:
                worker = self._runtime._worker_class_for(config)(func_name, config, code_zip)
                workers.append(worker)
            self._starts[worker] = time.monotonic()
            return self._lease(worker), "spawn"

    def release(self, worker: PoolWorker | None) -> None:
        """Give a worker back."""
        if worker is not None:
            with self._changed:
                self._busy -= worker.in_use
                worker.in_use = False
                self._starts.pop(worker, None)
                self._changed.notify_all()

    def initialized(self, worker: PoolWorker) -> None:
        """Hear that a worker starts no more, for whatever reason."""
        # Most often it was warm, and nobody has to be asked.
        if worker in self._starts:
            with self._changed:
                self._starts.pop(worker, None)
                self._changed.notify_all()

    def _lease(self, worker: PoolWorker) -> PoolWorker:
        worker.in_use = True
        worker.last_used = time.time()
        self._busy += 1
        return worker

    def _seconds_to_wait(self, latest: float) -> float:
        """How long until another worker may start, if nothing changes; 0 for at once."""
        now = time.monotonic()
        if self._busy >= self._limit:
            return latest - now
        patience = now - _LONGEST_START
        waited_for = sorted(began - patience for began in self._starts.values() if began > patience)
        surplus = len(waited_for) - self._most_starts
        return waited_for[surplus] if surplus >= 0 else 0.0


def _best_of(workers: list[PoolWorker]) -> PoolWorker | None:
    free = [worker for worker in workers if not worker.in_use]
    return next((worker for worker in free if worker.alive), free[0] if free else None)


class PoolWorker:
    """One execution environment; the pool it lives in is ministack's, and so are these names.

    Args:
        func_name: The function's name.
        config: Its configuration, as GetFunctionConfiguration tells it.
        code_zip: Its deployment package.
        code: Where packages are unpacked.
        hosting: Runs it.
        port: The engine's port, for the handler's AWS clients.
        initialized: Told in each invocation that the worker starts no more.
    """

    def __init__(
        self,
        func_name: str,
        config: dict[str, Any],
        code_zip: bytes,
        *,
        code: CodeDirectories,
        hosting: Hosting,
        port: int,
        initialized: Callable[[PoolWorker], None],
    ) -> None:
        self.func_name = func_name
        self.config = config
        self.code_zip = code_zip
        self.in_use = False
        self.last_used = time.time()
        self._cold = True
        self._lock = threading.Lock()
        # The pool would terminate it; we let a call that is going on come to its end.
        self._proc = None
        self._code = code
        self._hosting = hosting
        self._port = port
        self._initialized = initialized
        self._environment: Environment | None = None
        self._unpacked: list[Path] = []
        self._discarded = False
        self._code_directory: Path | None = None
        self._sources = LocalCode()
        self._saved: object = ()

    @property
    def alive(self) -> bool:
        """Whether an invocation would find it warm, unless its process died unnoticed."""
        environment = self._environment
        return environment is not None and environment.pid is not None

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: int | None = None,
        durable: object = None,  # noqa: ARG002 - part of the contract
        invoked_function_arn: str | None = None,
        client_context: str | None = None,
        cognito_identity: str | None = None,
    ) -> dict[str, Any]:
        """Run one invocation.

        Returns:
            ``status``, ``result`` or ``error_payload``, ``log`` (what the function wrote),
            ``cold_start`` and ``outcome``, which tells everything.
        """
        request = self._hosting.request(
            payload=json.dumps(event).encode(),
            request_id=request_id,
            invoked_function_arn=invoked_function_arn or self.config.get("FunctionArn", ""),
            trace_id=trace_id,
            client_context=client_context,
            cognito_identity=cognito_identity,
            hops=depth or 0,
        )
        try:
            with self._lock:
                return _result(self._opened().invoke(request))
        finally:
            if self._discarded:
                self._discard_tmpdir()

    def _spawn(self) -> None:
        """Initialize ahead, for SnapStart; the pool holds our lock."""
        failure = self._opened().prepare()
        if failure is not None:
            raise RuntimeError(failure.payload.decode("utf-8", "replace"))

    def _discard_tmpdir(self) -> None:
        """End the environment, at the latest when the call that is going on has ended."""
        self._discarded = True
        if not self._lock.acquire(blocking=False):
            return
        try:
            environment, self._environment = self._environment, None
            if environment is not None:
                self._hosting.host.forget(environment)
            for directory in self._unpacked:
                self._code.release(directory)
            self._unpacked = []
            self._code_directory = None
        finally:
            self._lock.release()

    def _opened(self) -> Environment:
        if self._environment is not None and self._sources.version() != self._saved:
            # a source was saved since: the next call is the new code's first
            self._hosting.host.forget(self._environment)
            self._environment = None
        if self._environment is None:
            # before the start: what is saved while it starts is another version
            self._saved = self._sources.version()
            function = self._hosting.function(**self._describe())
            self._environment = self._hosting.open(function, lambda: self._initialized(self))
        return self._environment

    def _describe(self) -> dict[str, Any]:
        runtime = module("core.lambda_runtime")
        config = self.config
        arn = config["FunctionArn"]
        logging = config.get("LoggingConfig") or {}
        return {
            "name": config["FunctionName"],
            "arn": ":".join(arn.split(":")[:7]),
            "version": config.get("Version", "$LATEST"),
            "runtime": config.get("Runtime", ""),
            "handler": config.get("Handler", ""),
            "code": self._unpack_code(),
            "layers": tuple(self._unpack(layer) for layer in self._layers()),
            "timeout": float(config.get("Timeout", 3)),
            "memory_mb": int(config.get("MemorySize", 128)),
            "architecture": (config.get("Architectures") or ["x86_64"])[0],
            "variables": _own_variables(config, runtime._RESERVED_RUNTIME_ENV_VARS),
            "log_group": logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
            "log_format": logging.get("LogFormat") or "Text",
            "application_log_level": logging.get("ApplicationLogLevel"),
            "system_log_level": logging.get("SystemLogLevel"),
            "region": arn.split(":")[3],
            "account": arn.split(":")[4],
            "endpoint": f"http://127.0.0.1:{self._port}",
            "credentials": lambda: runtime.execution_credentials(config),
        }

    def _layers(self) -> list[bytes]:
        resolve = module("services.lambda_svc")._resolve_layer_zip
        found = [resolve(reference) for reference in self.config.get("Layers") or []]
        return [layer for layer in found if layer]

    def _unpack_code(self) -> Path:
        """Unpack the function's code; unless it is a published version, with its live sources."""
        live = self.config.get("Version", "$LATEST") == "$LATEST"
        if self._code_directory is None:
            sha256 = self.config.get("CodeSha256")
            self._code_directory = self._unpack(self.code_zip, sha256, live=live)
            if live:
                self._sources = LocalCode.read(self._code_directory)
                self._saved = self._sources.version()
        return self._code_directory

    def _unpack(self, package: bytes, sha256: str | None = None, *, live: bool = False) -> Path:
        """Unpack a zip; its Base64 hash, if known, saves reading all of it."""
        digest = base64.b64decode(sha256).hex() if sha256 else hashlib.sha256(package).hexdigest()
        directory = self._code.acquire(package, digest[:24], live=live)
        self._unpacked.append(directory)
        return directory


def _own_variables(config: Mapping[str, Any], reserved: set[str]) -> dict[str, str]:
    own = (config.get("Environment") or {}).get("Variables") or {}
    return {name: str(value) for name, value in own.items() if name not in reserved}


def _result(outcome: Outcome) -> dict[str, Any]:
    answer = {"log": outcome.output, "cold_start": outcome.cold, "outcome": outcome}
    try:
        content = json.loads(outcome.payload) if outcome.payload else None
    except ValueError:
        content = outcome.payload.decode("utf-8", "replace")
    if not outcome.error:
        return {**answer, "status": "ok", "result": content}
    error = content if isinstance(content, dict) else {"errorMessage": str(content)}
    text = error.get("errorMessage", "")
    return {**answer, "status": "error", "error": text, "error_payload": error}
