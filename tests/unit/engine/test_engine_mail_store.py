"""The mail store: what was accepted is there, and is told as people read it."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.mail import Envelope, MailStore, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.contract.activity import MailAccepted

_ENVELOPE = Envelope("shop@example.com", ("jo@example.com", "Boss <boss@example.com>"), "emailer")
_RAW = b"From: shop@example.com\nTo: jo@example.com\nSubject: Hi\n\ntext\x00\xff\r\n"


def store_in(directory: Path, accepted: Callable[[MailAccepted], None] = print) -> MailStore:
    """A store."""
    return MailStore(directory, accepted)


def message(**headers: str) -> EmailMessage:
    """A message with these headers."""
    made = EmailMessage()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("text")
    return made


def subjects(store: MailStore) -> list[str]:
    """The subjects of all messages, newest first."""
    return [summary["subject"] for summary in store.summaries()]


def test_a_message_is_kept_byte_for_byte(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    message_id = store.add(_RAW, _ENVELOPE)
    assert store.raw(message_id) == _RAW
    (summary,) = store.summaries()
    assert (summary["id"], summary["source"]) == (message_id, "emailer")
    assert (summary["to"], summary["bcc"]) == (["jo@example.com"], ["boss@example.com"])


def test_another_store_of_the_same_directory_has_the_messages(tmp_path: Path) -> None:
    message_id = store_in(tmp_path).add(_RAW, _ENVELOPE)
    later = store_in(tmp_path)
    assert subjects(later) == ["Hi"]
    assert later.raw(message_id) == _RAW


def test_who_listens_hears_of_a_message_that_is_there(tmp_path: Path) -> None:
    heard: list[MailAccepted] = []

    def hear(mail: MailAccepted) -> None:
        assert store.raw(mail.id) == _RAW
        heard.append(mail)

    store = store_in(tmp_path, hear)
    store.add(_RAW, _ENVELOPE)
    (mail,) = heard
    assert mail.recipients == ("jo@example.com", "boss@example.com")
    assert (mail.subject, mail.source) == ("Hi", "emailer")


def test_messages_come_newest_first_and_new_ones_are_seen(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for number in range(3):
        store.add(message(Subject=str(number)).as_bytes(), _ENVELOPE)
        assert subjects(store)[0] == str(number)
    assert subjects(store) == ["2", "1", "0"]


def test_cleared_messages_are_gone_and_new_ones_are_kept(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = store.add(_RAW, _ENVELOPE)
    store.clear()
    assert store.summaries() == store_in(tmp_path).summaries() == []
    assert store.raw(first) is None
    assert list(tmp_path.iterdir()) == []
    second = store.add(_RAW, _ENVELOPE)
    assert store_in(tmp_path).raw(second) == store.raw(second) == _RAW


def test_a_message_that_a_crash_cut_short_does_not_count(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = store.add(_RAW, _ENVELOPE)
    (path,) = tmp_path.iterdir()
    before = path.stat().st_size
    store.add(message(Subject="lost").as_bytes(), _ENVELOPE)
    whole = path.read_bytes()
    for end in range(before, len(whole)):
        path.write_bytes(whole[:end])
        later = store_in(tmp_path)
        assert subjects(later) == ["Hi"]
        added = later.add(message(Subject="new").as_bytes(), _ENVELOPE)
        assert subjects(store_in(tmp_path)) == subjects(later) == ["new", "Hi"]
        assert store_in(tmp_path).raw(first) == _RAW
        assert store_in(tmp_path).raw(added) == message(Subject="new").as_bytes()
    path.write_bytes(whole)
    assert subjects(store_in(tmp_path)) == ["lost", "Hi"]


@pytest.mark.parametrize("message_id", ["nonsense", "../engine", "0" * 16 + "-" + "0" * 8])
def test_there_is_nothing_under_another_id(tmp_path: Path, message_id: str) -> None:
    assert store_in(tmp_path).raw(message_id) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (message(Subject="a = b, 50% =?").as_bytes(), {"subject": "a = b, 50% =?"}),
        (message(Subject="Grüße " + "lang " * 30).as_bytes(), {"subject": "Grüße " + "lang " * 30}),
        ("Subject: Grüße\n\n".encode(), {"subject": "Grüße"}),
        (b"Subject: a\r\n b\r\n\r\n", {"subject": "a b"}),
        (b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n", {"subject": "Grüße"}),
        (
            message(From="Läden <shop@example.com>", To="Jö <jo@example.com>, al@b.c").as_bytes(),
            {"from": "shop@example.com", "to": ["jo@example.com", "al@b.c"]},
        ),
        (b"To: undisclosed:;\n\n", {"to": [], "from": "shop@example.com"}),
        (b"no header at all", {"subject": "", "attachments": []}),
    ],
)
def test_headers_are_told_decoded(raw: bytes, expected: dict[str, Any]) -> None:
    summary = summary_of(raw, _ENVELOPE)
    assert {name: summary[name] for name in expected} == expected


@pytest.mark.parametrize("name", ["a.txt", "bild ü.png", "n" * 90 + ".txt"])
def test_attachments_are_told_by_name(name: str) -> None:
    made = message(Subject="s")
    made.add_alternative("<b>rich</b>", subtype="html")
    made.add_attachment(b"\x00", maintype="image", subtype="png", filename=name)
    assert summary_of(made.as_bytes(), _ENVELOPE)["attachments"] == [name]
