"""The inner loop as a pure state machine: what to do next, given what just happened.

    idle ──changed──► synthesizing ──synthesized──► deploying ──deployed──► idle
                        │      ▲                      │      ▲
                     changed   │ ended             changed   │ (again)
                        ▼      │                      ▼      │
                       outdated                     queued ──deployed──► synthesizing

A change while the definition runs makes its result worthless: the synthesis is cancelled and
begun again. A change while CloudFormation works has to wait for its end: one more round is
queued, however many changes come. A failure of the user's code leads back to idle, where the
next change starts afresh. Stopping waits for a deployment, and for nothing else.

Knows no files, no clock and no threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class State(Enum):
    """What the loop is doing."""

    IDLE = "idle"
    SYNTHESIZING = "synthesizing"
    OUTDATED = "outdated"
    """The definition still runs, but its sources have changed."""
    DEPLOYING = "deploying"
    QUEUED = "queued"
    """Deploying, and another round follows."""
    STOPPING = "stopping"
    STOPPED = "stopped"


class Signal(Enum):
    """What happened."""

    CHANGED = "changed"
    """A source was saved, or the user asked for a deployment."""
    SYNTHESIZED = "synthesized"
    DEPLOYED = "deployed"
    FAILED = "failed"
    """The synthesis or the deployment ended without success, cancelled ones included."""
    STOP = "stop"


class Action(Enum):
    """What to do."""

    SYNTHESIZE = "synthesize"
    CANCEL = "cancel"
    DEPLOY = "deploy"
    END = "end"


@dataclass(frozen=True)
class Step:
    """What follows from a signal.

    Attributes:
        state: The state from now on.
        action: What to do, if anything.
    """

    state: State
    action: Action | None = None


_ENDED: Final = (Signal.SYNTHESIZED, Signal.DEPLOYED, Signal.FAILED)

_STEPS: Final[dict[tuple[State, Signal], Step]] = {
    (State.IDLE, Signal.CHANGED): Step(State.SYNTHESIZING, Action.SYNTHESIZE),
    (State.IDLE, Signal.STOP): Step(State.STOPPED, Action.END),
    (State.SYNTHESIZING, Signal.CHANGED): Step(State.OUTDATED, Action.CANCEL),
    (State.SYNTHESIZING, Signal.SYNTHESIZED): Step(State.DEPLOYING, Action.DEPLOY),
    (State.SYNTHESIZING, Signal.FAILED): Step(State.IDLE),
    (State.SYNTHESIZING, Signal.STOP): Step(State.STOPPING, Action.CANCEL),
    (State.OUTDATED, Signal.CHANGED): Step(State.OUTDATED, Action.CANCEL),
    (State.OUTDATED, Signal.STOP): Step(State.STOPPING, Action.CANCEL),
    (State.DEPLOYING, Signal.CHANGED): Step(State.QUEUED),
    (State.DEPLOYING, Signal.DEPLOYED): Step(State.IDLE),
    (State.DEPLOYING, Signal.FAILED): Step(State.IDLE),
    (State.DEPLOYING, Signal.STOP): Step(State.STOPPING),
    (State.QUEUED, Signal.DEPLOYED): Step(State.SYNTHESIZING, Action.SYNTHESIZE),
    (State.QUEUED, Signal.FAILED): Step(State.SYNTHESIZING, Action.SYNTHESIZE),
    (State.QUEUED, Signal.STOP): Step(State.STOPPING),
    # whether it was cancelled in time or not: what it read is old
    **{
        (State.OUTDATED, ended): Step(State.SYNTHESIZING, Action.SYNTHESIZE)
        for ended in (Signal.SYNTHESIZED, Signal.FAILED)
    },
    **{(State.STOPPING, ended): Step(State.STOPPED, Action.END) for ended in _ENDED},
}


def step(state: State, signal: Signal) -> Step:
    """Tell what follows from a signal; one that says nothing new changes nothing."""
    return _STEPS.get((state, signal), Step(state))
