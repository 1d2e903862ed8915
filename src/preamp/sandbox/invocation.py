"""Invokes a function of the sandbox and tells its result from its failure."""

from __future__ import annotations

import base64
import itertools
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from preamp.events import PermissionDenied
    from preamp.sandbox.functions import DeployedFunction
    from preamp.sandbox.source_names import SourceNames

_FRAME: Final = "    at "
_RUNTIME: Final = "/lambda_host/node/"


@dataclass(frozen=True)
class HandlerFailure:
    """What a handler raised.

    Attributes:
        error_type: The exception's class.
        message: Its message.
        trace: Lines of the traceback, outermost call first; empty if there is none.
    """

    error_type: str
    message: str
    trace: tuple[str, ...]


@dataclass(frozen=True)
class Invocation:
    """How an invocation ended.

    Attributes:
        result: What the handler returned, as JSON gives it; None after a failure.
        log: The end of its log, up to 4 KB.
        failure: What it raised, if it failed.
        request_id: Lambda's id of it.
        denials: What it called and may not, if it failed.
    """

    result: Any
    log: str
    failure: HandlerFailure | None
    request_id: str
    denials: tuple[PermissionDenied, ...] = ()


def invoke(
    function: DeployedFunction, payload: str, client: LambdaClient, sources: SourceNames
) -> Invocation:
    """Call a function and wait for its answer. AWS Lambda, "Invoke".

    Args:
        function: The function.
        payload: The event, as JSON.
        client: Lambda's client.
        sources: Names the project's files in its log and its failure.
    """
    answer = client.invoke(FunctionName=function.name, Payload=payload.encode(), LogType="Tail")
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    log = sources.named(function.path, log)
    body = answer["Payload"].read().decode(errors="replace")
    result = json.loads(body) if body else None
    request_id = answer["ResponseMetadata"]["RequestId"]
    if not answer.get("FunctionError"):
        return Invocation(result, log, None, request_id)
    failure = _failure(result if isinstance(result, dict) else {})
    trace = tuple(sources.named(function.path, line) for line in failure.trace)
    failure = replace(failure, trace=trace)
    return Invocation(None, log, failure, request_id)


def _failure(answer: dict[str, Any]) -> HandlerFailure:
    message = str(answer.get("errorMessage", ""))
    # Python's traceback, or what Node calls one: that begins with the message
    told = answer.get("stackTrace") or _frames(answer.get("trace") or [])
    trace = [line for entry in told for line in str(entry).splitlines()]
    return HandlerFailure(str(answer.get("errorType") or "Error"), message, tuple(trace))


def _frames(trace: list[Any]) -> list[str]:
    """The user's part of a trace of Node's: what is below is the runtime's."""
    frames = [line for line in map(str, trace) if line.startswith(_FRAME)]
    return list(itertools.takewhile(lambda line: _RUNTIME not in line, frames))
