"""The identity pool: what users may do on AWS, each with a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from preamp.definition.auth.built import UserGroup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from preamp.constructs.auth.user_pool import Naming

_SERVICE: Final = "cognito-identity.amazonaws.com"


@dataclass(frozen=True)
class Identities:
    """The identity pool and its roles.

    Attributes:
        pool: The identity pool.
        attachment: What says which roles it gives.
        authenticated: The role of users who have signed in.
        unauthenticated: The role of everybody else.
    """

    pool: cognito.CfnIdentityPool
    attachment: cognito.CfnIdentityPoolRoleAttachment
    authenticated: iam.Role
    unauthenticated: iam.Role


def create_identities(
    scope: Construct,
    name: Naming,
    user_pool: cognito.UserPool,
    client: cognito.UserPoolClient,
    logins: Mapping[str, str],
) -> Identities:
    """Make the identity pool and its roles.

    Args:
        scope: Where.
        name: Makes ids of constructs.
        user_pool: Whose users get an identity.
        client: With which they sign in.
        logins: Other providers by domain, and what the app is called there.
    """
    pool = cognito.CfnIdentityPool(
        scope, name("IdentityPool"), allow_unauthenticated_identities=True
    )
    authenticated = _role(scope, name("authenticatedUserRole"), pool, "authenticated")
    unauthenticated = _role(scope, name("unauthenticatedUserRole"), pool, "unauthenticated")
    provider = f"cognito-idp.{Stack.of(scope).region}.amazonaws.com/{user_pool.user_pool_id}"
    attachment = cognito.CfnIdentityPoolRoleAttachment(
        scope,
        name("IdentityPoolRoleAttachment"),
        identity_pool_id=pool.ref,
        roles={
            "unauthenticated": unauthenticated.role_arn,
            "authenticated": authenticated.role_arn,
        },
        role_mappings={
            "UserPoolWebClientRoleMapping": {
                "type": "Token",
                "ambiguousRoleResolution": "AuthenticatedRole",
                "identityProvider": f"{provider}:{client.user_pool_client_id}",
            }
        },
    )
    attachment.add_resource_dependency(pool)
    attachment.node.add_dependency(client)
    pool.cognito_identity_providers = [
        cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
            client_id=client.user_pool_client_id, provider_name=provider
        )
    ]
    pool.supported_login_providers = dict(logins)
    return Identities(pool, attachment, authenticated, unauthenticated)


def create_groups(
    scope: Construct,
    name: Naming,
    user_pool: cognito.UserPool,
    pool: cognito.CfnIdentityPool,
    groups: Sequence[str],
) -> dict[str, UserGroup]:
    """Make groups of users, each with a role.

    Args:
        scope: Where.
        name: Makes ids of constructs.
        user_pool: Whose users are in them.
        pool: What gives them their roles.
        groups: Their names, the one with the highest precedence first.
    """
    made: dict[str, UserGroup] = {}
    for precedence, group in enumerate(groups):
        role = _role(scope, name(f"{group}GroupRole"), pool, "authenticated")
        made[group] = UserGroup(
            cognito.CfnUserPoolGroup(
                scope,
                name(f"{group}Group"),
                user_pool_id=user_pool.user_pool_id,
                group_name=group,
                role_arn=role.role_arn,
                precedence=precedence,
            ),
            role,
        )
    return made


def _role(scope: Construct, role_id: str, pool: cognito.CfnIdentityPool, kind: str) -> iam.Role:
    """A role that only this pool's identities of a kind can take."""
    principal = iam.FederatedPrincipal(
        _SERVICE,
        {
            "StringEquals": {f"{_SERVICE}:aud": pool.ref},
            "ForAnyValue:StringLike": {f"{_SERVICE}:amr": kind},
        },
        "sts:AssumeRoleWithWebIdentity",
    )
    return iam.Role(scope, role_id, assumed_by=principal)
