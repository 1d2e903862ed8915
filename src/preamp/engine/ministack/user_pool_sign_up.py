"""Sign-up and a forgotten password: codes that are random, sent where AWS sends them, and checked.

ministack sends the same code to everybody, by e-mail alone, and does not mark what was proven.

AWS: "Signing up and confirming user accounts", "Recovering user accounts" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pool_codes import issue, redeem
from preamp.engine.ministack.user_pool_messages import (
    PHONE,
    SYMBOLS,
    Messenger,
    customizing,
    delivery,
)
from preamp.engine.ministack.user_pools import (
    OK,
    Data,
    RefusedError,
    Request,
    Response,
    answer,
    content_of,
    refusing,
)
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Data], Response]

_HANDLERS: Final = (
    "_sign_up",
    "_confirm_sign_up",
    "_resend_confirmation_code",
    "_forgot_password",
    "_confirm_forgot_password",
    "_admin_reset_user_password",
)
_UNCONFIRMED: Final = "UNCONFIRMED"
_VERIFIABLE: Final = (PHONE, "email")
_RECOVERY: Final = {"verified_phone_number": PHONE, "verified_email": "email"}
_ANY_RECOVERY: Final = ({"Name": "verified_phone_number"}, {"Name": "verified_email"})


def user_pool_sign_up() -> Mend:
    """Send and check codes of users who sign up or forgot their password."""
    return Mend(
        name="codes of user pools",
        reference="Signing up and confirming user accounts",
        symbols=(
            *SHARED,
            *SYMBOLS,
            *(Symbol(f"services.cognito:{name}", "data") for name in _HANDLERS),
            Symbol("services.cognito:_confirmation_code_error", "action data"),
            Symbol(
                "services.cognito:_send_verification_email",
                "pool username attr_dict code attribute_name",
            ),
            Symbol("services.cognito:_validate_password", "pool password"),
            Symbol(
                "services.cognito:_apply_custom_message_trigger",
                "pool trigger_source username user_attrs client_metadata username_parameter",
            ),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    cognito = module("services.cognito")
    messenger = Messenger.of(tools)
    # Codes are sent and checked here.
    cognito._send_verification_email = _nothing
    cognito._confirmation_code_error = _nothing
    cognito._apply_custom_message_trigger = customizing
    for name, mend in (
        ("_sign_up", _signing_up),
        ("_confirm_sign_up", _confirming),
        ("_resend_confirmation_code", _resending),
        ("_forgot_password", _forgetting),
        ("_confirm_forgot_password", _resetting),
        ("_admin_reset_user_password", _resetting_for),
    ):
        upstream = getattr(cognito, name)
        setattr(cognito, name, refusing(mend(cognito, messenger, upstream)))


def _nothing(*_: Any, **__: Any) -> None:  # noqa: ANN401 - stands for functions of upstream's
    pass


def _signing_up(cognito: Upstream, messenger: Messenger, upstream: Handler) -> Handler:
    def sign_up(data: Data) -> Response:
        response = upstream(data)
        if response[0] != OK:
            return response
        content = content_of(response)
        content.pop("CodeDeliveryDetails", None)
        signing = Request.of(cognito, {**data, "Username": content["UserSub"]})
        if signing is not None:
            _begin_unverified(signing)
            if not content["UserConfirmed"]:
                content.update(_sent(messenger, signing, "SignUp"))
        return answer(content)

    return sign_up


def _begin_unverified(signing: Request) -> None:
    given = signing.attributes()
    unproven = {f"{each}_verified": "false" for each in _VERIFIABLE if each in given}
    signing.set_attributes(**{**unproven, **{k: given[k] for k in unproven if k in given}})
    signing.known_user.pop("_confirmation_code", None)


def _sent(messenger: Messenger, request: Request, occasion: str) -> Data:
    """Send a code for confirmation; where none is to be verified, none is sent."""
    attribute = attribute_to_verify(request)
    if attribute is None:
        return {}
    code = issue(request.known_user, "sign-up", attribute)
    return {"CodeDeliveryDetails": messenger.send(request, occasion, attribute, code)}


def attribute_to_verify(request: Request) -> str | None:
    """Return the attribute that a user proves by confirming, None if there is none.

    A phone number comes first where both would do.
    """
    verified = request.pool.get("AutoVerifiedAttributes") or ()
    given = request.attributes()
    return next((each for each in _VERIFIABLE if each in verified and given.get(each)), None)


def _confirming(cognito: Upstream, _: Messenger, upstream: Handler) -> Handler:
    def confirm_sign_up(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is None or request.user is None:
            return upstream(data)
        user = request.known_user
        if user["UserStatus"] != _UNCONFIRMED:
            status = user["UserStatus"]
            message = f"User cannot be confirmed. Current status is {status}"
            raise RefusedError(message, "NotAuthorizedException")
        attribute = redeem(user, "sign-up", data.get("ConfirmationCode"))
        request.set_attributes(**{f"{attribute}_verified": "true"})
        return upstream(data)

    return confirm_sign_up


def _resending(cognito: Upstream, messenger: Messenger, upstream: Handler) -> Handler:
    def resend_confirmation_code(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is None or request.user is None:
            return upstream(data)
        if request.known_user["UserStatus"] != _UNCONFIRMED:
            raise RefusedError("User is already confirmed.", "InvalidParameterException")
        sent = _sent(messenger, request, "ResendCode")
        if not sent:
            message = "Cannot resend codes. Auto verification not turned on."
            raise RefusedError(message, "InvalidParameterException")
        return answer(sent)

    return resend_confirmation_code


def _forgetting(cognito: Upstream, messenger: Messenger, upstream: Handler) -> Handler:
    def forgot_password(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is None or request.user is None:
            return upstream(data)
        return answer({"CodeDeliveryDetails": _recover(messenger, request)})

    return forgot_password


def _recover(messenger: Messenger, request: Request) -> Data:
    attribute = _attribute_to_recover_by(request)
    if attribute is None:
        if request.cognito._hides_user_existence(request.pool, request.client_id):
            return delivery(request, "email", request.username)
        message = (
            "Cannot reset password for the user as there is no registered/verified email or "
            "phone_number"
        )
        raise RefusedError(message, "InvalidParameterException")
    code = issue(request.known_user, "password", attribute)
    return messenger.send(request, "ForgotPassword", attribute, code)


def _attribute_to_recover_by(request: Request) -> str | None:
    setting = request.pool.get("AccountRecoverySetting") or {}
    mechanisms = setting.get("RecoveryMechanisms") or _ANY_RECOVERY
    given = request.attributes()
    for each in sorted(mechanisms, key=lambda mechanism: int(mechanism.get("Priority", 0))):
        if each["Name"] == "admin_only":
            message = "Contact administrator to reset password."
            raise RefusedError(message, "NotAuthorizedException")
        attribute = _RECOVERY[each["Name"]]
        if given.get(attribute) and given.get(f"{attribute}_verified") == "true":
            return attribute
    return None


def _resetting(cognito: Upstream, _: Messenger, upstream: Handler) -> Handler:
    def confirm_forgot_password(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is None or request.user is None:
            return upstream(data)
        # A password that is refused does not use the code up.
        refused: Response | None = cognito._validate_password(
            request.pool, data.get("Password", "")
        )
        if refused:
            return refused
        redeem(request.known_user, "password", data.get("ConfirmationCode"))
        return upstream(data)

    return confirm_forgot_password


def _resetting_for(cognito: Upstream, messenger: Messenger, upstream: Handler) -> Handler:
    def admin_reset_user_password(data: Data) -> Response:
        response = upstream(data)
        request = Request.of(cognito, data)
        if response[0] == OK and request is not None:
            request.known_user.pop("_reset_code", None)
            _recover(messenger, request)
        return response

    return admin_reset_user_password
