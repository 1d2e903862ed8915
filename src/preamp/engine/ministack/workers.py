"""Running Python handlers: a clean process per execution environment, with AWS's errors.

ministack gives a handler the developer's whole environment, reports every error as
``Runtime.HandlerError`` without a trace, waits 50 ms for its log, and answers for a function
without code. Only this executor is replaced; concurrency, versions and idle workers stay
ministack's.

AWS: "Using the Lambda execution environment lifecycle", "Lambda function errors in Python".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.local_code import DEPENDENCIES_FILE
from preamp.engine.code_directories import CodeDirectories
from preamp.engine.handler_process import HandlerProcess, Outcome
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

WORKER: Final = Path(__file__).parents[1] / "python_worker.py"
"""The program a handler runs in."""

_INIT_SECONDS: Final = 10.0
_PASSED_ON: Final = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SYSTEMROOT",
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "PATH",
)  # fmt: skip


def python_workers() -> Mend:
    """Run Python handlers in our own worker."""
    return Mend(
        name="Python workers",
        reference="Lambda function errors in Python",
        symbols=(
            Symbol("core.lambda_runtime:_worker_class_for", "config"),
            Symbol("core.lambda_runtime:_workers"),
            Symbol("core.lambda_runtime:_lock"),
            Symbol("core.lambda_runtime:reset", ""),
            Symbol("core.lambda_runtime:kill_workers", "workers"),
            Symbol("core.lambda_runtime:execution_credentials", "config"),
            Symbol("core.lambda_runtime:_RESERVED_RUNTIME_ENV_VARS"),
            Symbol(
                "core.lambda_runtime:Worker.invoke",
                "self event request_id trace_id depth durable invoked_function_arn",
            ),
            Symbol("services.lambda_svc:_resolve_layer_zip", "attachment"),
        ),
        apply=_apply,
    )


def kill_all_workers() -> None:
    """Kill every handler at once, busy or not."""
    runtime = module("core.lambda_runtime")
    with runtime._lock:
        workers = [worker for pool in runtime._workers.values() for worker in pool]
    for process in [worker._proc for worker in workers if worker._proc]:
        with suppress(OSError):
            process.kill()
    runtime.reset()


def _apply(tools: Tools) -> None:
    runtime = module("core.lambda_runtime")
    upstream = runtime._worker_class_for
    code = CodeDirectories(tools.setup.temporary / "code")

    def make(func_name: str, config: dict[str, Any], code_zip: bytes) -> PythonWorker:
        return PythonWorker(func_name, config, code_zip, code=code, port=tools.setup.port)

    def worker_class_for(config: dict[str, Any]) -> Callable[..., object]:
        is_python = str(config.get("Runtime", "")).startswith("python")
        return make if is_python else upstream(config)

    runtime._worker_class_for = worker_class_for


class PythonWorker:
    """One execution environment; the pool it lives in is ministack's, and so are these names.

    Args:
        func_name: The function's name.
        config: Its configuration, as GetFunctionConfiguration tells it.
        code_zip: Its deployment package.
        code: Where packages are unpacked.
        port: The engine's port, for the handler's AWS clients.
    """

    def __init__(
        self,
        func_name: str,
        config: dict[str, Any],
        code_zip: bytes,
        *,
        code: CodeDirectories,
        port: int,
    ) -> None:
        self.func_name = func_name
        self.config = config
        self.code_zip = code_zip
        self.in_use = False
        self.last_used = time.time()
        self._cold = True
        self._lock = threading.Lock()
        # The pool terminates and reaps this, and asks it whether we live.
        self._proc: subprocess.Popen[bytes] | None = None
        self._handler: HandlerProcess | None = None
        self._initialized = False
        self._code = code
        self._port = port
        self._unpacked: list[Path] = []
        self._temporary: Path | None = None

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: object = None,  # noqa: ARG002 - part of the contract
        durable: object = None,  # noqa: ARG002 - part of the contract
        invoked_function_arn: str | None = None,
    ) -> dict[str, Any]:
        """Run one invocation.

        Returns:
            ``status``, ``result`` or ``error_payload``, ``log`` and ``cold_start``.
        """
        timeout = float(self.config.get("Timeout", 3))
        request = {
            "event": event,
            "request_id": request_id,
            "function_arn": invoked_function_arn or self.config.get("FunctionArn", ""),
            "trace_id": trace_id,
            "timeout": timeout,
        }
        with self._lock:
            cold = not self._is_alive()
            outcome = self._run(request, timeout)
            if outcome.answer is None or not self._initialized:
                # It hangs, is dead or never began; after a mere exception it lives on.
                self._discard_tmpdir()
        return {**_result(outcome, request_id, timeout), "cold_start": cold}

    def _is_alive(self) -> bool:
        return self._proc is not None and self._proc.poll() is None

    def _run(self, request: dict[str, Any], timeout: float) -> Outcome:
        handler = self._handler if self._is_alive() else None
        handler = handler or self._spawn()
        if self._initialized:
            return handler.ask(request, timeout)
        init = handler.listen(max(timeout, _INIT_SECONDS))
        if init.answer != {}:
            return init
        self._initialized, self._cold = True, False
        outcome = handler.ask(request, timeout)
        return replace(outcome, log=init.log + outcome.log)

    def _spawn(self) -> HandlerProcess:
        self._discard_tmpdir()
        packages = [self.code_zip, *self._layers()]
        self._unpacked = [self._code.acquire(package) for package in packages]
        self._temporary = Path(tempfile.mkdtemp(prefix="worker-"))
        code, *layers = self._unpacked
        search = [str(place) for layer in layers for place in (layer / "python", layer)]
        here = _local_dependencies(code)
        command = [sys.executable, "-I", str(WORKER), "{}", str(code), *here, *search]
        self._handler = HandlerProcess(command, code, self._environment(code, self._temporary))
        self._proc = self._handler.process
        return self._handler

    def _discard_tmpdir(self) -> None:
        """Kill the process, if there is one, and remove what was unpacked for it."""
        if self._handler is not None:
            self._handler.kill()
        self._handler = self._proc = None
        self._initialized = False
        for directory in self._unpacked:
            self._code.release(directory)
        self._unpacked = []
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _layers(self) -> list[bytes]:
        resolve = module("services.lambda_svc")._resolve_layer_zip
        found = [resolve(reference) for reference in self.config.get("Layers") or []]
        return [layer for layer in found if layer]

    def _environment(self, code: Path, temporary: Path) -> dict[str, str]:
        runtime = module("core.lambda_runtime")
        config = self.config
        region = config["FunctionArn"].split(":")[3]
        version = config.get("Version", "$LATEST")
        logging = config.get("LoggingConfig") or {}
        own = (config.get("Environment") or {}).get("Variables") or {}
        reserved = runtime._RESERVED_RUNTIME_ENV_VARS
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            **{name: str(value) for name, value in own.items() if name not in reserved},
            "LAMBDA_TASK_ROOT": str(code),
            "_HANDLER": config["Handler"],
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": logging.get("LogGroup")
            or f"/aws/lambda/{config['FunctionName']}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"[{version}]{temporary.name}",
            **runtime.execution_credentials(config),
        }


def _local_dependencies(code: Path) -> list[str]:
    """Where the dependencies are that were installed for this machine, if the code says so."""
    try:
        return [(code / DEPENDENCIES_FILE).read_text(encoding="utf-8")]
    except FileNotFoundError:
        return []


def _result(outcome: Outcome, request_id: str, timeout: float) -> dict[str, Any]:
    error = _error_of(outcome, request_id, timeout)
    if error is None:
        return {"status": "ok", "result": (outcome.answer or {})["result"], "log": outcome.log}
    return {
        "status": "error",
        "error": error["errorMessage"],
        "error_payload": error,
        "log": outcome.log,
    }


def _error_of(outcome: Outcome, request_id: str, timeout: float) -> dict[str, Any] | None:
    """The error payload Lambda would answer with; None if there was no error."""
    if outcome.answer is not None:
        return outcome.answer.get("error")
    if outcome.timed_out:
        text = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
        return {"errorType": "Sandbox.Timedout", "errorMessage": text}
    status = outcome.exit_status or 0
    what = f"exit status {status}" if status >= 0 else f"signal: {-status}"
    return {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: Runtime exited with error: {what}",
    }
