"""The mail store: every message SES accepted, whole, on disk at once.

All messages are in one file, each after a line about it: making a file for each would take longer
than all the rest. A message is handed to the operating system before its sender hears that it was
accepted; one that a crash cut short never was, and is cut off. Knows nothing of SES.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from preamp.contract.activity import MailAccepted
from preamp.engine.mail_addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_NAME: Final = "messages"
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


@dataclass(frozen=True)
class _Kept:
    """A message in the file.

    Attributes:
        summary: What is told of it.
        start: Where it begins.
        size: Its bytes.
    """

    summary: dict[str, Any]
    start: int
    size: int


class MailStore:
    """The messages in one directory; one process may have it open.

    Args:
        directory: Where they are; it must exist.
        accepted: Hears of each message, once it is kept.
        written: Hears of each file that was written to, to hand it to the disk some time.
    """

    def __init__(
        self,
        directory: Path,
        accepted: Callable[[MailAccepted], None],
        written: Callable[[Path], None] | None = None,
    ) -> None:
        self._directory = directory
        self._path = directory / _NAME
        self._accepted = accepted
        self._written = written
        self._lock = threading.Lock()
        self._messages = _read(self._path)

    def add(self, raw: bytes, envelope: Envelope) -> str:
        """Keep a message.

        Args:
            raw: The message as it would be sent, headers and all.
            envelope: Who it is from and to.

        Returns:
            Its id; ids sort by time.

        Raises:
            OSError: The operating system does not take it, for example because the disk is full.
        """
        now = time.time_ns()
        message_id = f"{now:016x}-{secrets.token_hex(4)}"
        summary = {"id": message_id, "timestamp": now / 1e9, **summary_of(raw, envelope)}
        line = json.dumps({"size": len(raw), "summary": summary}).encode() + b"\n"
        with self._lock:
            start = _append(self._path, line + raw) + len(line)
            self._messages[message_id] = _Kept(summary, start, len(raw))
        if self._written:
            self._written(self._path)
        recipients = (*summary["to"], *summary["cc"], *summary["bcc"])
        subject, source = summary["subject"], envelope.source
        self._accepted(MailAccepted(now / 1e9, message_id, recipients, subject, source))
        return message_id

    def summaries(self) -> list[dict[str, Any]]:
        """List the messages, newest first."""
        with self._lock:
            return [self._messages[each].summary for each in sorted(self._messages, reverse=True)]

    def raw(self, message_id: str) -> bytes | None:
        """Return one message as it would be sent; None if there is none with this id."""
        with self._lock:
            kept = self._messages.get(message_id)
            if kept is None:
                return None
            with self._path.open("rb") as file:
                file.seek(kept.start)
                return file.read(kept.size)

    def clear(self) -> None:
        """Delete every message."""
        with self._lock:
            self._messages = {}
            for path in self._directory.iterdir():
                path.unlink(missing_ok=True)


def _append(path: Path, content: bytes) -> int:
    """Write at the end of a file, all of it or nothing; returns where it begins."""
    with io.FileIO(path, "a") as file:
        start = file.tell()
        left = memoryview(content)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError:
            file.truncate(start)
            raise
        return start


def _read(path: Path) -> dict[str, _Kept]:
    """Find the messages in a file, and cut off what is not whole."""
    if not path.exists():
        return {}
    with path.open("r+b") as file:
        kept = list(_kept_in(file, path.stat().st_size))
        file.truncate(kept[-1].start + kept[-1].size if kept else 0)
    return {each.summary["id"]: each for each in kept}


def _kept_in(file: BinaryIO, size: int) -> Iterator[_Kept]:
    with suppress(ValueError, KeyError, TypeError):
        while line := file.readline():
            head = json.loads(line)
            kept = _Kept(head["summary"], file.tell(), head["size"])
            if kept.start + kept.size > size:
                return
            yield kept
            file.seek(kept.start + kept.size)


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
