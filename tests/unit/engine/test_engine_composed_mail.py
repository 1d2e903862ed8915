"""What SendEmail is given is what arrives."""

from __future__ import annotations

from email import message_from_string, policy
from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.ministack.composed_mail import composed
from preamp.engine.ministack.ses import Sending, completed

if TYPE_CHECKING:
    from email.message import EmailMessage

_LONG_LINE = "x" * 2000


def sent(text: str = "plain", html: str = "", subject: str = "Hi", **more: Any) -> EmailMessage:
    """Compose a message and read it again."""
    to, cc = more.get("to", ["jo@example.com"]), more.get("cc", [])
    source = more.get("source", "shop@example.com")
    written = composed(source, to, cc, ["boss@example.com"], subject, text, html, "id@x")
    message: EmailMessage = message_from_string(written, policy=policy.default)
    assert "boss" not in written
    assert not message.defects
    return message


@pytest.mark.parametrize("body", ["plain", "two\nlines\n", "", "Grüße", "a\r\nb", _LONG_LINE])
def test_a_text_arrives_as_it_was_given(body: str) -> None:
    message = sent(body)
    assert message.get_content_type() == "text/plain"
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == body


@pytest.mark.parametrize(("text", "html"), [("t", "<b>Ü</b>"), ("Ü", "<b>h</b>\n")])
def test_both_texts_arrive(text: str, html: str) -> None:
    message = sent(text, html)
    assert message.get_content_type() == "multipart/alternative"
    contents = [part.get_payload(decode=True) for part in message.iter_parts()]
    assert contents == [text.encode(), html.encode()]
    assert sent("", html).get_content_type() == "text/html"


def test_headers_arrive() -> None:
    many = [f"recipient-number-{number}@example.com" for number in range(9)]
    subject = "Grüße " * 20
    message = sent(subject=subject, to=many, cc=["al@example.com"], source="Läden <a@b.c>")
    assert message["Subject"] == subject
    assert [address.addr_spec for address in message["To"].addresses] == many
    assert message["Cc"] == "al@example.com"
    assert message["From"] == "Läden <a@b.c>"
    assert message["Message-ID"] == "<id@x>"


@pytest.mark.parametrize("value", ["a\nBcc: spy@example.com", "a\r\nX-Mine: no", "a\rX-Mine: no"])
def test_a_subject_cannot_bring_a_header_of_its_own(value: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        sent(subject=value)


def test_a_message_is_completed() -> None:
    text = composed("a@b.c", ["d@e.f"], [], [], "Hi", "first\n\nsecond", "", "id")
    request = Sending("f", headers=(("Reply-To", "help@example.com"), ("X-Mine", "Grüße")))
    message = message_from_string(completed(text, request).decode(), policy=policy.default)
    assert (message["Reply-To"], message["X-Mine"]) == ("help@example.com", "Grüße")
    assert message["Date"]
    assert message.get_payload() == "first\n\nsecond"
    with pytest.raises(ValueError, match="linefeed"):
        completed(text, Sending("f", headers=(("X-Mine", "a\nBcc: spy@example.com"),)))
