"""The mail store: every message SES accepted, whole, on disk at once.

A message is one file: a line about it, then the message itself. It is handed to the operating
system before the sender hears that it was accepted. Knows nothing of SES.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.activity import MailAccepted
from preamp.engine.mail_addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_SUFFIX: Final = ".mail"
_ID: Final = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}")
_PLAIN: Final = re.compile(r"(?:[ -~](?<!=\?))*")
"""What in a header stands for itself: no line breaks, no encoded words, which begin with ``=?``."""

_END_OF_HEAD: Final = re.compile(rb"(?>\r\n|\r|\n){2}")
_NEXT_FIELD: Final = re.compile(r"(?>\r\n|\r|\n)(?![ \t])")
_NAMED_PART: Final = re.compile(rb"name[*0-9]*\s*=", re.IGNORECASE)


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
        # A message never changes, so what was read of it once is right for as long as it is there.
        self._summaries: dict[str, dict[str, Any]] = {}

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
        summary = {"id": message_id, "timestamp": now / 1e9, **summary_of(raw, envelope)}
        # With its size: a message that was cut short by a crash was never acknowledged.
        head = json.dumps({"size": len(raw), "summary": summary})
        _write(self._directory / f"{message_id}{_SUFFIX}", head.encode() + b"\n" + raw)
        recipients = (*summary["to"], *summary["cc"], *summary["bcc"])
        subject, source = summary["subject"], envelope.source
        self._accepted(MailAccepted(now / 1e9, message_id, recipients, subject, source))
        return message_id

    def summaries(self) -> list[dict[str, Any]]:
        """List the messages, newest first."""
        names = os.listdir(self._directory)  # noqa: PTH208 - only names are asked for
        ids = sorted(
            (name[: -len(_SUFFIX)] for name in names if name.endswith(_SUFFIX)), reverse=True
        )
        known = self._summaries
        found = {each: known.get(each) or self._summary(each) for each in sorted(ids, reverse=True)}
        self._summaries = {each: summary for each, summary in found.items() if summary}
        return list(self._summaries.values())

    def raw(self, message_id: str) -> bytes | None:
        """Return one message as it would be sent; None if there is none with this id."""
        found = self._read(message_id) if _ID.fullmatch(message_id) else None
        return found[1] if found else None

    def clear(self) -> None:
        """Delete every message."""
        for path in self._directory.iterdir():
            path.unlink(missing_ok=True)

    def _read(self, message_id: str) -> tuple[dict[str, Any], bytes] | None:
        try:
            content = (self._directory / f"{message_id}{_SUFFIX}").read_bytes()
        except FileNotFoundError:
            return None
        line, _, raw = content.partition(b"\n")
        with suppress(ValueError, KeyError):
            head: dict[str, Any] = json.loads(line)
            if head["size"] == len(raw):
                return head["summary"], raw
        return None

    def _summary(self, message_id: str) -> dict[str, Any] | None:
        found = self._read(message_id)
        return found[0] if found else None


def summary_of(raw: bytes, envelope: Envelope) -> dict[str, Any]:
    """Tell what a message's headers say of it, as people read them.

    Args:
        raw: The message.
        envelope: Who it is from and to.
    """
    headers = Headers(raw)
    to, cc = _addresses(headers.texts("to")), _addresses(headers.texts("cc"))
    senders = _addresses(headers.texts("from"))
    shown = {address.casefold() for address in (*to, *cc)}
    return {
        "from": (senders or _addresses((envelope.sender,)) or [""])[0],
        "to": to,
        "cc": cc,
        "bcc": [a for a in _addresses(envelope.recipients) if a.casefold() not in shown],
        "subject": headers.text("subject"),
        "source": envelope.source,
        "attachments": _attachments(headers, raw),
    }


class Headers:
    """The headers of a message; its content is not read.

    Args:
        raw: The message.
    """

    def __init__(self, raw: bytes) -> None:
        self._items = list(_items(raw))

    def texts(self, name: str) -> list[str]:
        """Return the values of a header, decoded.

        Args:
            name: Its name, in lower case.
        """
        return [_decoded(name, value) for key, value in self._items if key.lower() == name]

    def text(self, name: str) -> str:
        """Return the first value of a header; empty if there is none.

        Args:
            name: Its name, in lower case.
        """
        return next(iter(self.texts(name)), "")


def _items(raw: bytes) -> Iterator[tuple[str, str]]:
    """Names and values as they are written; what is in several lines keeps its line breaks."""
    head = _END_OF_HEAD.split(raw, maxsplit=1)[0].decode("ascii", "surrogateescape")
    for field in _NEXT_FIELD.split(head):
        name, colon, value = field.partition(":")
        if not colon or not name.strip():
            return
        yield name.rstrip(), value.strip("\r\n").lstrip(" \t")


def _decoded(name: str, value: str) -> str:
    # The header's own grammar takes long, and most values need none.
    plain = _PLAIN.fullmatch(value) is not None
    return value if plain else str(policy.default.header_fetch_parse(name, value))


def _addresses(headers: Iterable[str]) -> list[str]:
    return [address for address in addresses(headers) if address]


def _attachments(headers: Headers, raw: bytes) -> list[str]:
    # Reading a whole message takes long, and few have a part with a name.
    kind = headers.text("content-type").lower()
    if not kind.startswith("multipart/") or not _NAMED_PART.search(raw):
        return []
    message = message_from_bytes(raw, policy=policy.default)
    attached = message.iter_attachments() if message.is_multipart() else ()
    return [name for name in (part.get_filename() for part in attached) if name]


def _write(path: Path, content: bytes) -> None:
    with io.FileIO(path, "x") as file:
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]
