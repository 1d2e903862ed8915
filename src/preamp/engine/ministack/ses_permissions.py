"""May this caller send from this address: what a policy for sending e-mail is held against.

ministack holds every send against the resource ``*`` and without condition keys, so that a
policy for one sender denies that sender too.

AWS: "Actions, resources, and condition keys for Amazon SES".
"""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.mail import Headers
from preamp.engine.mail_addresses import addresses, name_and_address
from preamp.engine.ministack.repetitions import read_form
from preamp.engine.ministack.ses import decoded, json_object
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_ANYTHING: Final = "*"
_SENDS: Final = "ses:Send"
_OUTBOUND: Final = "outbound-"
_RECIPIENT: Final = (".ToAddresses.member.", ".CcAddresses.member.", ".BccAddresses.member.")


def sending_permissions() -> Mend:
    """Hold a send against the sender's identity, with its condition keys."""
    return Mend(
        name="permission to send e-mail",
        reference="Actions, resources, and condition keys for Amazon SES",
        symbols=(
            Symbol(
                "core.iam_actions:extract_resource_arn",
                "service method path headers body query_params region account_id",
            ),
            Symbol(
                "core.iam_evaluator:enforce",
                "access_key_id iam_action service region resource_arn service_context",
            ),
            Symbol("services.ses:_identities"),
        ),
        apply=_apply,
    )


@dataclass(frozen=True)
class Mail:
    """What permissions know of a message.

    Attributes:
        sender: Name and address it comes from.
        recipients: Addresses it goes to.
    """

    sender: str = ""
    recipients: tuple[str, ...] = ()
    address: str = field(init=False)
    display_name: str = field(init=False)

    def __post_init__(self) -> None:
        name, address = name_and_address(self.sender)
        object.__setattr__(self, "display_name", name)
        object.__setattr__(self, "address", address)

    def condition_keys(self) -> dict[str, Any]:
        """The values that a policy's conditions see."""
        keys: dict[str, Any] = {"ses:FromAddress": self.address}
        if self.display_name:
            keys["ses:FromDisplayName"] = self.display_name
        if self.recipients:
            keys["ses:Recipients"] = list(self.recipients)
        return keys


def read_mail(path: str, body: bytes) -> Mail:
    """What a send request of either API version says of its message.

    Args:
        path: The request's path; SES v2 is told by it.
        body: Its body.
    """
    return _read_v2(body) if _OUTBOUND in path else _read_v1(body)


def _apply(_: Tools) -> None:
    sending: contextvars.ContextVar[Mail | None] = contextvars.ContextVar(
        "preamp_permission_to_send", default=None
    )
    _apply_resource(sending)
    _apply_conditions(sending)


def _apply_resource(sending: contextvars.ContextVar[Mail | None]) -> None:
    actions = module("core.iam_actions")
    upstream: Callable[..., str] = actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        found = upstream(service, method, path, headers, body, query_params, region, account_id)
        sending.set(None)
        if service != "ses" or found != _ANYTHING:
            return found
        mail = read_mail(path, body)
        if not mail.address:
            return found
        sending.set(mail)
        return f"arn:aws:ses:{region}:{account_id}:identity/{_identity_of(mail.address)}"

    actions.extract_resource_arn = extract_resource_arn


def _apply_conditions(sending: contextvars.ContextVar[Mail | None]) -> None:
    evaluator = module("core.iam_evaluator")
    upstream: Callable[..., object] = evaluator.enforce

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = _ANYTHING,
        service_context: dict[str, Any] | None = None,
    ) -> object:
        mail = sending.get()
        if mail is not None and iam_action.startswith(_SENDS):
            service_context = {**(service_context or {}), **mail.condition_keys()}
        return upstream(access_key_id, iam_action, service, region, resource_arn, service_context)

    evaluator.enforce = enforce


def _identity_of(address: str) -> str:
    """The identity a message is sent by: the address if that is one, else its domain."""
    identities = module("services.ses")._identities  # noqa: SLF001
    domain = address.rpartition("@")[2]
    return address if address in identities or domain not in identities else domain


def _read_v1(body: bytes) -> Mail:
    form = read_form(body.decode("utf-8", "replace"), keep_blank_values=True)
    source = form.get("Source", [""])[0]
    if form.get("Action") == ["SendRawEmail"]:
        named = _indexed(form, ("Destinations.member.",))
        return _read_raw(decoded(form.get("RawMessage.Data", [""])[0]), source, named)
    return Mail(source, tuple(addresses(_indexed(form, _RECIPIENT))))


def _indexed(form: dict[str, list[str]], parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        values[0] for name, values in form.items() if any(part in f".{name}" for part in parts)
    )


def _read_v2(body: bytes) -> Mail:
    content = json_object(body)
    destination = content.get("Destination") or {}
    named = tuple(address for kind in destination.values() for address in kind)
    source = str(content.get("FromEmailAddress", ""))
    raw = (content.get("Content") or {}).get("Raw")
    if raw:
        return _read_raw(decoded(raw.get("Data", "")), source, named)
    return Mail(source, tuple(addresses(named)))


def _read_raw(raw: bytes, source: str, recipients: tuple[str, ...]) -> Mail:
    headers = Headers(raw)
    named = [text for kind in ("to", "cc", "bcc") for text in headers.texts(kind)]
    return Mail(source or headers.text("from"), tuple(addresses(recipients or named)))
