"""The program in which a Python handler runs, one process per execution environment.

Reads invocations as JSON lines, answers each with one; whatever the handler prints is its log.
Standard library only, and nothing of ours is importable here. What a handler may expect is in
the AWS Lambda developer guide, "Building Lambda functions with Python".
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from typing import IO, Any

_TASK_ROOT = "/var/task"


class NamedError(Exception):
    """A failure Lambda has a name of its own for."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.payload = {"errorType": error_type, "errorMessage": message, "stackTrace": []}


class Context:
    """What Lambda tells a handler of its invocation (the second argument)."""

    identity = None
    client_context = None

    def __init__(self, invocation: dict[str, Any], deadline: float) -> None:
        environment = os.environ
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["function_arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before the invocation times out."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main() -> None:
    """Load the handler, then serve invocations until the engine goes away."""
    requests, answers = _take_the_pipes()
    code, *layers = sys.argv[2:]
    sys.path[:0] = [code, *layers]
    try:
        handler = _load(os.environ["_HANDLER"])
    except NamedError as failure:
        _answer(answers, {"error": failure.payload})
        return
    except BaseException as error:  # noqa: BLE001 - reported as Lambda would
        _log(error, code)
        _answer(answers, {"error": _payload(error, code)})
        return
    _answer(answers, {})
    for line in requests:
        _answer(answers, _invoke(handler, json.loads(line), code))


def _take_the_pipes() -> tuple[IO[str], IO[str]]:
    """Take the engine's pipes away from the handler: it has no input, and its output is its log."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    os.set_inheritable(answers.fileno(), False)  # noqa: FBT003
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return requests, answers


def _load(name: str) -> Any:  # noqa: ANN401
    module_name, _, function = name.rpartition(".")
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        text = f"Unable to import module '{module_name}': {error}"
        raise NamedError("Runtime.ImportModuleError", text) from error
    except SyntaxError as error:
        text = f"Syntax error in module '{module_name}': {error}"
        raise NamedError("Runtime.UserCodeSyntaxError", text) from error
    try:
        return getattr(module, function)
    except AttributeError as error:
        text = f"Handler '{function}' missing on module '{module_name}'"
        raise NamedError("Runtime.HandlerNotFound", text) from error


def _invoke(handler: Any, invocation: dict[str, Any], code: str) -> dict[str, Any]:  # noqa: ANN401
    deadline = time.monotonic() + invocation["timeout"]
    os.environ["_X_AMZN_TRACE_ID"] = invocation.get("trace_id") or ""
    try:
        result = handler(invocation["event"], Context(invocation, deadline))
        return {"result": json.loads(_dump(result))}
    except NamedError as failure:
        return {"error": failure.payload}
    except Exception as error:  # noqa: BLE001 - it is the user's; Lambda reports it
        _log(error, code)
        return {"error": _payload(error, code)}
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _dump(result: object) -> str:
    try:
        return json.dumps(result)
    except (TypeError, ValueError) as error:
        raise NamedError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _payload(error: BaseException, code: str) -> dict[str, Any]:
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": [frame.replace(code, _TASK_ROOT) for frame in _frames(error)],
    }


def _frames(error: BaseException) -> list[str]:
    # Ours, and Python's import machinery, are not the user's business.
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__ and "importlib" not in frame.filename
    ]
    return traceback.format_list(frames)


def _log(error: BaseException, code: str) -> None:
    frames = "".join(_frames(error)).replace(code, _TASK_ROOT)
    text = f"[ERROR] {type(error).__name__}: {error}\nTraceback (most recent call last):\n{frames}"
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the log is what is printed


def _answer(answers: IO[str], content: dict[str, Any]) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
