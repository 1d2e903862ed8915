"""Resources of user pools that ministack's CloudFormation does not know.

Providers of identities outside, users, and their membership in groups.

AWS: "AWS::Cognito::UserPoolIdentityProvider", "AWS::Cognito::UserPoolUser",
"AWS::Cognito::UserPoolUserToGroupAttachment", CloudFormation template reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.ministack.user_pools import OK, Data, Response, content_of

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_OPERATIONS: Final = (
    "_create_identity_provider",
    "_update_identity_provider",
    "_delete_identity_provider",
    "_admin_create_user",
    "_admin_delete_user",
    "_admin_add_user_to_group",
    "_admin_remove_user_from_group",
)
_OF_USERS: Final = (
    "UserPoolId",
    "Username",
    "UserAttributes",
    "MessageAction",
    "DesiredDeliveryMediums",
    "ClientMetadata",
)

Made = tuple[str, dict[str, str]]


def user_pool_resources() -> Mend:
    """Let templates have them."""
    return Mend(
        name="resources of user pools",
        reference="AWS::Cognito::UserPoolIdentityProvider",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            *(Symbol(f"services.cognito:{name}", "data") for name in _OPERATIONS),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    module(_PROVISIONERS)._RESOURCE_HANDLERS.update(
        {
            "AWS::Cognito::UserPoolIdentityProvider": _handlers(
                _create_provider, _delete_provider, _update_provider
            ),
            "AWS::Cognito::UserPoolUser": _handlers(_create_user, _delete_user),
            "AWS::Cognito::UserPoolUserToGroupAttachment": _handlers(_attach, _detach),
        }
    )


def _handlers(
    create: Callable[[Data], str],
    delete: Callable[[Data], None],
    update: Callable[[str, Data, Data], str | None] = lambda *_: None,
) -> dict[str, Any]:
    def created(logical_id: str, props: Data, stack_name: str) -> Made:  # noqa: ARG001
        return create(props), {}

    def updated(physical_id: str, old_props: Data, new_props: Data, stack_name: str) -> Made:  # noqa: ARG001
        if old_props == new_props:
            return physical_id, {}
        kept = update(physical_id, old_props, new_props)
        if kept is None:
            # One in the place of another: names cannot be shared, so the old one goes first.
            delete(old_props)
            kept = create(new_props)
        return kept, {}

    def deleted(physical_id: str, props: Data) -> None:  # noqa: ARG001 - upstream's
        delete(props)

    return {"create": created, "update": updated, "delete": deleted}


def _call(operation: str, data: Data) -> Data:
    response: Response = getattr(module("services.cognito"), operation)(data)
    content = content_of(response)
    if response[0] != OK:
        raise ValueError(content.get("message", f"{operation} failed"))
    return content


def _provider(props: Data) -> Data:
    details = props.get("ProviderDetails") or {}
    as_texts = {name: _text(value) for name, value in details.items()}
    return {**props, "ProviderDetails": as_texts}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _create_provider(props: Data) -> str:
    _call("_create_identity_provider", _provider(props))
    return str(props["ProviderName"])


def _update_provider(physical_id: str, old_props: Data, new_props: Data) -> str | None:
    fixed = ("UserPoolId", "ProviderName", "ProviderType")
    if any(old_props.get(name) != new_props.get(name) for name in fixed):
        return None
    dropped: Data = {"AttributeMapping": {}, "IdpIdentifiers": []}
    _call("_update_identity_provider", {**dropped, **_provider(new_props)})
    return physical_id


def _delete_provider(props: Data) -> None:
    _forget("_delete_identity_provider", props)


def _create_user(props: Data) -> str:
    given: Data = {name: props[name] for name in _OF_USERS if name in props}
    return str(_call("_admin_create_user", given)["User"]["Username"])


def _delete_user(props: Data) -> None:
    _forget("_admin_delete_user", props)


def _attach(props: Data) -> str:
    _call("_admin_add_user_to_group", props)
    return f"{props['UserPoolId']}-{props['GroupName']}-{props['Username']}"


def _detach(props: Data) -> None:
    _forget("_admin_remove_user_from_group", props)


def _forget(operation: str, props: Data) -> None:
    """Delete what may be gone already, say with its pool."""
    getattr(module("services.cognito"), operation)(props)
