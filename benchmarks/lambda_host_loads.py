"""What is done with functions to measure them."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.lambda_host_usage import PeakMeter
from benchmarks.workbench import CommandFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.lambda_host_clouds import Cloud
    from benchmarks.lambda_host_functions import Functions, Pipeline

_Item = TypeVar("_Item")

CLIENTS: Final = 8
_PATIENCE: Final = 15.0
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Delivery:
    """What became of messages.

    Attributes:
        seconds: From the first call to the last e-mail.
        lost: How many were not e-mailed.
        duplicated: How many e-mails there were too many.
    """

    seconds: float
    lost: int
    duplicated: int


@dataclass(frozen=True)
class Burst:
    """What a burst took.

    Attributes:
        delivery: What became of its events.
        processes: Most workers at a time.
        memory: Most bytes they had at a time, what they share counted for each.
    """

    delivery: Delivery
    processes: int
    memory: int


def warm(functions: Functions, name: str, calls: int) -> float:
    """Median seconds of a call, one after the other."""
    return median(_timed(partial(functions.invoke, name)) for _ in range(calls))


def in_threads(functions: Functions, name: str, calls: int) -> float:
    """Seconds per call of several threads."""
    began = time.perf_counter()
    _at_once(lambda _: functions.invoke(name), range(calls))
    return (time.perf_counter() - began) / calls


def cold(functions: Functions, times: int) -> float:
    """Median seconds of the first call of a new function."""
    names = [functions.no_op() for _ in range(times)]
    return median(_timed(partial(functions.invoke, name)) for name in names)


def through(functions: Functions, pipeline: Pipeline, messages: int, label: str) -> Delivery:
    """Invoke a publisher with messages, from several clients, and wait for the e-mails.

    Args:
        functions: Whose cloud.
        pipeline: The publisher, and what follows it.
        messages: How many.
        label: Begins their subjects; unlike every other.
    """
    subjects = [f"{label} {number}" for number in range(messages)]
    functions.cloud.clear()
    began = time.time()
    _at_once(lambda each: functions.invoke(pipeline.publisher, {"subject": each}), subjects)
    return _delivery(functions.cloud, subjects, began)


def burst(functions: Functions, events: int, label: str) -> Burst:
    """Publish events for a function that never ran, from several clients."""
    emailer, topic = functions.subscribed_emailer()
    subjects = [f"{label} {number}" for number in range(events)]
    publish = partial(functions.cloud.client("sns").publish, TopicArn=topic)
    functions.cloud.clear()
    with PeakMeter(functions.cloud.pid) as peak:
        began = time.time()
        _at_once(lambda each: publish(Message=each), subjects)
        delivery = _delivery(functions.cloud, subjects, began)
    functions.delete(emailer)
    return Burst(delivery, peak.processes, peak.memory)


def bare(functions: Functions, name: str, calls: int) -> float:
    """Median seconds of a call over HTTP alone: signed once, then sent again and again."""
    cloud = functions.cloud
    url = f"{cloud.endpoint}/2015-03-31/functions/{name}/invocations"
    request = AWSRequest("POST", url, data=b"null")
    SigV4Auth(Credentials(*cloud.keys), "lambda", cloud.region).add_auth(request)
    headers = dict(request.headers.items())
    connection = http.client.HTTPConnection(urlsplit(cloud.endpoint).netloc)

    def call() -> None:
        connection.request("POST", urlsplit(url).path, body=b"null", headers=headers)
        with connection.getresponse() as response:
            text = response.read()
            if response.status != http.client.OK:
                raise CommandFailedError(f"{cloud.name}: {response.status} {text!r}")

    try:
        return median(_timed(call) for _ in range(calls))
    finally:
        connection.close()


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _at_once(do: Callable[[_Item], object], items: Iterable[_Item]) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in pool.map(do, items):
            pass


def _delivery(cloud: Cloud, subjects: list[str], began: float) -> Delivery:
    """Wait until every message is e-mailed, or no more come."""
    wanted, found, latest = set(subjects), 0, time.monotonic() + _PATIENCE
    while True:
        mails = [mail for mail in cloud.outbox() if mail.subject in wanted]
        copies = Counter(mail.subject for mail in mails)
        if len(copies) > found:
            found, latest = len(copies), time.monotonic() + _PATIENCE
        if found == len(wanted) or time.monotonic() > latest:
            ended = max((mail.accepted for mail in mails), default=began)
            return Delivery(ended - began, len(wanted) - found, len(mails) - found)
        time.sleep(_POLL_SECONDS)
