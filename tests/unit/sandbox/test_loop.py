"""The inner loop's state machine, run through every sequence of signals that can happen."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from preamp.sandbox.loop import Action, Signal, State, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDS = {
    State.SYNTHESIZING: {Signal.SYNTHESIZED, Signal.FAILED},
    State.OUTDATED: {Signal.SYNTHESIZED, Signal.FAILED},
    State.DEPLOYING: {Signal.DEPLOYED, Signal.FAILED},
    State.QUEUED: {Signal.DEPLOYED, Signal.FAILED},
    State.STOPPING: {Signal.SYNTHESIZED, Signal.DEPLOYED, Signal.FAILED},
}
"""The states in which something runs, and how that can end."""
ALWAYS = {Signal.CHANGED, Signal.STOP}


def played(signals: Iterable[Signal]) -> Iterator[tuple[State, Action | None]]:
    state = State.IDLE
    for signal in signals:
        taken = step(state, signal)
        state = taken.state
        yield taken.state, taken.action


def end(signals: Iterable[Signal]) -> tuple[State, Action | None]:
    return list(played(signals))[-1]


def possible(length: int) -> Iterator[tuple[Signal, ...]]:
    """Every sequence in which only that ends which runs."""
    for signals in product(Signal, repeat=length):
        states = [State.IDLE, *(state for state, _ in played(signals))]
        if all(
            signal in ALWAYS | ENDS.get(state, set())
            for state, signal in zip(states, signals, strict=False)
        ):
            yield signals


def test_a_saved_file_is_synthesized_and_deployed() -> None:
    assert list(played([Signal.CHANGED, Signal.SYNTHESIZED, Signal.DEPLOYED])) == [
        (State.SYNTHESIZING, Action.SYNTHESIZE),
        (State.DEPLOYING, Action.DEPLOY),
        (State.IDLE, None),
    ]


@pytest.mark.parametrize("ended", [Signal.SYNTHESIZED, Signal.FAILED])
def test_a_change_while_synthesizing_begins_again(ended: Signal) -> None:
    saved_twice = [Signal.CHANGED, Signal.CHANGED]
    assert end(saved_twice) == (State.OUTDATED, Action.CANCEL)
    assert end([*saved_twice, Signal.CHANGED]) == (State.OUTDATED, Action.CANCEL)
    assert end([*saved_twice, Signal.STOP]) == (State.STOPPING, Action.CANCEL)
    assert end([*saved_twice, ended]) == (State.SYNTHESIZING, Action.SYNTHESIZE)


@pytest.mark.parametrize("ended", [Signal.DEPLOYED, Signal.FAILED])
def test_changes_while_deploying_queue_one_more_round(ended: Signal) -> None:
    deploying = [Signal.CHANGED, Signal.SYNTHESIZED]
    waiting = [*deploying, Signal.CHANGED, Signal.CHANGED, Signal.CHANGED]
    assert end(waiting) == (State.QUEUED, None)
    assert end([*waiting, ended]) == (State.SYNTHESIZING, Action.SYNTHESIZE)
    assert end([*waiting, ended, Signal.SYNTHESIZED, Signal.DEPLOYED]) == (State.IDLE, None)


@pytest.mark.parametrize("until", [[Signal.CHANGED], [Signal.CHANGED, Signal.SYNTHESIZED]])
def test_a_failure_waits_for_the_next_change(until: list[Signal]) -> None:
    assert end([*until, Signal.FAILED]) == (State.IDLE, None)
    assert end([*until, Signal.FAILED, Signal.CHANGED]) == (State.SYNTHESIZING, Action.SYNTHESIZE)


def test_stopping_cancels_a_synthesis_and_waits_for_a_deployment() -> None:
    assert end([Signal.STOP]) == (State.STOPPED, Action.END)
    assert end([Signal.CHANGED, Signal.STOP]) == (State.STOPPING, Action.CANCEL)
    deploying = [Signal.CHANGED, Signal.SYNTHESIZED, Signal.STOP]
    assert end(deploying) == (State.STOPPING, None)
    assert end([*deploying, Signal.CHANGED]) == (State.STOPPING, None)
    assert end([*deploying, Signal.DEPLOYED]) == (State.STOPPED, Action.END)


def test_one_thing_runs_at_a_time_and_every_end_is_answered() -> None:
    for signals in possible(6):
        running = 0
        state = State.IDLE
        for signal in signals:
            running -= signal not in ALWAYS
            taken = step(state, signal)
            running += taken.action in {Action.SYNTHESIZE, Action.DEPLOY}
            state = taken.state
            assert running in {0, 1}, signals
            assert (running == 1) == (state in ENDS), signals


def test_after_a_stop_nothing_begins() -> None:
    for signals in possible(6):
        if Signal.STOP in signals:
            after = list(played(signals))[signals.index(Signal.STOP) :]
            assert not {Action.SYNTHESIZE, Action.DEPLOY} & {action for _, action in after}
