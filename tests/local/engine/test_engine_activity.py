"""Whoever watches the engine hears of invocations and mails, as they happen."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.conftest import Recorder

from preamp.contract.activity import Activity, InvocationEnded, MailAccepted
from preamp.engine.client import EngineClient
from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
_WAIT = 30.0
_HANDLER = """
    import threading, boto3

    def handler(event, context):
        if event == "raise":
            raise KeyError("nothing")
        if event == "hang":
            threading.Event().wait()
        if event == "mail":
            boto3.client("ses").send_email(
                Source="shop@example.com",
                Destination={"ToAddresses": ["jo@example.org"]},
                Message={"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "b"}}},
            )
"""


@pytest.fixture
def watched(engine: EngineConnection) -> EngineClient:
    """The engine's own paths."""
    return EngineClient(engine)


def ended(activity: Activity, function: str) -> list[InvocationEnded]:
    """The invocations of a function."""
    return [
        one
        for one in activity.happenings
        if isinstance(one, InvocationEnded) and one.function == function
    ]


def test_an_invocation_is_heard_of_by_who_waits(
    watched: EngineClient, functions: Functions
) -> None:
    name = functions.create(_HANDLER)
    last = watched.activity(0, 0).last
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(watched.activity, last, _WAIT)
        _, answer = functions.invoke(name)
        activity = waiting.result()
    (invocation,) = ended(activity, name)
    assert activity.last == last + 1
    assert invocation.outcome == "succeeded"
    assert invocation.cold
    assert invocation.init_ms > 0
    assert invocation.request_id == answer["ResponseMetadata"]["RequestId"]


def test_an_asynchronous_invocation_is_heard_of(
    watched: EngineClient, functions: Functions
) -> None:
    name = functions.create(_HANDLER)
    last = watched.activity(0, 0).last
    functions.invoke(name, InvocationType="Event")
    (invocation,) = ended(watched.activity(last, _WAIT), name)
    assert invocation.outcome == "succeeded"


@pytest.mark.parametrize(
    ("event", "outcome", "error"),
    [("raise", "failed", "KeyError"), ("hang", "timed out", "Sandbox.Timedout")],
)
def test_a_failure_is_heard_of(
    watched: EngineClient, functions: Functions, event: str, outcome: str, error: str
) -> None:
    name = functions.create(_HANDLER, Timeout=1)
    last = watched.activity(0, 0).last
    functions.invoke(name, event)
    (invocation,) = ended(watched.activity(last, _WAIT), name)
    assert (invocation.outcome, invocation.error) == (outcome, error)


def test_a_mail_is_heard_of_before_the_invocation_that_sent_it_ends(
    watched: EngineClient, functions: Functions, client: ClientFactory
) -> None:
    client("ses").verify_email_identity(EmailAddress="shop@example.com")
    name = functions.create(_HANDLER, Timeout=20)
    last = watched.activity(0, 0).last
    functions.invoke(name, "mail")
    mail, invocation = watched.activity(last, _WAIT).happenings
    assert isinstance(mail, MailAccepted)
    assert (mail.recipients, mail.subject, mail.source) == (("jo@example.org",), "Hello", name)
    assert watched.raw_mail(mail.id)
    assert isinstance(invocation, InvocationEnded)


def test_an_engine_that_stops_answers_who_waits(tmp_path: Path) -> None:
    process = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    engine = process.start()
    waiting = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=_WAIT)
    try:
        headers = {"Authorization": f"Bearer {engine.token}"}
        waiting.request("GET", f"/_preamp/activity?wait={_WAIT}", headers=headers)
        # Requests begin in the order they come: when this one is answered, the other waits.
        EngineClient(engine).health()
        process.stop()
        assert Activity.from_json(json.load(waiting.getresponse())) == Activity((), 0)
    finally:
        waiting.close()
        process.stop()
