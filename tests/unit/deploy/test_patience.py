"""Looks at a running operation that fail, and may fail for a while."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from tests.synthesis import Recorder

from preamp.deploy.patience import Patience
from preamp.deploy.target import Target

LOST = EndpointConnectionError(endpoint_url="http://x")


def fail(error: Exception) -> None:
    """Fail, as a look at a stack does."""
    raise error


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "DescribeStackEvents")


def patience(seconds: float, recorder: Recorder | None = None) -> Patience:
    target = Target("AWS", "eu-west-1", "000000000000", patience=seconds)
    return Patience(target, recorder or Recorder())


def test_a_lost_connection_is_borne_and_told_once() -> None:
    recorder = Recorder()
    bearing = patience(60, recorder)
    for _ in range(3):
        with bearing.trying():
            fail(LOST)
    assert len(recorder.events) == 1
    assert "the operation goes on there" in str(recorder.events[0])


def test_a_connection_that_comes_back_may_be_lost_again() -> None:
    recorder = Recorder()
    bearing = patience(60, recorder)
    for _ in range(2):
        with bearing.trying():
            fail(LOST)
        with bearing.trying():
            pass
    assert len(recorder.events) == 2


def test_a_target_on_this_machine_is_not_waited_for() -> None:
    recorder = Recorder()
    with pytest.raises(EndpointConnectionError), patience(0, recorder).trying():
        fail(LOST)
    assert recorder.events == []


def test_to_be_asked_to_slow_down_is_no_failure_and_another_refusal_is() -> None:
    bearing = patience(0)
    with bearing.trying():
        fail(refusal("ThrottlingException"))
    with pytest.raises(ClientError), bearing.trying():
        fail(refusal("AccessDenied"))
