"""Messages with codes: what they say, who is asked before, and where they go.

An e-mail goes the way of SES; a text message is kept beside the e-mails, so that both are read in
one place. A pool's own sender gets the code encrypted, and nothing is sent.

AWS: "Customizing email and SMS message content", "Custom message Lambda trigger", "Custom sender
Lambda triggers".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import formatdate
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from preamp.engine.mail import Envelope
from preamp.engine.ministack.sender_codes import SYMBOLS as SENDER
from preamp.engine.ministack.sender_codes import encrypted
from preamp.engine.ministack.upstream import Symbol
from preamp.engine.ministack.user_pools import NO_CLIENT, event_in, run_trigger

if TYPE_CHECKING:
    from preamp.engine.mail import MailStore
    from preamp.engine.ministack.upstream import Tools
    from preamp.engine.ministack.user_pools import Data, Request

PHONE: Final = "phone_number"
SIGN_IN: Final = "Authentication"
"""The occasion of a code that is entered to sign in."""

CONFIRMATION_PATH: Final = "/confirmUser"
"""Where the link of a message leads."""

_CUSTOM: Final = "CustomMessage"
_TEXTS: Final = ("smsMessage", "emailMessage", "emailSubject")
_BY_LINK: Final = "CONFIRM_WITH_LINK"
_CONFIRMING: Final = {"SignUp", "ResendCode"}
_LINK: Final = re.compile(r"\{##(?!##\})(.*?)##\}", re.DOTALL)
_SIGN_IN_SMS: Final = "Your authentication code is {####}. "
_SIGN_IN_EMAIL: Final = ("Your authentication code", "Your authentication code is {####}.")
_CODE_SMS: Final = "Your verification code is {####}. "
_TEXT_SENDER: Final = "SMS"

SYMBOLS: Final = (
    Symbol("services.cognito:_resolve_verification_template", "pool by_link"),
    Symbol("services.cognito:_deliver_cognito_email", "pool to_email subject body type_name extra"),
    Symbol("services.cognito:_template_username", "pool username attr_dict"),
    Symbol("services.cognito:_expand_template", "template username code"),
    Symbol("services.cognito:_masked_destination", "address"),
    *SENDER,
)
"""What of ministack's is used here."""


def text_message(number: str, text: str) -> bytes:
    """Write a text message as it is kept beside e-mails.

    Args:
        number: The phone number it goes to.
        text: What it says.
    """
    message = EmailMessage()
    message["From"] = _TEXT_SENDER
    message["To"] = number
    message["Subject"] = " ".join(text.split())
    message["Date"] = formatdate()
    message.set_content(text)
    return message.as_bytes()


class Messenger:
    """Sends codes.

    Args:
        mail: Where text messages are kept.
        endpoint: Where the engine is reached, for links.
    """

    def __init__(self, mail: MailStore, endpoint: str) -> None:
        self._mail = mail
        self._endpoint = endpoint

    @classmethod
    def of(cls, tools: Tools) -> Messenger:
        """Make one of what a mend is given."""
        return cls(tools.mail, f"http://127.0.0.1:{tools.setup.port}")

    def send(
        self,
        request: Request,
        occasion: str,
        attribute: str,
        code: str,
        address: str | None = None,
    ) -> Data:
        """Send a code to the owner of an attribute.

        Args:
            request: Who asked for it.
            occasion: The trigger's word for what it is for, such as ``SignUp``.
            attribute: ``email`` or ``phone_number``.
            code: The code.
            address: Where to, if it is not what the user has.

        Returns:
            The ``CodeDeliveryDetails`` of the answer.

        Raises:
            RefusedError: A trigger failed.
        """
        where = address or request.attributes()[attribute]
        sender = "CustomSMSSender" if attribute == PHONE else "CustomEmailSender"
        if request.has(sender):
            _hand_over(request, sender, occasion, code)
        elif attribute == PHONE:
            self._text(request, occasion, code, where)
        else:
            self._email(request, occasion, code, where)
        return delivery(request, attribute, where)

    def _text(self, request: Request, occasion: str, code: str, number: str) -> None:
        custom = _customized(request, occasion).get("smsMessage")
        text = _filled(request, custom or _sms_template(request.pool, occasion), code)
        self.text(number, text)

    def text(self, number: str, text: str) -> None:
        """Send a text message.

        Args:
            number: Who to.
            text: What it says.
        """
        self._mail.add(text_message(number, text), Envelope(_TEXT_SENDER, (number,), ""))

    def _email(self, request: Request, occasion: str, code: str, address: str) -> None:
        custom = _customized(request, occasion)
        subject, body = _email_template(request, occasion)
        subject = custom.get("emailSubject") or subject
        body = self._linked(request, custom.get("emailMessage") or body, code)
        request.cognito._deliver_cognito_email(
            request.pool,
            address,
            _filled(request, subject, code),
            _filled(request, body, code),
            type_name="CognitoVerificationMessage",
        )

    def _linked(self, request: Request, body: str, code: str) -> str:
        username = request.known_user["Username"]
        query = {"client_id": request.client_id, "user_name": username, "confirmation_code": code}
        link = f"{self._endpoint}{CONFIRMATION_PATH}?{urlencode(query)}"
        return _LINK.sub(lambda found: f'<a href="{link}">{found[1]}</a>', body)


