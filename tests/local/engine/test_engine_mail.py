"""Every message SES accepts is kept whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from preamp.engine.client import EngineClient
from preamp.errors import UserError

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
_SENDER = "shop@example.com"


@pytest.fixture
def mail(engine: EngineConnection, client: ClientFactory) -> Iterator[EngineClient]:
    """The engine's mail store, empty, with a verified sender."""
    client("ses").verify_email_identity(EmailAddress=_SENDER)
    store = EngineClient(engine)
    store.clear_mail()
    yield store
    store.clear_mail()


def parsed(raw: bytes) -> EmailMessage:
    """Read a message."""
    return message_from_bytes(raw, policy=policy.default)


def with_attachment() -> EmailMessage:
    """A message with two bodies, an attachment and letters beyond ASCII."""
    message = EmailMessage()
    message["From"] = f"Der Laden <{_SENDER}>"
    message["To"] = "jo@example.com"
    message["Bcc"] = "boss@example.com"
    message["Subject"] = "Grüße"
    message["X-Mine"] = "kept"
    message.set_content("plain")
    message.add_alternative("<b>rich</b>", subtype="html")
    message.add_attachment(b"\x00\xff", maintype="image", subtype="png", filename="bild.png")
    return message


def test_a_text_message_is_kept_beside_the_mails(mail: EngineClient, client: ClientFactory) -> None:
    client("sns").publish(PhoneNumber="+4915100000001", Message="Grüße\nvom Laden")
    (summary,) = mail.mail()
    assert (summary.sender, summary.to) == ("SMS", ("+4915100000001",))
    assert summary.subject == "Grüße vom Laden"
    assert parsed(mail.raw_mail(summary.id)).get_content().rstrip() == "Grüße\nvom Laden"


def test_send_email(mail: EngineClient, client: ClientFactory) -> None:
    client("ses").send_email(
        Source=f"Shop <{_SENDER}>",
        Destination={
            "ToAddresses": ["jo@example.com"],
            "CcAddresses": ["al@example.com"],
            "BccAddresses": ["boss@example.com"],
        },
        ReplyToAddresses=["help@example.com"],
        Message={
            "Subject": {"Data": "Hallo"},
            "Body": {"Text": {"Data": "plain"}, "Html": {"Data": "<b>rich</b>"}},
        },
    )
    (summary,) = mail.mail()
    assert (summary.sender, summary.subject) == (_SENDER, "Hallo")
    assert summary.to == ("jo@example.com",)
    assert summary.cc == ("al@example.com",)
    assert summary.bcc == ("boss@example.com",)
    assert summary.attachments == ()
    message = parsed(mail.raw_mail(summary.id))
    assert message["Reply-To"] == "help@example.com"
    assert message["Date"]
    assert "Bcc" not in message
    plain, rich = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().strip() == "plain"
    assert rich.get_content().strip() == "<b>rich</b>"


def test_send_raw_email_keeps_every_byte(mail: EngineClient, client: ClientFactory) -> None:
    raw = with_attachment().as_bytes()
    client("ses").send_raw_email(RawMessage={"Data": raw})
    (summary,) = mail.mail()
    assert mail.raw_mail(summary.id) == raw
    assert summary.subject == "Grüße"
    assert summary.to == ("jo@example.com",)
    assert summary.bcc == ("boss@example.com",)
    assert summary.attachments == ("bild.png",)


def test_send_raw_email_keeps_letters_that_are_not_utf_8(
    mail: EngineClient, client: ClientFactory
) -> None:
    head = f"From: {_SENDER}\r\nTo: jo@example.com\r\nSubject: x\r\n"
    kind = "Content-Type: text/plain; charset=latin-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    raw = (head + kind).encode() + "Grüße".encode("latin-1")
    client("ses").send_raw_email(RawMessage={"Data": raw}, Destinations=["other@example.com"])
    (summary,) = mail.mail()
    assert mail.raw_mail(summary.id) == raw
    assert summary.bcc == ("other@example.com",)


