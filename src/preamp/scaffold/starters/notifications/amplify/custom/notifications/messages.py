"""What publisher and emailer say to each other. Imports nothing that Lambda does not have."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_LONGEST = 200


class InvalidMessageError(ValueError):
    """A message that must not be sent."""


@dataclass(frozen=True)
class Message:
    """One notification.

    Attributes:
        recipient: Whom it is for: one e-mail address.
        subject: One line.
        body: Plain text.
    """

    recipient: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        """Refuse what could not be sent, or would be more than one mail."""
        if not is_address(self.recipient):
            raise InvalidMessageError("recipient must be one e-mail address")
        if not 0 < len(self.subject) <= _LONGEST or "\n" in self.subject:
            raise InvalidMessageError(f"subject must be one line of at most {_LONGEST}")
        if not self.body:
            raise InvalidMessageError("body must not be empty")

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> "Message":
        """Read the message from what a caller sent.

        Raises:
            InvalidMessageError: Something is missing or wrong.
        """
        names = ("recipient", "subject", "body")
        missing = [name for name in names if not event.get(name)]
        if missing:
            raise InvalidMessageError(f"missing: {', '.join(missing)}")
        return cls(str(event["recipient"]), str(event["subject"]), str(event["body"]))

    def to_json(self) -> str:
        """The message as text for the topic."""
        return json.dumps(asdict(self))


def is_address(text: str) -> bool:
    """Whether a text looks like one e-mail address."""
    return _ADDRESS.fullmatch(text) is not None
