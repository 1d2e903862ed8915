"""The triggers of user pools that ministack does not call, and the words of a refusal.

PostConfirmation, PreAuthentication, PostAuthentication, UserMigration and PreSignUp of users that
an administrator makes are added. A trigger that fails refuses the request with its message, as on
AWS. Messages and tokens have their own triggers, and mends.

AWS: "Customizing user pool workflows with Lambda triggers".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pools import (
    NO_CLIENT,
    OK,
    Data,
    RefusedError,
    Request,
    Response,
    content_of,
    refusing,
    run_trigger,
)
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

_PASSWORD_FLOWS: Final = {"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}
_SIGN_IN_FLOWS: Final = {*_PASSWORD_FLOWS, "USER_SRP_AUTH", "USER_AUTH"}
_REFRESH_FLOWS: Final = {"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"}
_CONFIRMED: Final = "CONFIRMED"
_ROUND: Final = "pool_id client_id username user_attrs session"
_CHALLENGES: Final = (
    ("_invoke_define_auth_challenge_trigger", f"{_ROUND} client_metadata"),
    ("_invoke_create_auth_challenge_trigger", f"{_ROUND} client_metadata"),
    ("_invoke_verify_auth_challenge_trigger", f"{_ROUND} challenge_answer client_metadata"),
)
_TRIGGERS: Final = {
    "_invoke_define_auth_challenge_trigger": "DefineAuthChallenge",
    "_invoke_create_auth_challenge_trigger": "CreateAuthChallenge",
    "_invoke_verify_auth_challenge_trigger": "VerifyAuthChallengeResponse",
}


def user_pool_triggers() -> Mend:
    """Call every trigger a user pool has."""
    handlers = (
        "_sign_up _confirm_sign_up _admin_confirm_sign_up _forgot_password _confirm_forgot_password"
        " _initiate_auth _admin_initiate_auth _respond_to_auth_challenge"
        " _admin_respond_to_auth_challenge _admin_create_user"
    )
    return Mend(
        name="triggers of user pools",
        reference="Customizing user pool workflows with Lambda triggers",
        symbols=(
            *SHARED,
            *(Symbol(f"services.cognito:{name}", "data") for name in handlers.split()),
            Symbol(
                "services.cognito:_apply_presignup_trigger",
                "pool_id client_id username user_attrs trigger_source",
            ),
            Symbol("services.cognito:_build_presignup_event"),
            Symbol("services.cognito:_PreSignUpRejected"),
            Symbol("services.cognito:_username_alias_attribute", "pool username"),
            *(Symbol(f"services.cognito:{name}", parameters) for name, parameters in _CHALLENGES),
            *(Symbol(f"services.cognito:{_event_builder(name)}") for name, _ in _CHALLENGES),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    cognito = module("services.cognito")
    for name, source in (
        ("_confirm_sign_up", "ConfirmSignUp"),
        ("_admin_confirm_sign_up", "ConfirmSignUp"),
        ("_confirm_forgot_password", "ConfirmForgotPassword"),
    ):
        upstream = getattr(cognito, name)
        setattr(cognito, name, refusing(_confirming(cognito, upstream, source)))
    cognito._sign_up = refusing(_signing_up(cognito, cognito._sign_up))
    cognito._forgot_password = refusing(_forgetting(cognito, cognito._forgot_password))
    for name in ("_initiate_auth", "_admin_initiate_auth"):
        beginning = _beginning(cognito, getattr(cognito, name))
        setattr(cognito, name, refusing(_authenticating(cognito, beginning)))
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        setattr(cognito, name, refusing(_authenticating(cognito, getattr(cognito, name))))
    cognito._apply_presignup_trigger = _pre_sign_up(cognito)
    cognito._admin_create_user = refusing(_creating(cognito, cognito._admin_create_user))
    for name, trigger in _TRIGGERS.items():
        builder = getattr(cognito, _event_builder(name))
        setattr(cognito, name, _challenging(cognito, trigger, builder))


def _event_builder(name: str) -> str:
    return name.replace("_invoke_", "_build_").replace("_trigger", "_event")


def _challenging(
    cognito: Upstream, trigger: str, event_of: Callable[..., Data]
) -> Callable[..., tuple[Data, None]]:
    """Ask a trigger of custom challenges; one that fails refuses in its own words."""

    def invoke(pool_id: str, *details: Any) -> tuple[Data, None]:  # noqa: ANN401 - upstream's
        pool = cognito._user_pools.get(pool_id) or {}
        function = (pool.get("LambdaConfig") or {}).get(trigger)
        if not function:
            raise RefusedError(
                "Custom auth lambda trigger is not configured for the user pool.",
                "InvalidParameterException",
            )
        return {"response": run_trigger(trigger, function, event_of(pool_id, *details))}, None

    return invoke


def _creating(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def admin_create_user(data: Data) -> Response:
        pool, username = data.get("UserPoolId", ""), data.get("Username") or ""
        given = cognito._attr_list_to_dict(data.get("UserAttributes") or [])
        source = "PreSignUp_AdminCreateUser"
        if data.get("MessageAction") != "RESEND":
            try:
                cognito._apply_presignup_trigger(pool, NO_CLIENT, username, given, source)
            except cognito._PreSignUpRejected as rejected:
                raise RefusedError(str(rejected)) from rejected
        return upstream(data)

    return admin_create_user


def _confirming(
    cognito: Upstream, upstream: Callable[[Data], Response], source: str
) -> Callable[[Data], Response]:
    def confirm(data: Data) -> Response:
        response = upstream(data)
        sign = Request.of(cognito, data)
        if response[0] == OK and sign is not None:
            request = {"clientMetadata": data.get("ClientMetadata") or {}}
            sign.call("PostConfirmation", source, request, {})
        return response

    return confirm


def _signing_up(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    """A user that PreSignUp confirms is confirmed here."""
    confirming = _confirming(cognito, lambda _: (OK, {}, b""), "ConfirmSignUp")

    def sign_up(data: Data) -> Response:
        response = upstream(data)
        if response[0] == OK and content_of(response).get("UserConfirmed"):
            confirming(data)
        return response

    return sign_up


def _forgetting(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def forgot_password(data: Data) -> Response:
        sign = Request.of(cognito, data)
        if sign is not None and sign.user is None:
            _migrate(sign, "ForgotPassword", data, None)
        return upstream(data)

    return forgot_password


def _beginning(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def initiate(data: Data) -> Response:
        sign, flow = Request.of(cognito, data), data.get("AuthFlow")
        if sign is None or flow not in _SIGN_IN_FLOWS:
            return upstream(data)
        if sign.user is None and flow in _PASSWORD_FLOWS:
            _migrate(sign, "Authentication", data, data["AuthParameters"].get("PASSWORD"))
        is_unknown = sign.user is None
        if not is_unknown or cognito._hides_user_existence(sign.pool, sign.client_id):
            metadata = data.get("ClientMetadata") or {}
            request: Data = {"validationData": metadata, "userNotFound": is_unknown}
            sign.call("PreAuthentication", "Authentication", request, {})
        return upstream(data)

    return initiate


def _authenticating(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def authenticate(data: Data) -> Response:
        response = upstream(data)
        if response[0] != OK or data.get("AuthFlow") in _REFRESH_FLOWS:
            return response
        result = content_of(response).get("AuthenticationResult") or {}
        if "AccessToken" in result:
            user, pool = cognito._user_pool_for_access_token(result["AccessToken"])
            sign = Request(cognito, pool, data.get("ClientId", ""), user["Username"], {})
            metadata = data.get("ClientMetadata") if "ChallengeName" in data else None
            request = {"newDeviceUsed": False, "clientMetadata": metadata or {}}
            sign.call("PostAuthentication", "Authentication", request, {})
        return response

    return authenticate


def _migrate(sign: Request, source: str, data: Data, password: str | None) -> None:
    """Ask for a user nobody knows, and keep it if it is given."""
    metadata = data.get("ClientMetadata") or {}
    request = {"password": password, "validationData": metadata, "clientMetadata": metadata}
    response = dict.fromkeys(("userAttributes", "finalUserStatus", "messageAction"))
    try:
        found = sign.call("UserMigration", source, request, response)
    except RefusedError:
        # Whoever cannot be migrated stays unknown.
        return
    if found.get("userAttributes"):
        _keep(sign, found, password)


def _keep(sign: Request, found: Data, password: str | None) -> None:
    cognito, pool = sign.cognito, sign.pool
    given = {key: value for key, value in found["userAttributes"].items() if key != "username"}
    attributes: Data = {"sub": str(uuid.uuid4()), **given}
    username = sign.username
    alias = cognito._username_alias_attribute(pool, username)
    if alias:
        attributes.setdefault(alias, username)
        username = attributes["sub"]
    # A password that was seen is the user's; without one it is to be reset, which is under way.
    status = found.get("finalUserStatus") or (_CONFIRMED if password else "RESET_REQUIRED")
    now = int(time.time())
    pool["_users"][username] = {
        "Username": username,
        "Attributes": cognito._dict_to_attr_list(attributes),
        "UserCreateDate": now,
        "UserLastModifiedDate": now,
        "Enabled": True,
        "UserStatus": status,
        "MFAOptions": [],
        "_password": password or "",
        "_groups": [],
        "_tokens": [],
    }
    pool["EstimatedNumberOfUsers"] = len(pool["_users"])


def _pre_sign_up(cognito: Upstream) -> Callable[..., dict[str, bool]]:
    wishes = ("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone")

    def apply(
        pool_id: str,
        client_id: str,
        username: str,
        user_attrs: Data,
        trigger_source: str = "PreSignUp_ExternalProvider",
    ) -> dict[str, bool]:
        pool = cognito._user_pools.get(pool_id) or {}
        function = (pool.get("LambdaConfig") or {}).get("PreSignUp")
        if not function:
            return dict.fromkeys(wishes, False)
        event = cognito._build_presignup_event(
            pool_id=pool_id,
            client_id=client_id,
            username=username,
            user_attrs=user_attrs,
            trigger_source=trigger_source,
        )
        try:
            response = run_trigger("PreSignUp", function, event)
        except RefusedError as refused:
            raise cognito._PreSignUpRejected(str(refused)) from refused
        return {wish: bool(response.get(wish)) for wish in wishes}

    return apply
