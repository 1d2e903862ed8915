"""The mail store: every message SES accepted, whole, on disk at once.

A message is one MIME document and one summary beside it; the summary is written last and makes
it count. Knows nothing of SES.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.activity import MailAccepted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ID: Final = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Envelope:
    """Who a message was handed over by and to; more than its headers tell.

    Attributes:
        sender: The address it is from.
        recipients: Everyone it goes to, the blind copies too.
        source: The function or caller that sent it, as far as known.
    """

    sender: str
    recipients: tuple[str, ...]
    source: str


class MailStore:
    """The messages in one directory.

    Args:
        directory: Where they are; it must exist.
        accepted: Hears of each message, once it is kept.
    """

    def __init__(self, directory: Path, accepted: Callable[[MailAccepted], None]) -> None:
        self._directory = directory
        self._accepted = accepted

    def add(self, raw: bytes, envelope: Envelope) -> str:
        """Keep a message.

        Args:
            raw: The message as it would be sent, headers and all.
            envelope: Who it is from and to.

        Returns:
            Its id; ids sort by time.
        """
        now = time.time_ns()
        message_id = f"{now:016x}-{secrets.token_hex(4)}"
        summary = {"id": message_id, "timestamp": now / 1e9, **_summary(raw, envelope)}
        (self._directory / f"{message_id}.eml").write_bytes(raw)
        # Its appearance makes the message count, so it must appear whole.
        temporary = self._directory / f".{message_id}"
        temporary.write_text(json.dumps(summary), encoding="utf-8")
        temporary.replace(self._directory / f"{message_id}.json")
        recipients = (*summary["to"], *summary["cc"], *summary["bcc"])
        subject, source = summary["subject"], envelope.source
        self._accepted(MailAccepted(now / 1e9, message_id, recipients, subject, source))
        return message_id

    def summaries(self) -> list[dict[str, Any]]:
        """List the messages, newest first."""
        paths = sorted(self._directory.glob("*.json"), reverse=True)
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def raw(self, message_id: str) -> bytes | None:
        """Return one message as it would be sent; None if there is none with this id."""
        if not _ID.fullmatch(message_id):
            return None
        path = self._directory / f"{message_id}.eml"
        return path.read_bytes() if path.is_file() else None

    def clear(self) -> None:
        """Delete every message."""
        for path in [*self._directory.glob("*.json"), *self._directory.glob("*.eml")]:
            path.unlink(missing_ok=True)


def _summary(raw: bytes, envelope: Envelope) -> dict[str, Any]:
    message = message_from_bytes(raw, policy=policy.default)
    to, cc = _addresses(message.get_all("to", [])), _addresses(message.get_all("cc", []))
    senders = _addresses(message.get_all("from", []))
    shown = {address.casefold() for address in (*to, *cc)}
    attached = message.iter_attachments() if message.is_multipart() else ()
    return {
        "from": (senders or _addresses([envelope.sender]) or [""])[0],
        "to": to,
        "cc": cc,
        "bcc": [a for a in _addresses(envelope.recipients) if a.casefold() not in shown],
        "subject": str(message.get("subject", "")),
        "source": envelope.source,
        "attachments": [name for name in (part.get_filename() for part in attached) if name],
    }


def _addresses(headers: Any) -> list[str]:  # noqa: ANN401
    return [address for _, address in getaddresses([str(header) for header in headers]) if address]
