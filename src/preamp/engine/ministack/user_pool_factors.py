"""The factors of a sign-in: which a pool has, and which of them a user has chosen.

AWS: "Adding MFA to a user pool", "SetUserMFAPreference" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.ministack.user_pool_codes import count_in_session
from preamp.engine.ministack.user_pool_messages import PHONE
from preamp.engine.ministack.user_pools import Data, RefusedError, Request

if TYPE_CHECKING:
    from collections.abc import Callable

TOTP: Final = "SOFTWARE_TOKEN_MFA"
TEXT_CODE: Final = "SMS_MFA"
EMAIL_CODE: Final = "EMAIL_OTP"

_SETTINGS: Final = {
    "SoftwareTokenMfaSettings": TOTP,
    "SMSMfaSettings": TEXT_CODE,
    "EmailMfaSettings": EMAIL_CODE,
}
_TYPE: Final = "AWS::Cognito::UserPool"
_PROVISIONERS: Final = "services.cloudformation.provisioners"
_NOTED: Final = {
    "EnabledMfas": "_enabled_mfas",
    "EmailAuthenticationMessage": "_email_authentication_message",
    "EmailAuthenticationSubject": "_email_authentication_subject",
}


def user_pool_factors() -> Mend:
    """Note what templates say of factors, which ministack passes over."""
    return Mend(
        name="factors of user pools",
        reference="AWS::Cognito::UserPool",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol("services.cognito:_user_pools"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handlers = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., tuple[str, Data]] = handlers["create"]
    update: Callable[..., tuple[str, Data]] = handlers["update"]

    def noting_create(logical_id: str, props: Data, stack_name: str) -> tuple[str, Data]:
        pool, attributes = create(logical_id, props, stack_name)
        _note(pool, props)
        return pool, attributes

    def noting_update(
        physical_id: str,
        old_props: Data,
        new_props: Data,
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, Data]:
        pool, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
        _note(pool, new_props)
        return pool, attributes

    handlers.update(create=noting_create, update=noting_update)


def _note(pool_id: str, props: Data) -> None:
    pool = module("services.cognito")._user_pools[pool_id]
    for name, noted in _NOTED.items():
        pool.pop(noted, None)
        if props.get(name):
            pool[noted] = props[name]


def factors_of(request: Request) -> list[str]:
    """Return the second factors that a user may be asked for.

    Args:
        request: Who signs in.
    """
    mode = request.pool.get("MfaConfiguration", "OFF")
    if mode == "OFF":
        return []
    user, given = request.known_user, request.attributes()
    chosen = set(user.get("_mfa_enabled") or ())
    if mode == "ON":
        # Whoever has a factor is asked for it, even if it was never chosen.
        chosen |= {TOTP} if user.get("_totp_secret") else set()
        chosen |= {TEXT_CODE} if given.get(PHONE) else set()
        chosen |= {EMAIL_CODE} if given.get("email_verified") == "true" else set()
    return [each for each in _factors_of_pool(request.pool) if each in chosen]


def _factors_of_pool(pool: Data) -> list[str]:
    enabled = pool.get("_enabled_mfas")
    if enabled is not None:
        return list(enabled)
    found = []
    if pool.get("SmsMfaConfiguration"):
        found.append(TEXT_CODE)
    if (pool.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled"):
        found.append(TOTP)
    if pool.get("EmailMfaConfiguration"):
        found.append(EMAIL_CODE)
    return found


def check_totp(request: Request, session: Data, code: str | None) -> None:
    """Take a code of the user's authenticator.

    Args:
        request: Who signs in.
        session: The sign-in's session.
        code: What was entered.

    Raises:
        RefusedError: It is wrong, or too many were.
    """
    count_in_session(session)
    user = request.known_user
    if not request.cognito._totp_matches(user.get("_totp_secret", ""), code):
        raise RefusedError("Invalid code received for user", "CodeMismatchException")


def set_preference(user: Data, data: Data) -> None:
    """Set which factors a user wants to be asked for; takes the place of ministack's own.

    Args:
        user: The user's record.
        data: The request.

    Raises:
        RefusedError: The user has no such factor.
    """
    for name, factor in _SETTINGS.items():
        settings = data.get(name)
        if settings is not None:
            _prefer(user, factor, settings)


def _prefer(user: Data, factor: str, settings: dict[str, Any]) -> None:
    chosen = [each for each in user.get("_mfa_enabled") or () if each != factor]
    if settings.get("Enabled"):
        _refuse_without(user, factor)
        chosen.append(factor)
    if user.get("_preferred_mfa") == factor:
        user["_preferred_mfa"] = ""
    if settings.get("Enabled") and settings.get("PreferredMfa"):
        user["_preferred_mfa"] = factor
    user["_mfa_enabled"] = chosen


def _refuse_without(user: Data, factor: str) -> None:
    names = {each["Name"] for each in user.get("Attributes", ()) if each.get("Value")}
    missing = {
        TOTP: not user.get("_totp_secret") and "User has not verified software token mfa",
        TEXT_CODE: PHONE not in names and "User does not have phone number attribute",
        EMAIL_CODE: "email" not in names and "User does not have email attribute",
    }[factor]
    if missing:
        raise RefusedError(missing, "InvalidParameterException")
