"""Policies of what functions may do with users.

Which of Cognito's calls an action of Amplify's means is the official library's.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_iam as iam

from preamp.constructs.references import publish_values
from preamp.contract.variable_names import variable_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Stack
    from aws_cdk import aws_cognito as cognito

    from preamp.definition.auth.access import AuthAccess
    from preamp.definition.backend import ResourceScope

_CALLS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "manageUsers": (
            "AdminConfirmSignUp",
            "AdminCreateUser",
            "AdminDeleteUser",
            "AdminDeleteUserAttributes",
            "AdminDisableUser",
            "AdminEnableUser",
            "AdminGetUser",
            "AdminListGroupsForUser",
            "AdminRespondToAuthChallenge",
            "AdminSetUserMFAPreference",
            "AdminSetUserSettings",
            "AdminUpdateUserAttributes",
            "AdminUserGlobalSignOut",
        ),
        "manageGroupMembership": ("AdminAddUserToGroup", "AdminRemoveUserFromGroup"),
        "manageGroups": ("GetGroup", "ListGroups", "CreateGroup", "DeleteGroup", "UpdateGroup"),
        "manageUserDevices": (
            "AdminForgetDevice",
            "AdminGetDevice",
            "AdminListDevices",
            "AdminUpdateDeviceStatus",
        ),
        "managePasswordRecovery": ("AdminResetUserPassword", "AdminSetUserPassword"),
        "manageProviderForUser": ("AdminLinkProviderForUser",),
        "addUserToGroup": ("AdminAddUserToGroup",),
        "createGroup": ("CreateGroup",),
        "createUser": ("AdminCreateUser",),
        "deleteGroup": ("DeleteGroup",),
        "deleteUser": ("AdminDeleteUser",),
        "deleteUserAttributes": ("AdminDeleteUserAttributes",),
        "disableUser": ("AdminDisableUser",),
        "enableUser": ("AdminEnableUser",),
        "forgetDevice": ("AdminForgetDevice",),
        "getDevice": ("AdminGetDevice",),
        "getGroup": ("GetGroup",),
        "getUser": ("AdminGetUser",),
        "listUsers": ("ListUsers",),
        "listUsersInGroup": ("ListUsersInGroup",),
        "listDevices": ("AdminListDevices",),
        "listGroups": ("ListGroups",),
        "listGroupsForUser": ("AdminListGroupsForUser",),
        "removeUserFromGroup": ("AdminRemoveUserFromGroup",),
        "resetUserPassword": ("AdminResetUserPassword",),
        "setUserMfaPreference": ("AdminSetUserMFAPreference",),
        "setUserPassword": ("AdminSetUserPassword",),
        "setUserSettings": ("AdminSetUserSettings",),
        "updateDeviceStatus": ("AdminUpdateDeviceStatus",),
        "updateGroup": ("UpdateGroup",),
        "updateUserAttributes": ("AdminUpdateUserAttributes",),
    }
)


def grant_access(
    rules: Sequence[AuthAccess],
    scope: ResourceScope,
    stack: Stack,
    user_pool: cognito.IUserPool,
    name: str,
) -> None:
    """Let functions do what the rules say, and tell them which user pool it is.

    Args:
        rules: One for each policy.
        scope: What the backend gives.
        stack: The stack of the user pool.
        user_pool: Whose users it is about.
        name: The definition's name, of which the variable's is made.

    Raises:
        UserError: ``FunctionWithoutRoleError``.
    """
    if not rules:
        return
    variable = variable_name(name, "USERPOOL_ID")
    paths = publish_values(stack, scope.backend_id, {variable: user_pool.user_pool_id})
    for number, rule in enumerate(rules, 1):
        calls = dict.fromkeys(call for action in rule.actions for call in _CALLS[action])
        statement = iam.PolicyStatement(
            actions=[f"cognito-idp:{call}" for call in calls], resources=[user_pool.user_pool_arn]
        )
        policy = iam.Policy(stack, f"userpoolAccess{number}", statements=[statement])
        scope.built(rule.function).accept(policy, paths)
