"""What is known of a call of a function beside its payload, on its way through the emulator.

Travels in a context variable, because the emulator's own functions in between have no room
for it.
"""

from __future__ import annotations

import contextvars
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALL: Final[contextvars.ContextVar[Call | None]] = contextvars.ContextVar(
    "preamp_call_of_a_function", default=None
)


@dataclass(frozen=True)
class Call:
    """One call of a function.

    Attributes:
        request_id: The id the caller was given; retries of an event keep it.
        client_context: What the caller passed as ``ClientContext``, as JSON.
        qualifier: The alias that was asked for where its version was put in its place.
        takes_bytes: Whether the caller is given what a handler streams as it is.
    """

    request_id: str
    client_context: str | None = None
    qualifier: str | None = None
    takes_bytes: bool = False


def current_call() -> Call | None:
    """Return the call that is being carried out here."""
    return _CALL.get()


@contextmanager
def calling(call: Call | None) -> Iterator[None]:
    """Carry out a call.

    Args:
        call: The call; None if what follows is none of what was before.
    """
    token = _CALL.set(call)
    try:
        yield
    finally:
        _CALL.reset(token)
