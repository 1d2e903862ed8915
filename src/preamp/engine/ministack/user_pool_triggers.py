"""The triggers of user pools that ministack does not call, and the words of a refusal.

PostConfirmation, PreAuthentication, PostAuthentication, UserMigration, and CustomMessage for
messages with a code are added; the others are ministack's own.
A trigger that fails refuses the request with its message, as on AWS.

AWS: "Customizing user pool workflows with Lambda triggers".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PASSWORD_FLOWS: Final = {"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}
_SIGN_IN_FLOWS: Final = {*_PASSWORD_FLOWS, "USER_SRP_AUTH"}
_REFRESH_FLOWS: Final = {"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"}
_CONFIRMED: Final = "CONFIRMED"
_OK: Final = 200

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]


def user_pool_triggers() -> Mend:
    """Call every trigger a user pool has."""
    handlers = (
        "_sign_up _confirm_sign_up _admin_confirm_sign_up _forgot_password _confirm_forgot_password"
        " _initiate_auth _admin_initiate_auth _respond_to_auth_challenge"
        " _admin_respond_to_auth_challenge _resend_confirmation_code _admin_reset_user_password"
    )
    return Mend(
        name="triggers of user pools",
        reference="Customizing user pool workflows with Lambda triggers",
        symbols=(
            *(Symbol(f"services.cognito:{name}", "data") for name in handlers.split()),
            Symbol(
                "services.cognito:_apply_presignup_trigger",
                "pool_id client_id username user_attrs trigger_source",
            ),
            Symbol("services.cognito:_build_presignup_event"),
            Symbol(
                "services.cognito:_send_verification_email",
                "pool username attr_dict code attribute_name",
            ),
            Symbol("services.cognito:_PreSignUpRejected"),
            Symbol("services.cognito:_user_pools"),
            Symbol("services.cognito:_pool_for_client"),
            Symbol("services.cognito:_resolve_user", "pool username"),
            Symbol("services.cognito:_hides_user_existence", "pool client_id"),
            Symbol("services.cognito:_username_alias_attribute"),
            Symbol("services.cognito:_user_pool_for_access_token", "access_token"),
            Symbol("services.cognito:_attr_list_to_dict"),
            Symbol("services.cognito:_dict_to_attr_list"),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_execution_record_for_config", "func config"),
            Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
            Symbol("core.responses:error_response_json"),
        ),
        apply=_apply,
    )


class _RefusedError(Exception):
    """A trigger failed."""


@dataclass(frozen=True)
class _Sign:
    """Who is about to do something, in which pool."""

    cognito: Upstream
    pool: Data
    client_id: str
    username: str

    @classmethod
    def of(cls, cognito: Upstream, data: Data) -> _Sign | None:
        """Read a request; None if it names no pool."""
        client_id = data.get("ClientId") or "CLIENT_ID_NOT_APPLICABLE"
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if pool is None:
            pool, _ = cognito._pool_for_client(client_id)
        username = data.get("Username") or (data.get("AuthParameters") or {}).get("USERNAME")
        return cls(cognito, pool, client_id, username or "") if pool else None

    @property
    def user(self) -> Data | None:
        """The user's record."""
        user: Data | None = self.cognito._resolve_user(self.pool, self.username)[0]
        return user

    def has(self, trigger: str) -> bool:
        """Tell whether the pool has a trigger."""
        return bool((self.pool.get("LambdaConfig") or {}).get(trigger))

    def call(self, trigger: str, source: str, request: Data, response: Data) -> Data:
        """Call a trigger and return its response, an empty one if there is none.

        Raises:
            _RefusedError: The trigger failed.
        """
        if not self.has(trigger):
            return {}
        user = self.user
        attributes = self.cognito._attr_list_to_dict((user or {}).get("Attributes", []))
        event = {
            "version": "1",
            "region": self.pool["Id"].partition("_")[0],
            "userPoolId": self.pool["Id"],
            "userName": (user or {}).get("Username", self.username),
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown", "clientId": self.client_id},
            "triggerSource": f"{trigger}_{source}",
            "request": {"userAttributes": attributes, **request},
            "response": response,
        }
        return _run(trigger, self.pool["LambdaConfig"][trigger], event)


def _run(trigger: str, function: str, event: Data) -> Data:
    service = module("services.lambda_svc")
    func, config, _ = service._get_func_record_for_ref(function)
    if func is None or config is None:
        raise _RefusedError(f"{trigger} invocation failed due to error AccessDeniedException.")
    record = service._execution_record_for_config(func, config)
    result = service._execute_function_with_config_scope(record, event)
    body = result.get("body")
    if result.get("error"):
        message = body.get("errorMessage", body) if isinstance(body, dict) else body
        raise _RefusedError(f"{trigger} failed with error {message}.")
    answer = body.get("response") if isinstance(body, dict) else None
    return answer if isinstance(answer, dict) else {}


