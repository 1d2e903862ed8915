"""Operations of user pools that ministack does not have.

Devices are not remembered, so there are none to list; neither are there passkeys.

AWS: "Amazon Cognito user pools API reference".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pool_attributes import AttributeChanges
from preamp.engine.ministack.user_pool_choices import available_factors
from preamp.engine.ministack.user_pool_messages import Messenger
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED
from preamp.engine.ministack.user_pools import (
    Data,
    RefusedError,
    Request,
    Response,
    answer,
    refusing,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[Data], Response]

_UNKNOWN_POOL: Final = "ResourceNotFoundException"
_OF_GROUPS: Final = ("Description", "Precedence", "RoleArn")
_UNSIGNED: Final = {
    "GetUserAttributeVerificationCode",
    "VerifyUserAttribute",
    "DeleteUserAttributes",
    "ListDevices",
    "GetDevice",
    "ForgetDevice",
    "UpdateDeviceStatus",
    "ConfirmDevice",
    "GetUserAuthFactors",
    "ListWebAuthnCredentials",
}


def user_pool_operations() -> Mend:
    """Add operations to those of user pools."""
    return Mend(
        name="operations of user pools",
        reference="Amazon Cognito user pools API reference",
        symbols=(
            *SHARED,
            Symbol("services.cognito:_dispatch_idp", "action data"),
            Symbol("services.cognito:_run_idp_handler", "handler action data"),
            Symbol("services.cognito:_UNSIGNED_IDP_ACTIONS"),
            Symbol("services.cognito:run_reentrant"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    cognito = module("services.cognito")
    cognito._UNSIGNED_IDP_ACTIONS = cognito._UNSIGNED_IDP_ACTIONS | _UNSIGNED
    operations = {
        **_of_attributes(AttributeChanges(cognito, Messenger.of(tools))),
        **_of_users(cognito),
    }
    upstream: Callable[[str, Data], Awaitable[Response]] = cognito._dispatch_idp

    async def dispatch(action: str, data: Data) -> Response:
        operation = operations.get(action)
        if operation is None:
            return await upstream(action, data)
        handler = refusing(operation)
        response: Response = await cognito.run_reentrant(
            cognito._run_idp_handler, handler, action, data, thread_name="ministack-cognito-trigger"
        )
        return response

    cognito._dispatch_idp = dispatch


def _of_attributes(changes: AttributeChanges) -> dict[str, Handler]:
    return {
        "GetUserAttributeVerificationCode": changes.send_code,
        "VerifyUserAttribute": changes.verify,
        "DeleteUserAttributes": changes.delete,
        "AdminDeleteUserAttributes": changes.delete_for,
    }


def _of_users(cognito: Upstream) -> dict[str, Handler]:
    def none_of(name: str) -> Handler:
        def list_none(data: Data) -> Response:
            _known(cognito, data)
            return answer({name: []})

        return list_none

    def no_device(data: Data) -> Response:
        _known(cognito, data)
        raise RefusedError("Device does not exist.", _UNKNOWN_POOL)

    def auth_factors(data: Data) -> Response:
        request = _known(cognito, data)
        user = request.known_user
        return answer(
            {
                "Username": user["Username"],
                "ConfiguredUserAuthFactors": available_factors(request),
                "UserMFASettingList": user.get("_mfa_enabled") or [],
                "PreferredMfaSetting": user.get("_preferred_mfa") or "",
            }
        )

    one = ("GetDevice", "ForgetDevice", "UpdateDeviceStatus")
    return {
        "ListDevices": none_of("Devices"),
        "AdminListDevices": none_of("Devices"),
        "ListWebAuthnCredentials": none_of("Credentials"),
        **{f"{prefix}{name}": no_device for name in one for prefix in ("", "Admin")},
        "GetUserAuthFactors": auth_factors,
        "UpdateGroup": lambda data: _update_group(cognito, data),
    }


def _known(cognito: Upstream, data: Data) -> Request:
    """Read a request of a user's, or one about a user.

    Raises:
        RefusedError: There is no such user or pool.
    """
    if data.get("AccessToken"):
        return Request.of_token(cognito, data)
    request = Request.of(cognito, data)
    if request is None:
        message = f"User pool {data.get('UserPoolId')} does not exist."
        raise RefusedError(message, _UNKNOWN_POOL)
    if request.user is None:
        raise RefusedError("User does not exist.", "UserNotFoundException")
    return request


def _update_group(cognito: Upstream, data: Data) -> Response:
    pool = cognito._user_pools.get(data.get("UserPoolId")) or {"_groups": {}}
    group = pool["_groups"].get(data.get("GroupName"))
    if group is None:
        raise RefusedError("Group not found.", _UNKNOWN_POOL)
    group.update({name: data[name] for name in _OF_GROUPS if name in data})
    return answer({"Group": cognito._group_out(group)})
