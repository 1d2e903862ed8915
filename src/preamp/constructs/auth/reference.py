"""Users who are in a user pool that exists already, and what frontends have to know of it.

A custom resource reads that when the backend is deployed. Construct ids are the official library's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import CustomResource, Tags
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk.custom_resources import Provider
from constructs import Construct

from preamp.constructs.auth.access import grant_access
from preamp.constructs.auth.stack import DEFAULT_NAME, FRIENDLY_NAME, auth_stack
from preamp.constructs.own_function import own_function
from preamp.contract.entries import AUTH
from preamp.definition.auth.built import ReferencedAuthResources, ReferencedGroup
from preamp.definition.backend import SYNTHESIS
from preamp.errors import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import Stack

    from preamp.definition.auth.reference import ReferenceAuthDefinition
    from preamp.definition.backend import ResourceScope

_READER: Final = "AmplifyRefAuthCustomResource"
_NOT_READ: Final = ("passwordlessOptions", "groups")
_POOL_CALLS: Final = (
    "DescribeUserPool",
    "GetUserPoolMfaConfig",
    "ListIdentityProviders",
    "ListGroups",
    "DescribeUserPoolClient",
)
_IDENTITY_CALLS: Final = ("DescribeIdentityPool", "GetIdentityPoolRoles")


@dataclass(frozen=True)
class LiveReferencedAuth:
    """What `reference_auth` is built to; see `BuiltReferencedAuth`.

    Attributes:
        resources: The constructs.
        stack: The stack of auth.
    """

    resources: ReferencedAuthResources
    stack: Stack


def build_reference(
    definition: ReferenceAuthDefinition, scope: ResourceScope
) -> LiveReferencedAuth:
    """Look the resources up, and let the rest be read when the backend is deployed.

    Raises:
        UserError: ``MultipleSingletonResourcesError`` or ``FunctionWithoutRoleError``.
    """
    synthesis = SYNTHESIS.get()
    if synthesis is None:
        raise Fault("DefinitionKindFault", "reference_auth() is built outside a synthesis")
    stack = auth_stack(definition, scope)
    construct = Construct(stack, DEFAULT_NAME)
    resources = _resources(construct, definition)
    reader = _reader(stack, definition, resources.user_pool, synthesis.project)
    Tags.of(construct).add(FRIENDLY_NAME, DEFAULT_NAME)
    read = [name for name in AUTH.optional if name not in _NOT_READ]
    payload = {
        "userPoolId": definition.user_pool_id,
        "webClientId": definition.user_pool_client_id,
        "identityPoolId": definition.identity_pool_id,
        "authRegion": stack.region,
        **{name: reader.get_att_string(name) for name in read},
    }
    scope.add_output_entry(AUTH.key, AUTH.version, payload)
    grant_access(definition.access, scope, stack, resources.user_pool, DEFAULT_NAME)
    return LiveReferencedAuth(resources, stack)


def _resources(scope: Construct, given: ReferenceAuthDefinition) -> ReferencedAuthResources:
    role = iam.Role.from_role_arn
    return ReferencedAuthResources(
        cognito.UserPool.from_user_pool_id(scope, "UserPool", given.user_pool_id),
        cognito.UserPoolClient.from_user_pool_client_id(
            scope, "UserPoolClient", given.user_pool_client_id
        ),
        role(scope, "authenticatedUserRole", given.auth_role_arn),
        role(scope, "unauthenticatedUserRole", given.unauth_role_arn),
        given.identity_pool_id,
        {
            name: ReferencedGroup(role(scope, f"{name}GroupRole", arn))
            for name, arn in given.groups.items()
        },
    )


def _reader(
    stack: Stack, given: ReferenceAuthDefinition, user_pool: cognito.IUserPool, project: Path
) -> CustomResource:
    function = own_function(stack, f"{_READER}ProviderLambda", "users_reader", project)
    identities = f"arn:aws:cognito-identity:{stack.region}:{stack.account}:identitypool"
    for service, calls, resource in (
        ("cognito-idp", _POOL_CALLS, user_pool.user_pool_arn),
        ("cognito-identity", _IDENTITY_CALLS, f"{identities}/{given.identity_pool_id}"),
    ):
        actions = [f"{service}:{call}" for call in calls]
        function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
    provider = Provider(stack, f"{_READER}Provider", on_event_handler=function)
    return CustomResource(
        stack,
        _READER,
        service_token=provider.service_token,
        resource_type="Custom::AmplifyRefAuth",
        properties={
            "userPoolId": given.user_pool_id,
            "identityPoolId": given.identity_pool_id,
            "userPoolClientId": given.user_pool_client_id,
            "authRoleArn": given.auth_role_arn,
            "unauthRoleArn": given.unauth_role_arn,
            "groups": dict(given.groups),
            "region": stack.region,
        },
    )
