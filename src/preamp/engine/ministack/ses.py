"""Every message SES accepts goes whole into the mail store, and nowhere else.

ministack keeps a few fields in memory and would send real mail if it were told a server. Its
relay is the one place all accepted messages pass; raw ones are taken from the request, because
the relay damages them.

AWS: "SendRawEmail" (SES API v1), "SendEmail" (SES API v2).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import base64
import binascii
import contextvars
import json
from dataclasses import dataclass, field
from email import message_from_string, policy
from typing import TYPE_CHECKING, Any

from preamp.engine.mail import Envelope, Headers
from preamp.engine.mail_addresses import addresses
from preamp.engine.ministack.composed_mail import composed, header_line
from preamp.engine.ministack.principals import function_of
from preamp.engine.ministack.repetitions import date_now, read_form
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from email.message import EmailMessage

    from preamp.engine.mail import MailStore

Response = tuple[int, dict[str, str], bytes]

_HANDLE = "method path headers body query_params"
_COMPOSE = "source to_addrs cc_addrs bcc_addrs subject body_text body_html message_id"


def mail_store() -> Mend:
    """Keep whole messages on disk instead of a few fields in memory."""
    return Mend(
        name="mail store",
        reference="SendRawEmail, SES API reference",
        symbols=(
            Symbol("services.ses:handle_request", _HANDLE),
            Symbol("services.ses_v2:handle_request", _HANDLE),
            Symbol("services.ses:_smtp_relay", "source to_addrs message_str"),
            Symbol("services.ses_v2:_smtp_relay", "source to_addrs message_str"),
            Symbol("services.ses:_build_mime_message", _COMPOSE),
            Symbol("services.ses_v2:_build_mime_message", _COMPOSE),
            Symbol("services.lambda_svc:_functions"),
            Symbol("core.iam_evaluator:request_caller_arn", "headers query_params"),
        ),
        apply=_apply,
    )


@dataclass(frozen=True)
class Sending:
    """What of a send request the relay is not told.

    Attributes:
        source: The function or caller that sends.
        raw: The message itself, if the request carries it.
        recipients: Those the request names beside the message's own headers.
        sender: The sender the request names.
        headers: More headers of the message.
        attachments: Attachments of the message, as SES v2 describes them.
    """

    source: str
    raw: bytes | None = None
    recipients: tuple[str, ...] = ()
    sender: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Mapping[str, str], ...] = field(default=())


def _apply(tools: Tools) -> None:
    sending: contextvars.ContextVar[Sending | None] = contextvars.ContextVar(
        "preamp_sending", default=None
    )

    def relay(source: str, to_addrs: list[str], message_str: str) -> None:
        # Cognito sends through here too, without a request.
        request = sending.get() or Sending("")
        if request.raw is None:
            envelope = Envelope(source, tuple(to_addrs), request.source)
            tools.mail.add(completed(message_str, request), envelope)

    for name, read in (("services.ses", _read_v1), ("services.ses_v2", _read_v2)):
        service = module(name)
        service._smtp_relay = relay
        service._build_mime_message = composed
        _note_requests(service, read, sending, tools.mail)


def _note_requests(
    service: Upstream,
    read: Callable[[bytes, str], Sending],
    sending: contextvars.ContextVar[Sending | None],
    mail: MailStore,
) -> None:
    upstream: Callable[..., Awaitable[Response]] = service.handle_request

    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Response:
        request = read(body, _caller(headers, query_params))
        token = sending.set(request)
        try:
            response = await upstream(method, path, headers, body, query_params)
        finally:
            sending.reset(token)
        if request.raw is not None and response[0] == 200:  # noqa: PLR2004
            mail.add(request.raw, _raw_envelope(request.raw, request))
        return response

    service.handle_request = handle_request


def _caller(headers: dict[str, str], query_params: dict[str, list[str]]) -> str:
    arn = str(module("core.iam_evaluator").request_caller_arn(headers, query_params))
    return function_of(arn) or arn


def _read_v1(body: bytes, source: str) -> Sending:
    form = read_form(body.decode("utf-8", "replace"), keep_blank_values=True)
    if form.get("Action") == ["SendRawEmail"]:
        raw = decoded(form.get("RawMessage.Data", [""])[0])
        recipients = _members(form, "Destinations.member.")
        return Sending(source, raw, recipients, form.get("Source", [""])[0])
    reply_to = _members(form, "ReplyToAddresses.member.")
    return Sending(source, headers=_reply_to(reply_to))


def _members(form: dict[str, list[str]], prefix: str) -> tuple[str, ...]:
    return tuple(values[0] for name, values in form.items() if name.startswith(prefix))


def _read_v2(body: bytes, source: str) -> Sending:
    content = json_object(body)
    message = content.get("Content") or {}
    if "Raw" in message:
        destination = content.get("Destination") or {}
        recipients = tuple(address for kind in destination.values() for address in kind)
        raw = decoded(message["Raw"].get("Data", ""))
        return Sending(source, raw, recipients, content.get("FromEmailAddress", ""))
    details = message.get("Simple") or message.get("Template") or {}
    headers = tuple((item["Name"], item["Value"]) for item in details.get("Headers") or ())
    return Sending(
        source,
        headers=(*_reply_to(content.get("ReplyToAddresses") or ()), *headers),
        attachments=tuple(details.get("Attachments") or ()),
    )


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body; an empty one if there is none."""
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _reply_to(addresses: tuple[str, ...] | list[str]) -> tuple[tuple[str, str], ...]:
    return (("Reply-To", ", ".join(addresses)),) if addresses else ()


def decoded(data: str) -> bytes:
    """The bytes of a base64 text; the text itself if it is none."""
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return data.encode()


def _raw_envelope(raw: bytes, request: Sending) -> Envelope:
    headers = Headers(raw)
    named = [text for kind in ("to", "cc", "bcc") for text in headers.texts(kind)]
    recipients = request.recipients or tuple(addresses(named))
    return Envelope(request.sender or headers.text("from"), recipients, request.source)


def completed(text: str, request: Sending) -> bytes:
    """The whole message: what ministack composed, with what it leaves out.

    Args:
        text: What it composed.
        request: What it does not know.
    """
    lines = [f"Date: {date_now()}\n", *(header_line(*header) for header in request.headers)]
    head, _, body = text.partition("\n\n")
    whole = f"{head}\n{''.join(lines)}\n{body}"
    if not request.attachments:
        return whole.encode("utf-8", "surrogateescape")
    message: EmailMessage = message_from_string(whole, policy=policy.default)
    for attachment in request.attachments:
        kind, _, subtype = attachment.get("ContentType", "").partition("/")
        message.add_attachment(
            decoded(attachment["RawContent"]),
            maintype=kind or "application",
            subtype=subtype or "octet-stream",
            filename=attachment["FileName"],
        )
    return message.as_bytes()
