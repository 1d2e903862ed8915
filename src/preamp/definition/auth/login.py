"""How people sign in: by e-mail address, phone number, passkey or a provider elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from preamp.definition.auth.messages import (
    LONGEST_EMAIL,
    LONGEST_SMS,
    code_message,
    invitation_message,
    link_message,
    subject,
)
from preamp.definition.auth.providers import External, read_external
from preamp.definition.options import check_choice, check_flag, check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.contract.site import Site
    from preamp.definition.auth.providers import ExternalProviders

Challenge = Literal["EMAIL_OTP", "SMS_OTP", "PASSWORD", "WEB_AUTHN"]
EmailStyle = Literal["CODE", "LINK"]
UserVerification = Literal["required", "preferred"]

CHALLENGES: Final = ("EMAIL_OTP", "SMS_OTP", "PASSWORD", "WEB_AUTHN")
AUTOMATIC: Final = "AUTO"
"""The relying party that is where the app is."""

_LABEL: Final = r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_CODE: Final = "InvalidLoginError"


class UserInvitation(TypedDict, total=False):
    """What somebody is told whom an administrator adds.

    Attributes:
        email_subject: Of the e-mail.
        email_body: Its text, of what makes the user's name and the temporary password.
        sms_message: The same for a text message.
    """

    email_subject: str
    email_body: Callable[[Callable[[], str], Callable[[], str]], str]
    sms_message: Callable[[Callable[[], str], Callable[[], str]], str]


class EmailLogin(TypedDict, total=False):
    """Signing in by e-mail address.

    Attributes:
        verification_email_style: Whether a new address is confirmed by a code or by a link; a code
            if left out.
        verification_email_subject: Of that e-mail.
        verification_email_body: Its text, of what makes the code or the link.
        user_invitation: What somebody is told whom an administrator adds.
        otp_login: Whether one can sign in by a code alone.
    """

    verification_email_style: EmailStyle
    verification_email_subject: str
    verification_email_body: Callable[[Callable[..., str]], str]
    user_invitation: UserInvitation
    otp_login: bool


class PhoneLogin(TypedDict, total=False):
    """Signing in by phone number.

    Attributes:
        verification_message: The text that confirms a new number, of what makes the code.
        otp_login: Whether one can sign in by a code alone.
    """

    verification_message: Callable[[Callable[[], str]], str]
    otp_login: bool


class WebAuthnLogin(TypedDict, total=False):
    """Signing in by passkey.

    Attributes:
        relying_party_id: The domain that passkeys are for; ``AUTO`` if left out.
        user_verification: Whether the device has to know its user; ``preferred`` if left out.
    """

    relying_party_id: str
    user_verification: UserVerification


class LoginWith(TypedDict, total=False):
    """How people sign in; at least by e-mail address or phone number.

    Attributes:
        email: By e-mail address: True, or options.
        phone: By phone number: True, or options.
        web_authn: By passkey: True, or options.
        external_providers: By an account elsewhere.
    """

    email: Literal[True] | EmailLogin
    phone: Literal[True] | PhoneLogin
    web_authn: Literal[True] | WebAuthnLogin
    external_providers: ExternalProviders


class PasswordlessOptions(TypedDict, total=False):
    """What frontends are told of signing in without a password.

    Attributes:
        preferred_challenge: What they should ask for first.
    """

    preferred_challenge: Challenge


@dataclass(frozen=True)
class Invitation:
    """Texts of an invitation, with marks; None leaves one to Cognito."""

    email_subject: str | None = None
    email_body: str | None = None
    sms_message: str | None = None


@dataclass(frozen=True)
class Email:
    """Signing in by e-mail address, checked; texts have their marks.

    Attributes:
        style: How a new address is confirmed.
        subject: Of that e-mail.
        body: Its text.
        invitation: What somebody is told whom an administrator adds.
        otp: Whether one can sign in by a code alone.
    """

    style: EmailStyle | None = None
    subject: str | None = None
    body: str | None = None
    invitation: Invitation | None = None
    otp: bool = False


@dataclass(frozen=True)
class Phone:
    """Signing in by phone number, checked.

    Attributes:
        message: The text that confirms a new number.
        otp: Whether one can sign in by a code alone.
    """

    message: str | None = None
    otp: bool = False


@dataclass(frozen=True)
class WebAuthn:
    """Signing in by passkey, checked."""

    relying_party_id: str = AUTOMATIC
    user_verification: UserVerification = "preferred"


@dataclass(frozen=True)
class Login:
    """How people sign in, checked; None is a way that is not open."""

    email: Email | None
    phone: Phone | None
    web_authn: WebAuthn | None
    external: External | None

    @property
    def challenges(self) -> list[Challenge]:
        """What can be asked of somebody who signs in."""
        found: list[Challenge] = ["PASSWORD"]
        if self.email and self.email.otp:
            found.append("EMAIL_OTP")
        if self.phone and self.phone.otp:
            found.append("SMS_OTP")
        if self.web_authn:
            found.append("WEB_AUTHN")
        return found

    @property
    def is_passwordless(self) -> bool:
        """Whether one can sign in without a password."""
        return len(self.challenges) > 1


def read_login(given: object, site: Site | None) -> Login:
    """Check ``login_with``.

    Raises:
        UserError: ``AuthLoginMissingError``, ``InvalidLoginError``, ``MessageTemplateError``,
            ``InvalidPasswordlessConfigError``, or as `read_external`.
    """
    known = ("email", "phone", "web_authn", "external_providers")
    options = check_options(given, known, "login_with", site)
    email, phone = options.get("email"), options.get("phone")
    if not _is_open(email) and not _is_open(phone):
        raise UserError(
            "AuthLoginMissingError",
            "login_with has neither email nor phone",
            'add "email": True or "phone": True; passkeys and external providers come on top',
            sites=[site] if site else [],
        )
    web_authn, external = options.get("web_authn"), options.get("external_providers")
    return Login(
        _email(email, site) if _is_open(email) else None,
        _phone(phone, site) if _is_open(phone) else None,
        _web_authn(web_authn, site) if _is_open(web_authn) else None,
        None if external is None else read_external(external, site),
    )


def check_preferred(preferred: object, login: Login, site: Site | None) -> None:
    """Refuse a challenge that nobody can be asked.

    Raises:
        UserError: ``InvalidPasswordlessConfigError``.
    """
    option = "preferred_challenge"
    code = "InvalidPasswordlessConfigError"
    check_choice(preferred, CHALLENGES, code, option, site)
    if preferred in login.challenges:
        return
    opening = {
        "EMAIL_OTP": '"email": {"otp_login": True}',
        "SMS_OTP": '"phone": {"otp_login": True}',
        "WEB_AUTHN": '"web_authn": True',
    }
    raise UserError(
        code,
        f"{option} is {preferred!r}, which nobody can be asked",
        f"add {opening[str(preferred)]} to login_with, or prefer {' or '.join(login.challenges)}",
        sites=[site] if site else [],
    )


def _is_open(given: object) -> bool:
    return given is not None and given is not False


def _settings(given: object, known: tuple[str, ...], option: str, site: Site | None) -> Any:  # noqa: ANN401
    """The options of a way to sign in, which may be True."""
    settings: Mapping[str, Any] = {} if given is True else check_options(given, known, option, site)
    return settings


def _email(given: object, site: Site | None) -> Email:
    style, body = "verification_email_style", "verification_email_body"
    about = "verification_email_subject"
    known = (style, about, body, "user_invitation", "otp_login")
    options = _settings(given, known, "login_with.email", site)
    if options.get(style) is not None:
        check_choice(options[style], ("CODE", "LINK"), _CODE, style, site)
    text = (
        link_message(options.get(body), body, site)
        if options.get(style) == "LINK"
        else code_message(options.get(body), LONGEST_EMAIL, body, site)
    )
    otp = options.get("otp_login", False)
    check_flag(otp, _CODE, "login_with.email.otp_login", site)
    invitation = options.get("user_invitation")
    return Email(
        options.get(style),
        subject(options.get(about), about, site),
        text,
        None if invitation is None else _invitation(invitation, site),
        otp,
    )


def _invitation(given: object, site: Site | None) -> Invitation:
    known = ("email_subject", "email_body", "sms_message")
    options = check_options(given, known, "user_invitation", site)
    body, sms = options.get("email_body"), options.get("sms_message")
    return Invitation(
        subject(options.get("email_subject"), "user_invitation.email_subject", site),
        invitation_message(body, LONGEST_EMAIL, "user_invitation.email_body", site),
        invitation_message(sms, LONGEST_SMS, "user_invitation.sms_message", site),
    )


def _phone(given: object, site: Site | None) -> Phone:
    options = _settings(given, ("verification_message", "otp_login"), "login_with.phone", site)
    otp = options.get("otp_login", False)
    check_flag(otp, _CODE, "login_with.phone.otp_login", site)
    message = options.get("verification_message")
    return Phone(code_message(message, LONGEST_SMS, "verification_message", site), otp)


def _web_authn(given: object, site: Site | None) -> WebAuthn:
    party, verification = "relying_party_id", "user_verification"
    options = _settings(given, (party, verification), "login_with.web_authn", site)
    found = WebAuthn(options.get(party, AUTOMATIC), options.get(verification, "preferred"))
    check_choice(found.user_verification, ("required", "preferred"), _CODE, verification, site)
    domain: object = found.relying_party_id
    if isinstance(domain, str) and _DOMAIN.fullmatch(domain):
        return found
    raise UserError(
        "InvalidPasswordlessConfigError",
        f"the relying party {domain!r} is no domain",
        'give a domain without protocol or port, such as "app.example.com", "localhost" for '
        'development, or "AUTO"',
        sites=[site] if site else [],
    )
