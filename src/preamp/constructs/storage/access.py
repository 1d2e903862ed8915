"""Policies of who may do what with the files of a bucket; they are the official library's."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from preamp.constructs.references import publish_values
from preamp.constructs.storage.grants import grants
from preamp.contract.variable_names import variable_name
from preamp.definition.auth.definition import AuthDefinition
from preamp.definition.auth.reference import ReferenceAuthDefinition
from preamp.definition.function import FunctionDefinition
from preamp.definition.storage.access import unknown_group, without_auth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack
    from aws_cdk import aws_s3 as s3

    from preamp.constructs.storage.grants import Paths
    from preamp.contract.site import Site
    from preamp.definition.auth.built import AuthResources, ReferencedAuthResources
    from preamp.definition.backend import ResourceScope
    from preamp.definition.storage.access import Caller, GrantedAction, PathRules
    from preamp.definition.storage.definition import StorageDefinition

    Users = AuthResources | ReferencedAuthResources

_CALLS: Final[Mapping[GrantedAction, str]] = MappingProxyType(
    {
        "get": "s3:GetObject",
        "list": "s3:ListBucket",
        "write": "s3:PutObject",
        "delete": "s3:DeleteObject",
    }
)


def grant_access(
    definition: StorageDefinition, scope: ResourceScope, stack: Stack, bucket: s3.IBucket
) -> None:
    """Let roles and functions do what the rules say, and tell functions which bucket it is.

    Args:
        definition: Has the rules.
        scope: What the backend gives.
        stack: The stack of the bucket.
        bucket: Whose files it is about.

    Raises:
        UserError: ``InvalidStorageAccessDefinitionError`` or ``FunctionWithoutRoleError``.
    """
    if definition.access is None:
        return
    variable = variable_name(definition.name, "BUCKET_NAME")
    paths = publish_values(stack, scope.backend_id, {variable: bucket.bucket_name})
    for grant in grants(definition.access, lambda caller, rules: _holder(caller, rules, scope)):
        policy = iam.Policy(
            stack,
            f"{stack.node.path}Access{_number(stack)}",
            statements=_statements(grant.actions, bucket),
        )
        if isinstance(grant.holder, FunctionDefinition):
            scope.built(grant.holder).accept(policy, paths)
        else:
            policy.attach_to_role(grant.holder)


def _number(stack: Stack) -> int:
    """Tells policies from each other, as the official library does.

    That is by how many constructs its stack has by then; there, each function is two.
    """
    children = stack.node.children
    return len(children) + sum(isinstance(child, lambda_.Function) for child in children)


def _holder(
    caller: Caller, rules: PathRules, scope: ResourceScope
) -> iam.IRole | FunctionDefinition:
    """Who gets what a caller may do: a function, or a role of users."""
    if caller.function is not None:
        # made now, as its place among the constructs of a stack is counted
        scope.built(caller.function)
        return caller.function
    site = next((rule.site for rule in rules.rules if caller in rule.callers), None)
    users = _users(caller, scope, site)
    if caller.group is None:
        if caller.kind == "guest":
            return users.unauthenticated_user_iam_role
        return users.authenticated_user_iam_role
    if caller.group not in users.groups:
        raise unknown_group(caller.group, list(users.groups), site)
    return users.groups[caller.group].role


def _users(caller: Caller, scope: ResourceScope, site: Site | None) -> Users:
    for defined in scope.definitions(AuthDefinition):
        return scope.built(defined).resources
    for referenced in scope.definitions(ReferenceAuthDefinition):
        return scope.built(referenced).resources
    raise without_auth(caller, site)


def _statements(
    actions: Mapping[GrantedAction, Paths], bucket: s3.IBucket
) -> list[iam.PolicyStatement]:
    return [
        _statement(action, places, effect, bucket)
        for action, paths in actions.items()
        for places, effect in (
            (paths.allowed, iam.Effect.ALLOW),
            (paths.denied, iam.Effect.DENY),
        )
        if places
    ]


def _statement(
    action: GrantedAction, places: list[str], effect: iam.Effect, bucket: s3.IBucket
) -> iam.PolicyStatement:
    if action == "list":
        # a folder is listed with or without the star
        prefixes = [prefix for place in places for prefix in (place, place.removesuffix("*"))]
        return iam.PolicyStatement(
            effect=effect,
            actions=[_CALLS[action]],
            resources=[bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": prefixes}},
        )
    return iam.PolicyStatement(
        effect=effect,
        actions=[_CALLS[action]],
        resources=[f"{bucket.bucket_arn}/{place}" for place in places],
    )
