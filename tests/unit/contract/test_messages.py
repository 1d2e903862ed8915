from __future__ import annotations

import dataclasses

import pytest

from preamp.contract.messages import decode, encode_error, encode_event
from preamp.contract.site import Site
from preamp.errors import Fault, UserError
from preamp.events import (
    EVENTS,
    Event,
    FunctionInvoked,
    Notice,
    ResourceChanged,
    RoundStarted,
    StageFinished,
)

SITE = Site("amplify/backend.py", 7)


@pytest.mark.parametrize(
    "event",
    [
        Notice("take care", SITE),
        Notice("take care"),
        StageFinished("synth", 1.5, "3 stacks"),
        ResourceChanged("A/B", "AWS::SNS::Topic", "create", "done", 0.1, "", SITE),
        RoundStarted(("amplify/backend.py",)),
        FunctionInvoked("A/B", "1", 2.5, "failed", 0.0, "ValueError", "no"),
    ],
)
def test_events_survive_the_way_between_processes(event: Event) -> None:
    assert decode(encode_event(event)) == event


def test_no_event_looks_like_an_error_on_its_way() -> None:
    fields = {field.name for kind in EVENTS.values() for field in dataclasses.fields(kind)}
    assert not fields & {"error", "event"}


def test_every_event_has_a_code_of_its_own() -> None:
    def kinds(kind: type[Event]) -> set[type[Event]]:
        return {kind}.union(*(kinds(sub) for sub in kind.__subclasses__()))

    assert set(EVENTS.values()) == kinds(Event) - {Event}


def test_a_user_error_survives_with_its_hint_and_places() -> None:
    error = decode(encode_error(UserError("XError", "a\nb", "do", sites=[SITE], details=["d"])))
    assert isinstance(error, UserError)
    assert (error.code, error.message, error.hint) == ("XError", "a\nb", "do")
    assert (error.sites, error.details) == ((SITE,), ("d",))


def test_a_trace_comes_along_as_a_note() -> None:
    error = decode(encode_error(Fault("XFault", "broken"), trace=True))
    assert isinstance(error, Fault)
    assert "XFault" not in str(error)
    assert "in the child process" in error.__notes__[0]


@pytest.mark.parametrize("line", ["", "hello", "[]", '{"event": "unknown"}', "{}"])
def test_a_line_of_someone_else_is_a_fault(line: str) -> None:
    with pytest.raises(Fault) as caught:
        decode(line)
    assert caught.value.code == "MessageFault"
