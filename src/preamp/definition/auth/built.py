"""What `define_auth` and `reference_auth` are built to: types alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack, aws_cognito, aws_iam


@dataclass(frozen=True)
class AuthCfnResources:
    """The CloudFormation resources of auth.

    Attributes:
        cfn_user_pool: The user pool.
        cfn_user_pool_client: The client with which frontends sign in.
        cfn_identity_pool: What gives users credentials of AWS.
        cfn_identity_pool_role_attachment: Which roles these credentials have.
    """

    cfn_user_pool: aws_cognito.CfnUserPool
    cfn_user_pool_client: aws_cognito.CfnUserPoolClient
    cfn_identity_pool: aws_cognito.CfnIdentityPool
    cfn_identity_pool_role_attachment: aws_cognito.CfnIdentityPoolRoleAttachment


@dataclass(frozen=True)
class UserGroup:
    """A group of users.

    Attributes:
        cfn_user_group: The group.
        role: What its members may do on AWS.
    """

    cfn_user_group: aws_cognito.CfnUserPoolGroup
    role: aws_iam.Role


@dataclass(frozen=True)
class AuthResources:
    """The constructs of auth.

    Attributes:
        user_pool: The user pool.
        user_pool_client: The client with which frontends sign in.
        authenticated_user_iam_role: What users who have signed in may do on AWS.
        unauthenticated_user_iam_role: What everybody else may do.
        identity_pool_id: The identity pool.
        groups: Groups by their names.
        cfn_resources: What CloudFormation gets, for properties that the constructs do not have.
    """

    user_pool: aws_cognito.UserPool
    user_pool_client: aws_cognito.UserPoolClient
    authenticated_user_iam_role: aws_iam.Role
    unauthenticated_user_iam_role: aws_iam.Role
    identity_pool_id: str
    groups: Mapping[str, UserGroup]
    cfn_resources: AuthCfnResources


@dataclass(frozen=True)
class ReferencedGroup:
    """A group of users that exists already.

    Attributes:
        role: What its members may do on AWS.
    """

    role: aws_iam.IRole


@dataclass(frozen=True)
class ReferencedAuthResources:
    """Constructs of auth that exists already.

    Attributes:
        user_pool: The user pool.
        user_pool_client: The client with which frontends sign in.
        authenticated_user_iam_role: What users who have signed in may do on AWS.
        unauthenticated_user_iam_role: What everybody else may do.
        identity_pool_id: The identity pool.
        groups: Groups by their names.
    """

    user_pool: aws_cognito.IUserPool
    user_pool_client: aws_cognito.IUserPoolClient
    authenticated_user_iam_role: aws_iam.IRole
    unauthenticated_user_iam_role: aws_iam.IRole
    identity_pool_id: str
    groups: Mapping[str, ReferencedGroup]


class BuiltAuth(Protocol):
    """The users of a backend."""

    @property
    def resources(self) -> AuthResources:
        """Its constructs."""

    @property
    def stack(self) -> Stack:
        """The stack of auth."""


class BuiltReferencedAuth(Protocol):
    """The users of a backend, in a user pool that exists already."""

    @property
    def resources(self) -> ReferencedAuthResources:
        """Its constructs."""

    @property
    def stack(self) -> Stack:
        """The stack of auth."""
