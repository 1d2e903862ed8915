"""What becomes of an asynchronous event in the end: its record, its destination, dead letters.

AWS: "Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.deliveries import (
    Attribute,
    Message,
    put_event,
    put_object,
    send_to_queue_or_topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SUCCESS: Final = "Success"
RETRIES_EXHAUSTED: Final = "RetriesExhausted"
TOO_OLD: Final = "EventAgeExceeded"
NO_CONCURRENCY: Final = "ZeroReservedConcurrency"

_ERROR_CHARACTERS: Final = 1024
_UNQUALIFIED_COLONS: Final = 6
_THROTTLED: Final = 429
_OK: Final = 200


@dataclass(frozen=True)
class Ended:
    """An asynchronous event at its end.

    Attributes:
        condition: Why it is over: one of this module's constants.
        payload: The event.
        request_id: The id its caller was given.
        function_arn: The function, with the qualifier that was asked for.
        version: The version that ran.
        attempts: How often it ran.
        result: What the emulator's executor gave for the last attempt.
    """

    condition: str
    payload: object
    request_id: str
    function_arn: str
    version: str
    attempts: int
    result: dict[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status of the last attempt."""
        return _THROTTLED if self.result.get("throttle") else _OK

    def record(self) -> dict[str, Any]:
        """Write the invocation record."""
        arn = self.function_arn
        is_qualified = arn.count(":") > _UNQUALIFIED_COLONS
        context: dict[str, Any] = {"statusCode": self.status, "executedVersion": self.version}
        if self.result.get("error") and not self.result.get("throttle"):
            context["functionError"] = self.result.get("function_error") or "Unhandled"
        return {
            "version": "1.0",
            "timestamp": timestamp(),
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": arn if is_qualified else f"{arn}:$LATEST",
                "condition": self.condition,
                "approximateInvokeCount": self.attempts,
            },
            "requestPayload": self.payload,
            "responseContext": context,
            "responsePayload": self.result.get("body"),
        }

    def dead_letter(self) -> Message:
        """Write the dead letter: the event as it came, the error in attributes."""
        body = self.result.get("body")
        error = body.get("errorMessage") or body.get("message") if isinstance(body, dict) else body
        attributes = {
            "RequestID": Attribute(self.request_id),
            "ErrorCode": Attribute(str(self.status), "Number"),
            "ErrorMessage": Attribute(str(error or "")[:_ERROR_CHARACTERS]),
        }
        return Message(json.dumps(self.payload), attributes)


def timestamp() -> str:
    """Return now, as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def send_record(
    destination: str, ended: Ended, invoke: Callable[[str, dict[str, Any]], object]
) -> None:
    """Send an event's record to a destination.

    Args:
        destination: ARN of a queue, topic, function, event bus or bucket.
        ended: The event.
        invoke: Invokes a function asynchronously.
    """
    record = ended.record()
    service = destination.split(":")[2]
    if service == "lambda":
        invoke(destination, record)
    elif service == "events":
        what = "Success" if ended.condition == SUCCESS else "Failure"
        put_event(
            destination,
            "lambda",
            f"Lambda Function Invocation Result \u2013 {what}",
            json.dumps(record),
            [record["requestContext"]["functionArn"], destination],
        )
    elif service == "s3":
        name = ended.function_arn.split(":")[6]
        put_object(destination, object_key(f"async/{name}"), json.dumps(record))
    else:
        send_to_queue_or_topic(destination, Message(json.dumps(record)))


def object_key(kind: str) -> str:
    """Name the object a record is kept in.

    Args:
        kind: What stands behind ``aws/lambda/``.
    """
    now = datetime.now(UTC)
    return f"aws/lambda/{kind}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
