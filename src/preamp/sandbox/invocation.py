"""Invokes a function of the sandbox and tells its result from its failure."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from preamp.events import PermissionDenied
    from preamp.sandbox.functions import DeployedFunction


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


def invoke(function: DeployedFunction, payload: str, client: LambdaClient) -> Invocation:
    """Call a function and wait for its answer. AWS Lambda, "Invoke".

    Args:
        function: The function.
        payload: The event, as JSON.
        client: Lambda's client.
    """
    answer = client.invoke(FunctionName=function.name, Payload=payload.encode(), LogType="Tail")
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    body = answer["Payload"].read().decode(errors="replace")
    result = json.loads(body) if body else None
    request_id = answer["ResponseMetadata"]["RequestId"]
    if not answer.get("FunctionError"):
        return Invocation(result, log, None, request_id)
    failure = _failure(result if isinstance(result, dict) else {})
    return Invocation(None, log, failure, request_id)


def _failure(answer: dict[str, Any]) -> HandlerFailure:
    trace = [line for entry in answer.get("stackTrace") or [] for line in entry.splitlines()]
    return HandlerFailure(
        str(answer.get("errorType") or "Error"), str(answer.get("errorMessage", "")), tuple(trace)
    )
