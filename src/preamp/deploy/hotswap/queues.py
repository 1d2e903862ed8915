"""SQS queues: attributes.

Defined by the Amazon SQS API reference, "SetQueueAttributes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Swapper, document_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "sqs"
_DEFAULTS: Final[Mapping[str, Any]] = {
    "DelaySeconds": 0,
    # AWS has raised it, and an emulator may not have followed.
    "MaximumMessageSize": REQUIRED,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "RedrivePolicy": "",
    "VisibilityTimeout": 30,
}


def _calls(wanted: Wanted) -> list[Call]:
    attributes = {name: document_text(wanted.value(name)) for name in sorted(wanted.names)}
    if not attributes:
        return []
    arguments = {"QueueUrl": wanted.physical_id, "Attributes": attributes}
    return [Call(_SERVICE, "set_queue_attributes", arguments)]


QUEUE: Final = Swapper(_SERVICE, _DEFAULTS, _calls)
"""``AWS::SQS::Queue``."""
