"""What people have to show besides their password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from preamp.definition.auth.messages import LONGEST_SMS, code_message
from preamp.definition.options import check_choice, check_flag, check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.site import Site
    from preamp.definition.auth.login import Login
    from preamp.definition.auth.senders import Senders

Mode = Literal["OFF", "OPTIONAL", "REQUIRED"]

_MODES: Final = ("OFF", "OPTIONAL", "REQUIRED")
_CODE: Final = "InvalidMultifactorError"


class SmsFactor(TypedDict):
    """A code by text message.

    Attributes:
        sms_message: The message, of what makes the code.
    """

    sms_message: Callable[[Callable[[], str]], str]


class Multifactor(TypedDict, total=False):
    """What people have to show besides their password.

    Attributes:
        mode: Whether they have to: ``OFF``, ``OPTIONAL`` or ``REQUIRED``.
        totp: Whether a code of an authenticator app counts.
        sms: Whether a code by text message counts: a boolean, or the message.
        email: Whether a code by e-mail counts.
    """

    mode: Mode
    totp: bool
    sms: bool | SmsFactor
    email: bool


@dataclass(frozen=True)
class Factors:
    """Second factors, checked.

    Attributes:
        mode: Whether people have to show one.
        totp: Whether a code of an authenticator app counts.
        sms: Whether a code by text message counts.
        email: Whether a code by e-mail counts.
        sms_message: The message with the code, with its mark.
    """

    mode: Mode
    totp: bool = False
    sms: bool = False
    email: bool = False
    sms_message: str | None = None


def read_factors(
    given: object, login: Login, senders: Senders, site: Site | None
) -> Factors | None:
    """Check ``multifactor``.

    Args:
        given: The option; None if it is left out.
        login: How people sign in.
        senders: Who sends messages.
        site: The user's line.

    Raises:
        UserError: ``InvalidMultifactorError``, ``MessageTemplateError`` or
            ``InvalidPasswordlessConfigError``.
    """
    if given is None:
        return None
    options = check_options(given, ("mode", "totp", "sms", "email"), "multifactor", site)
    check_choice(options.get("mode"), _MODES, _CODE, "multifactor.mode", site)
    sms = options.get("sms", False)
    message = None if isinstance(sms, bool) else _message(sms, site)
    for name in ("totp", "email"):
        check_flag(options.get(name, False), _CODE, f"multifactor.{name}", site)
    factors = Factors(
        options["mode"],
        options.get("totp", False),
        bool(sms),
        options.get("email", False),
        message,
    )
    _check_mode(factors, login, site)
    if factors.mode != "OFF":
        _check_email(factors, senders, site)
    return factors


def _message(given: Any, site: Site | None) -> str | None:  # noqa: ANN401
    options = check_options(given, ("sms_message",), "multifactor.sms", site)
    if "sms_message" not in options:
        raise _wrong("multifactor.sms has no sms_message", 'give "sms": True, or add it', site)
    return code_message(options["sms_message"], LONGEST_SMS, "multifactor.sms.sms_message", site)


def _check_mode(factors: Factors, login: Login, site: Site | None) -> None:
    any_factor = factors.totp or factors.sms or factors.email
    if factors.mode == "OFF":
        if any_factor:
            raise _wrong(
                "multifactor is OFF, but has factors",
                'choose the mode "OPTIONAL" or "REQUIRED", or leave the factors out',
                site,
            )
        return
    if not any_factor:
        raise _wrong(
            f"multifactor is {factors.mode}, but no factor counts",
            'add "totp": True, "sms": True or "email": True',
            site,
        )
    if login.phone and not factors.sms:
        raise _wrong(
            "people sign in by phone, but a code by text message is no second factor",
            'add "sms": True to multifactor, which Cognito wants then',
            site,
        )
    if factors.mode == "REQUIRED" and login.is_passwordless:
        raise UserError(
            "InvalidPasswordlessConfigError",
            "people can sign in without a password, but a second factor is REQUIRED",
            "Cognito has one of them: choose OPTIONAL, or take otp_login and web_authn out",
            sites=[site] if site else [],
        )


def _check_email(factors: Factors, senders: Senders, site: Site | None) -> None:
    if factors.email and not senders.sends_own_email:
        raise _wrong(
            "codes by e-mail are a second factor, but there is no sender for e-mails",
            'add senders={"email": {"from_email": …}}: Cognito sends them by SES alone',
            site,
        )


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