def delivery(request: Request, attribute: str, address: str | None = None) -> Data:
    """Tell how a code was delivered, without telling where exactly.

    Args:
        request: Who asked for it.
        attribute: ``email`` or ``phone_number``.
        address: Where to, if it is not what the user has.
    """
    where = address if address is not None else request.attributes().get(attribute, "")
    if attribute == PHONE:
        masked = f"+{'*' * max(len(where) - 5, 7)}{where[-4:]}"
        return {"Destination": masked, "DeliveryMedium": "SMS", "AttributeName": PHONE}
    masked = request.cognito._masked_destination(where)
    return {"Destination": masked, "DeliveryMedium": "EMAIL", "AttributeName": "email"}


def _hand_over(request: Request, sender: str, occasion: str, code: str) -> None:
    kind = (
        "customSMSSenderRequestV1" if sender == "CustomSMSSender" else "customEmailSenderRequestV1"
    )
    key = request.pool["LambdaConfig"].get("KMSKeyID", "")
    content = {
        "type": kind,
        "code": encrypted(code, key, request.pool["Id"]),
        "clientMetadata": request.metadata,
    }
    request.call(sender, occasion, content, {})


def _customized(request: Request, occasion: str) -> Data:
    given = {
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": None,
        "clientMetadata": request.metadata,
    }
    return request.call(_CUSTOM, occasion, given, dict.fromkeys(_TEXTS))


def customizing(
    pool: Data,
    trigger_source: str,
    username: str,
    user_attrs: Data,
    client_metadata: Data | None = None,
    username_parameter: str = "{username}",
) -> Data:
    """Ask what an invitation is to say; takes the place of ministack's own.

    Raises:
        RefusedError: The trigger failed.
    """
    function = (pool.get("LambdaConfig") or {}).get(_CUSTOM)
    if not function:
        return {}
    about = {
        "userAttributes": user_attrs,
        "codeParameter": "{####}",
        "usernameParameter": username_parameter,
        "clientMetadata": client_metadata or {},
    }
    event = {
        **event_in(pool["Id"], NO_CLIENT),
        "userName": username,
        "triggerSource": trigger_source,
        "request": about,
        "response": dict.fromkeys(_TEXTS),
    }
    return run_trigger(_CUSTOM, function, event)


def _sms_template(pool: Data, occasion: str) -> str:
    if occasion == SIGN_IN:
        return str(pool.get("SmsAuthenticationMessage") or _SIGN_IN_SMS)
    template = pool.get("VerificationMessageTemplate") or {}
    return str(template.get("SmsMessage") or pool.get("SmsVerificationMessage") or _CODE_SMS)


def _email_template(request: Request, occasion: str) -> tuple[str, str]:
    pool = request.pool
    if occasion == SIGN_IN:
        subject, body = _SIGN_IN_EMAIL
        return (
            pool.get("_email_authentication_subject") or subject,
            pool.get("_email_authentication_message") or body,
        )
    template = pool.get("VerificationMessageTemplate") or {}
    by_link = template.get("DefaultEmailOption") == _BY_LINK and occasion in _CONFIRMING
    found: tuple[str, str] = request.cognito._resolve_verification_template(pool, by_link=by_link)
    return found


def _filled(request: Request, template: str, code: str) -> str:
    user = request.known_user
    name = request.cognito._template_username(request.pool, user["Username"], request.attributes())
    text: str = request.cognito._expand_template(template, name, code)
    return text
