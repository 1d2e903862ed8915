"""Requests to jsii's kernel, written down quickly, have the text that jsii gives them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from jsii._kernel import types
from jsii._kernel.providers import process

from preamp.synth import jsii_requests

QUEUE = types.ObjRef("aws-cdk-lib.aws_sqs.Queue@10001")
TOPIC = types.ObjRef("aws-cdk-lib.aws_sns.Topic@10002", ["constructs.IConstruct"])


class Made:
    """As a construct."""

    def __init__(self, reference: types.ObjRef) -> None:
        self.__jsii_ref__ = reference


PROPERTIES = {
    "fqn": "aws-cdk-lib.aws_sqs.QueueProps",
    "data": {"fifo": None, "period": Made(QUEUE), "enforced": True, "mode": {"$jsii.enum": "a/B"}},
}
ARGUMENTS: list[Any] = [
    Made(TOPIC),
    "Queue",
    {"$jsii.struct": PROPERTIES},
    {"$jsii.map": {"a": [1, 2.5, None, Made(QUEUE)], "ü": "ß"}},
    dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
]
REQUESTS = [
    types.CreateRequest(
        "aws-cdk-lib.aws_sqs.Queue", ARGUMENTS, [types.Override("m", None, "c")], ["i.IQueue"]
    ),
    types.CreateRequest("Object"),
    types.GetRequest(TOPIC, "topicArn"),
    types.SetRequest(QUEUE, "handler", ARGUMENTS[3]),
    types.StaticGetRequest("aws-cdk-lib.Aws", "REGION"),
    types.InvokeRequest(QUEUE, "grant", ARGUMENTS),
    types.StaticInvokeRequest("aws-cdk-lib.Tags", "of", ARGUMENTS[:1]),
    types.CompleteRequest("jsii::callback::1", None, Made(TOPIC)),
    types.DeleteRequest(QUEUE),
]


class Unstarted(process._NodeProcess):
    """Knows how to write requests down, and has no Node."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Nothing was started."""


def text(node: process._NodeProcess, request: Any) -> str:
    return json.dumps(node._serializer.unstructure(request), default=process.jdefault)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: type(each).__name__)
def test_the_text_is_that_of_jsii(request_: Any) -> None:
    quick = Unstarted()
    jsii_requests.install(quick._serializer)
    assert text(quick, request_) == text(Unstarted(), request_)


def test_arguments_are_not_taken_apart() -> None:
    quick = Unstarted()
    jsii_requests.install(quick._serializer)
    written = quick._serializer.unstructure(types.InvokeRequest(QUEUE, "grant", ARGUMENTS))
    assert written["args"] is ARGUMENTS
