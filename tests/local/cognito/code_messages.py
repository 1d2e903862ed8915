"""Codes as people get them: read from the messages that the engine keeps."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection


def newest_text(engine: EngineConnection, recipient: str) -> str:
    """Return what the newest message to somebody says.

    Args:
        engine: How to speak with the engine.
        recipient: An e-mail address or a phone number.
    """
    client = EngineClient(engine)
    newest = next(each for each in client.mail() if recipient in each.to)
    message = message_from_bytes(client.raw_mail(newest.id), policy=policy.default)
    body = message.get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def newest_code(engine: EngineConnection, recipient: str) -> str:
    """Return the code in the newest message to somebody.

    Args:
        engine: How to speak with the engine.
        recipient: An e-mail address or a phone number.
    """
    found = re.search(r"\b\d{6}\b", newest_text(engine, recipient))
    assert found, "the newest message has no code"
    return found[0]
