"""How Lambda words what goes wrong in an environment: error objects for the caller.

AWS: "Troubleshoot invocation issues in Lambda", "Lambda function errors in Python".
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.session import Exited, OutOfMemory, TimedOut

if TYPE_CHECKING:
    from preamp.lambda_host.session import Event

RESPONSE_LIMIT: Final = 6 * 1024 * 1024 + 100
"""Bytes a response may have (AWS: "Lambda quotas")."""

STREAM_LIMIT: Final = 200 * 1024 * 1024
"""Bytes a handler may stream (AWS: "Response streaming for Lambda functions")."""

_SIGNALS: Final = {
    signal.SIGABRT: "aborted",
    signal.SIGFPE: "floating point exception",
    signal.SIGILL: "illegal instruction",
    signal.SIGINT: "interrupt",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGTERM: "terminated",
}


@dataclass(frozen=True)
class Failure:
    """An error as the caller and the report see it.

    Attributes:
        error_type: Lambda's name of it.
        payload: The error object.
        status: ``error`` or ``timeout``, for the report.
        fatal: Whether the environment is lost.
    """

    error_type: str
    payload: bytes
    status: str = "error"
    fatal: bool = True


def failure_of(event: Event, request_id: str, timeout: float) -> Failure:
    """What it means that a worker did not answer.

    Args:
        event: What happened instead.
        request_id: Of the invocation.
        timeout: The function's, in seconds.
    """
    match event:
        case TimedOut():
            text = f"Task timed out after {timeout:.2f} seconds"
            return named_failure("Sandbox.Timedout", text, request_id, status="timeout")
        case OutOfMemory():
            text = "Runtime exited with error: signal: killed"
            return named_failure("Runtime.OutOfMemory", text, request_id)
        case Exited(status):
            return named_failure("Runtime.ExitError", _exit_text(status), request_id)
        case _:
            return named_failure("Runtime.Unknown", "the runtime broke its protocol", request_id)


def named_failure(
    error_type: str, text: str, request_id: str = "", *, status: str = "error", fatal: bool = True
) -> Failure:
    """A failure that Lambda itself reports.

    Args:
        error_type: Lambda's name of it.
        text: What happened.
        request_id: Of the invocation, if the text is to name it.
        status: For the report.
        fatal: Whether the environment is lost.
    """
    message = f"RequestId: {request_id} Error: {text}" if request_id else text
    payload = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
    return Failure(error_type, payload, status, fatal)


def reported_failure(payload: bytes, error_type: str = "", *, fatal: bool = False) -> Failure:
    """A failure that the runtime reports itself.

    Args:
        payload: The error object.
        error_type: Its type, if it is not in there.
        fatal: Whether the environment is lost.
    """
    try:
        content = json.loads(payload)
    except ValueError:
        content = None
    named = content.get("errorType") if isinstance(content, dict) else None
    return Failure(str(named or error_type or "Runtime.Unknown"), payload, fatal=fatal)


def too_large(limit: int) -> Failure:
    """The response is larger than Lambda passes on.

    Args:
        limit: Bytes it may have.
    """
    text = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    return named_failure("Function.ResponseSizeTooLarge", text, fatal=False)


def _exit_text(status: int) -> str:
    if status == 0:
        return "Runtime exited without providing a reason"
    if status > 0:
        return f"Runtime exited with error: exit status {status}"
    try:
        number = signal.Signals(-status)
    except ValueError:
        return f"Runtime exited with error: signal {-status}"
    name = _SIGNALS.get(number, "killed" if number.name == "SIGKILL" else number.name)
    return f"Runtime exited with error: signal: {name}"