def test_send_email_of_version_two(mail: EngineClient, client: ClientFactory) -> None:
    attachment = {"FileName": "a.txt", "RawContent": b"content", "ContentType": "text/plain"}
    client("sesv2").send_email(
        FromEmailAddress=_SENDER,
        Destination={"ToAddresses": ["jo@example.com"]},
        ReplyToAddresses=["help@example.com"],
        Content={
            "Simple": {
                "Subject": {"Data": "two"},
                "Body": {"Text": {"Data": "plain"}},
                "Headers": [{"Name": "X-Mine", "Value": "kept"}],
                "Attachments": [attachment],
            }
        },
    )
    client("sesv2").send_email(Content={"Raw": {"Data": with_attachment().as_bytes()}})
    raw, simple = mail.mail()
    assert (raw.sender, raw.to, raw.subject) == (_SENDER, ("jo@example.com",), "Grüße")
    assert mail.raw_mail(raw.id) == with_attachment_bytes_like(mail.raw_mail(raw.id))
    message = parsed(mail.raw_mail(simple.id))
    assert message["X-Mine"] == "kept"
    assert simple.attachments == ("a.txt",)
    (part,) = message.iter_attachments()
    assert part.get_content().strip() == "content"


def with_attachment_bytes_like(raw: bytes) -> bytes:
    """Check that a stored message is the one of `with_attachment`, whose boundary is random."""
    message = parsed(raw)
    assert message["X-Mine"] == "kept"
    assert [part.get_filename() for part in message.iter_attachments()] == ["bild.png"]
    return raw


def test_templates(mail: EngineClient, client: ClientFactory) -> None:
    template = {
        "TemplateName": "welcome",
        "SubjectPart": "Hi {{name}}",
        "TextPart": "Hello {{name}}",
    }
    client("ses").create_template(Template=template)
    client("ses").send_templated_email(
        Source=_SENDER,
        Destination={"ToAddresses": ["jo@example.com"]},
        Template="welcome",
        TemplateData='{"name": "Jo"}',
    )
    client("sesv2").send_email(
        FromEmailAddress=_SENDER,
        Destination={"ToAddresses": ["al@example.com"]},
        Content={"Template": {"TemplateName": "welcome", "TemplateData": '{"name": "Al"}'}},
    )
    assert [summary.subject for summary in mail.mail()] == ["Hi Al", "Hi Jo"]


def test_a_refused_message_is_not_kept(mail: EngineClient, client: ClientFactory) -> None:
    raw = with_attachment().as_bytes().replace(_SENDER.encode(), b"nobody@elsewhere.example")
    with pytest.raises(ClientError, match="not verified"):
        client("ses").send_raw_email(RawMessage={"Data": raw})
    assert mail.mail() == ()


def test_a_message_names_the_function_that_sent_it(
    mail: EngineClient, functions: Functions
) -> None:
    name = functions.create(
        """
        import boto3
        def handler(event, context):
            boto3.client(event).send_email(**(
                {"Source": "shop@example.com", "Destination": {"ToAddresses": ["a@b.example"]},
                 "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
                if event == "ses" else
                {"FromEmailAddress": "shop@example.com",
                 "Destination": {"ToAddresses": ["a@b.example"]},
                 "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}}
            ))
        """
    )
    for service in ("ses", "sesv2"):
        error, answer = functions.invoke(name, service)
        assert "FunctionError" not in answer, error
    assert [summary.source for summary in mail.mail()] == [name, name]


def test_an_unknown_message_is_a_users_error(mail: EngineClient) -> None:
    for message_id in ("nonsense", "..%2fengine.json", "0" * 16 + "-" + "0" * 8):
        with pytest.raises(UserError) as caught:
            mail.raw_mail(message_id)
        assert caught.value.code == "MailNotFoundError"