def _apply(_: Tools) -> None:
    cognito = module("services.cognito")
    for name, source in (
        ("_confirm_sign_up", "ConfirmSignUp"),
        ("_admin_confirm_sign_up", "ConfirmSignUp"),
        ("_confirm_forgot_password", "ConfirmForgotPassword"),
    ):
        upstream = getattr(cognito, name)
        setattr(cognito, name, _refusing(_confirming(cognito, upstream, source)))
    cognito._sign_up = _refusing(_signing_up(cognito, cognito._sign_up))
    cognito._forgot_password = _refusing(_forgetting(cognito, cognito._forgot_password))
    for name in ("_initiate_auth", "_admin_initiate_auth"):
        beginning = _beginning(cognito, getattr(cognito, name))
        setattr(cognito, name, _refusing(_authenticating(cognito, beginning)))
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        setattr(cognito, name, _refusing(_authenticating(cognito, getattr(cognito, name))))
    cognito._apply_presignup_trigger = _pre_sign_up(cognito)
    _apply_messages(cognito)


def _apply_messages(cognito: Upstream) -> None:
    again = contextvars.ContextVar("preamp_code_is_sent_again", default=False)
    resend: Callable[[Data], Response] = cognito._resend_confirmation_code

    def resend_confirmation_code(data: Data) -> Response:
        again.set(True)
        return resend(data)

    cognito._resend_confirmation_code = _refusing(resend_confirmation_code)
    cognito._admin_reset_user_password = _refusing(cognito._admin_reset_user_password)
    cognito._send_verification_email = _customizing(
        cognito, cognito._send_verification_email, again
    )


def _customizing(
    cognito: Upstream, upstream: Callable[..., Any], again: contextvars.ContextVar[bool]
) -> Callable[..., Any]:
    """Ask what a message with a code is to say."""

    def send(
        pool: Data, username: str, attr_dict: Data, code: str, attribute_name: str = "email"
    ) -> object:
        of_code = "ResendCode" if again.get() else "SignUp"
        source = "ForgotPassword" if attribute_name == "password" else of_code
        sign = _Sign(cognito, pool, "CLIENT_ID_NOT_APPLICABLE", username)
        request = {"codeParameter": "{####}", "usernameParameter": "{username}"}
        response = dict.fromkeys(("smsMessage", "emailMessage", "emailSubject"))
        custom = sign.call("CustomMessage", source, request, response)
        template = dict(pool.get("VerificationMessageTemplate") or {})
        for key, name in (("emailSubject", "EmailSubject"), ("emailMessage", "EmailMessage")):
            if custom.get(key):
                template = {**template, name: custom[key], f"{name}ByLink": custom[key]}
        changed = {**pool, "VerificationMessageTemplate": template}
        return upstream(changed, username, attr_dict, code, attribute_name)

    return send


def _refusing(handler: Callable[[Data], Response]) -> Callable[[Data], Response]:
    def handle(data: Data) -> Response:
        try:
            return handler(data)
        except _RefusedError as refused:
            error: Callable[[str, str, int], Response]
            error = module("core.responses").error_response_json
            return error("UserLambdaValidationException", str(refused), 400)

    return handle


def _confirming(
    cognito: Upstream, upstream: Callable[[Data], Response], source: str
) -> Callable[[Data], Response]:
    def confirm(data: Data) -> Response:
        response = upstream(data)
        sign = _Sign.of(cognito, data)
        if response[0] == _OK and sign is not None:
            request = {"clientMetadata": data.get("ClientMetadata") or {}}
            sign.call("PostConfirmation", source, request, {})
        return response

    return confirm


def _signing_up(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    """A user that PreSignUp confirms is confirmed here."""
    confirming = _confirming(cognito, lambda _: (_OK, {}, b""), "ConfirmSignUp")

    def sign_up(data: Data) -> Response:
        response = upstream(data)
        if response[0] == _OK and json.loads(response[2]).get("UserConfirmed"):
            confirming(data)
        return response

    return sign_up


def _forgetting(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def forgot_password(data: Data) -> Response:
        sign = _Sign.of(cognito, data)
        if sign is not None and sign.user is None:
            _migrate(sign, "ForgotPassword", data, None)
        return upstream(data)

    return forgot_password


def _beginning(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def initiate(data: Data) -> Response:
        sign, flow = _Sign.of(cognito, data), data.get("AuthFlow")
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
        if response[0] != _OK or data.get("AuthFlow") in _REFRESH_FLOWS:
            return response
        result = json.loads(response[2]).get("AuthenticationResult") or {}
        if "AccessToken" in result:
            user, pool = cognito._user_pool_for_access_token(result["AccessToken"])
            sign = _Sign(cognito, pool, data.get("ClientId", ""), user["Username"])
            metadata = data.get("ClientMetadata") if "ChallengeName" in data else None
            request = {"newDeviceUsed": False, "clientMetadata": metadata or {}}
            sign.call("PostAuthentication", "Authentication", request, {})
        return response

    return authenticate


def _migrate(sign: _Sign, source: str, data: Data, password: str | None) -> None:
    """Ask for a user nobody knows, and keep it if it is given."""
    metadata = data.get("ClientMetadata") or {}
    request = {"password": password, "validationData": metadata, "clientMetadata": metadata}
    response = dict.fromkeys(("userAttributes", "finalUserStatus", "messageAction"))
    try:
        found = sign.call("UserMigration", source, request, response)
    except _RefusedError:
        # Whoever cannot be migrated stays unknown.
        return
    if found.get("userAttributes"):
        _keep(sign, found, password)


def _keep(sign: _Sign, found: Data, password: str | None) -> None:
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
            response = _run("PreSignUp", function, event)
        except _RefusedError as refused:
            raise cognito._PreSignUpRejected(str(refused)) from refused
        return {wish: bool(response.get(wish)) for wish in wishes}

    return apply
