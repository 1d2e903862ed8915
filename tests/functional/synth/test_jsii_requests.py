"""Requests to jsii's kernel, written down quickly, have the text that jsii gives them."""

from __future__ import annotations

import datetime as dt
import json
from enum import Enum
from typing import Any, ClassVar

import pytest
from jsii import _kernel
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
    jsii_requests.leave_arguments(quick._serializer)
    assert text(quick, request_) == text(Unstarted(), request_)


class Properties:
    """As a structure that jsii's generator makes."""

    __jsii_type__ = "aws-cdk-lib.aws_sqs.QueueProps"
    __jsii_name_mapping__: ClassVar = {"is_fifo": "isFifo", "dead_letters": "deadLetters"}

    def __init__(self, **values: object) -> None:
        self._values = values

    @property
    def is_fifo(self) -> object:
        return self._values.get("is_fifo")

    @property
    def dead_letters(self) -> object:
        return self._values.get("dead_letters")


class Derived(Properties):
    """As one that a user has given another property."""

    @property
    def is_fifo(self) -> object:
        return "always"


class Mode(Enum):
    """As one of jsii's."""

    ONE = "ONE"


Mode.__jsii_type__ = "aws-cdk-lib.Mode"  # type: ignore[attr-defined]
PLAIN: list[Any] = [None, "x", True, 1, 1.5, [1, "x"], {"a": {"b": None}}, Mode.ONE, [[Mode.ONE]]]


def without_null(made: Any) -> Any:
    """What jsii makes of arguments, without the properties that were not given."""
    if isinstance(made, list):
        return [without_null(each) for each in made]
    if not isinstance(made, dict):
        return made
    inner = {name: without_null(value) for name, value in made.items()}
    if "data" in inner:
        inner["data"] = {name: value for name, value in inner["data"].items() if value is not None}
    return inner


@pytest.mark.parametrize(
    "argument",
    [
        *PLAIN,
        Properties(),
        Properties(is_fifo=Mode.ONE, dead_letters=Properties(is_fifo=False)),
        Derived(dead_letters=Derived()),
        {"key": [Properties(is_fifo=[1])]},
    ],
)
def test_of_structures_what_was_given_is_written(argument: Any) -> None:
    jsii_own: Any = _kernel._make_reference_for_native
    quick = jsii_requests.given_alone(jsii_own)
    assert without_null(quick(None, argument)) == without_null(jsii_own(None, argument))


def test_what_was_not_given_is_not_asked_for() -> None:
    quick = jsii_requests.given_alone(_kernel._make_reference_for_native)
    made = quick(None, Properties(dead_letters="x"))
    assert made["$jsii.struct"]["data"] == {"deadLetters": "x"}


def test_arguments_are_not_taken_apart() -> None:
    quick = Unstarted()
    jsii_requests.leave_arguments(quick._serializer)
    written = quick._serializer.unstructure(types.InvokeRequest(QUEUE, "grant", ARGUMENTS))
    assert written["args"] is ARGUMENTS
