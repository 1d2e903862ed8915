"""What happens in the local cloud, as its engine tells it to whoever watches.

Records are made where something happens, which must cost next to nothing, and written as JSON
only for one who asks.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeAlias

InvocationOutcome = Literal["succeeded", "failed", "timed out", "throttled"]
DenialReason = Literal["not allowed", "denied", "denied by resource", "limited"]


@dataclass(frozen=True)
class InvocationEnded:
    """An invocation of a function came to its end, whoever asked for it.

    Attributes:
        time: When, in seconds since the epoch.
        function: The function's name in Lambda.
        request_id: Lambda's id of the invocation; retries of an event have the same.
        duration_ms: Milliseconds it took, without the initialization.
        outcome: How it ended; a handler that raised, or a process that died, failed.
        cold: Whether an environment was started for it.
        init_ms: Milliseconds its initialization took, 0 if it was warm.
        error: The error's type as Lambda gives it; empty if there is none.
        message: The error's message; empty if there is none.
    """

    kind: ClassVar[str] = "invocation"
    time: float
    function: str
    request_id: str
    duration_ms: float
    outcome: InvocationOutcome
    cold: bool = False
    init_ms: float = 0.0
    error: str = ""
    message: str = ""


@dataclass(frozen=True)
class MailAccepted:
    """SES accepted an e-mail.

    Attributes:
        time: When, in seconds since the epoch.
        id: Its id in the mail store.
        recipients: Everyone it goes to.
        subject: Its subject, decoded.
        source: The function that sent it, or else the caller's ARN; may be empty.
    """

    kind: ClassVar[str] = "mail"
    time: float
    id: str
    recipients: tuple[str, ...]
    subject: str
    source: str

    def __post_init__(self) -> None:
        """Take what JSON makes of a tuple."""
        object.__setattr__(self, "recipients", tuple(self.recipients))


@dataclass(frozen=True)
class CallDenied:
    """A call was made with the credentials of a role, and its policies do not allow it.

    Attributes:
        time: When, in seconds since the epoch.
        action: What was called, such as ``sns:Publish``.
        resource: ARN of what it was called on; ``*`` where the service knows none.
        principal: ARN of the role's session that called.
        role: The role's name.
        function: Name of the function that called; empty if it was another principal.
        request_id: The invocation in which it called; empty if that is unknown.
        reason: ``not allowed``: no policy of the role allows it. ``denied``: a policy of the role
            says Deny. ``denied by resource``: the policy of the resource says Deny, or must allow
            and does not. ``limited``: a permissions boundary or the session's policy.
        policy: Name of the policy that denies; empty if none does or it has none.
        statement: The ``Sid`` of the statement that denies; empty if it has none.
    """

    kind: ClassVar[str] = "denial"
    time: float
    action: str
    resource: str
    principal: str
    role: str
    function: str = ""
    request_id: str = ""
    reason: DenialReason = "not allowed"
    policy: str = ""
    statement: str = ""


Happening: TypeAlias = InvocationEnded | MailAccepted | CallDenied

_KINDS: Final[dict[str, type[Happening]]] = {
    kind.kind: kind for kind in (InvocationEnded, MailAccepted, CallDenied)
}


@dataclass(frozen=True)
class Activity:
    """What happened since a moment.

    Attributes:
        happenings: In the order they happened; the oldest are missing if there were too many.
        last: Number of the last thing that happened; ask for what comes after it.
    """

    happenings: tuple[Happening, ...]
    last: int

    def to_json(self) -> dict[str, Any]:
        """Write it for the other process."""
        return {
            "last": self.last,
            "happenings": [
                {"kind": one.kind, **dataclasses.asdict(one)} for one in self.happenings
            ],
        }

    @staticmethod
    def from_json(content: dict[str, Any]) -> Activity:
        """Read what the other process wrote.

        Raises:
            KeyError: It is of a kind we do not know.
            TypeError: A record is not as expected.
        """
        happenings = tuple(
            _KINDS[item["kind"]](**{name: value for name, value in item.items() if name != "kind"})
            for item in content["happenings"]
        )
        return Activity(happenings, int(content["last"]))
