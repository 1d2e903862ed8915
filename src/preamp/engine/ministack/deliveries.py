"""Handing a message to a queue, topic, function, event bus or bucket, as a service of AWS does.

Knows where things go, not why: destinations, dead letters and stream failures have their own
files.
"""

# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from preamp.engine.ministack.upstream import Symbol, module

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFUSED: Final = 400

SYMBOLS: Final = (
    Symbol(
        "app:call_service_handler_sync", "handler method path headers body query_params timeout"
    ),
    Symbol("app:SERVICE_HANDLERS"),
    Symbol("services.s3:_put_object", "bucket_name key body headers"),
)
"""What every mend that delivers leans on."""


@dataclass(frozen=True)
class Attribute:
    """A message attribute.

    Attributes:
        text: Its value.
        kind: ``String`` or ``Number``.
    """

    text: str
    kind: str = "String"


@dataclass(frozen=True)
class Message:
    """What is handed over.

    Attributes:
        body: Its text.
        attributes: Message attributes, for queues and topics.
    """

    body: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def send_to_queue(arn: str, message: Message) -> None:
    """Send a message to an SQS queue.

    Args:
        arn: The queue's ARN.
        message: What to send.
    """
    *_, region, account, name = arn.split(":")
    content: dict[str, object] = {
        "QueueUrl": f"https://sqs.{region}.amazonaws.com/{account}/{name}",
        "MessageBody": message.body,
        "MessageAttributes": {
            key: {"DataType": each.kind, "StringValue": each.text or " "}
            for key, each in message.attributes.items()
        },
    }
    _call_json("sqs", "AmazonSQS.SendMessage", content)


def publish(arn: str, message: Message) -> None:
    """Publish a message to an SNS topic.

    Args:
        arn: The topic's ARN.
        message: What to publish.
    """
    form = {"Action": "Publish", "TopicArn": arn, "Message": message.body}
    for number, (key, each) in enumerate(message.attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        form[f"{entry}.Name"] = key
        form[f"{entry}.Value.DataType"] = each.kind
        form[f"{entry}.Value.StringValue"] = each.text or " "
    _call("sns", urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"})


def send_to_queue_or_topic(arn: str, message: Message) -> None:
    """Send to what an ARN names, a queue or a topic.

    Args:
        arn: The target's ARN.
        message: What to send.
    """
    (send_to_queue if arn.split(":")[2] == "sqs" else publish)(arn, message)


def put_event(bus: str, source: str, detail_type: str, detail: str, resources: list[str]) -> None:
    """Put an event on an EventBridge bus.

    Args:
        bus: The bus's ARN.
        source: The event's source.
        detail_type: What kind of event it is.
        detail: Its content, as JSON.
        resources: ARNs of what it is about.
    """
    entry = {
        "EventBusName": bus,
        "Source": source,
        "DetailType": detail_type,
        "Detail": detail,
        "Resources": resources,
    }
    _call_json("events", "AWSEvents.PutEvents", {"Entries": [entry]})


def put_object(bucket: str, key: str, body: str) -> None:
    """Put an object in an S3 bucket.

    Args:
        bucket: The bucket's ARN.
        key: The object's key.
        body: Its content.
    """
    name = bucket.rpartition(":")[2]
    headers = {"content-type": "application/json"}
    _check("s3", module("services.s3")._put_object(name, key, body.encode(), headers))


def _call_json(service: str, operation: str, content: dict[str, object]) -> None:
    version = "1.0" if service == "sqs" else "1.1"
    headers = {"content-type": f"application/x-amz-json-{version}", "x-amz-target": operation}
    _call(service, json.dumps(content).encode(), headers)


def _call(service: str, body: bytes, headers: dict[str, str]) -> None:
    app = module("app")
    handler = app.SERVICE_HANDLERS[service]
    _check(service, app.call_service_handler_sync(handler, "POST", "/", headers, body, {}))


def _check(service: str, response: tuple[int, object, bytes]) -> None:
    status, _, answer = response
    if status >= _REFUSED:
        # AWS counts it as DestinationDeliveryFailures and goes on.
        logging.getLogger(__name__).warning("%s refused a delivery: %s", service, answer)
