"""How a process tells its parent what happens: one JSON object a line.

A line is an event, or the error that ends the work. The same form serves scripts that ask a
command for ``--json``.
"""

from __future__ import annotations

import dataclasses
import json
import traceback
from typing import Any, Final

from preamp.contract.site import Site
from preamp.errors import Fault, PreampError, UserError
from preamp.events import EVENTS, Event

_ERROR: Final = "error"


def encode_event(event: Event) -> str:
    """One event as a line of JSON, without the line's end."""
    return json.dumps({"event": event.code, **dataclasses.asdict(event)}, ensure_ascii=False)


def encode_error(error: PreampError, *, trace: bool = False) -> str:
    """An error as a line of JSON, without the line's end.

    Args:
        error: The error.
        trace: Add the traceback, which ``--debug`` shows.
    """
    line: dict[str, Any] = {_ERROR: error.code, "message": error.message}
    if trace:
        line["trace"] = "".join(traceback.format_exception(error))
    if isinstance(error, UserError):
        line["hint"] = error.hint
        line["sites"] = [dataclasses.asdict(site) for site in error.sites]
    if isinstance(error, UserError | Fault) and error.details:
        line["details"] = list(error.details)
    return json.dumps(line, ensure_ascii=False)


def decode(line: str) -> Event | PreampError:
    """What a line says.

    Raises:
        Fault: ``MessageFault`` if the line is none of ours.
    """
    try:
        message: dict[str, Any] = json.loads(line)
        return _error(message) if _ERROR in message else _event(message)
    except (ValueError, TypeError, KeyError) as error:
        raise Fault("MessageFault", f"a child process wrote an unknown line: {line!r}") from error


def _event(message: dict[str, Any]) -> Event:
    kind = EVENTS[message.pop("event")]
    if message.get("site"):
        message["site"] = Site(**message["site"])
    # JSON knows one kind of sequence
    values = {key: tuple(it) if isinstance(it, list) else it for key, it in message.items()}
    return kind(**values)


def _error(message: dict[str, Any]) -> PreampError:
    code, text = message[_ERROR], message["message"]
    details = message.get("details", ())
    error: PreampError
    if "hint" in message:
        sites = [Site(**site) for site in message["sites"]]
        error = UserError(code, text, message["hint"], sites=sites, details=details)
    else:
        error = Fault(code, text, details=details)
    if "trace" in message:
        error.add_note(f"in the child process:\n{message['trace']}")
    return error
