"""What functions may do with an API, and how they learn of it; the official library's."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from preamp.constructs.references import publish_values
from preamp.contract.variable_names import variable_name
from preamp.definition.data.definition import DEFAULT_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_s3 as s3

    from preamp.definition.backend import ResourceScope
    from preamp.definition.data.built import BuiltData
    from preamp.definition.data.schema import Action, SchemaAccess

INTROSPECTION_KEY: Final = "modelIntrospectionSchema.json"
"""What the text about the models is called in its bucket."""

_TYPES: Final[Mapping[Action, str]] = MappingProxyType(
    {"query": "Query", "mutate": "Mutation", "listen": "Subscription"}
)


def grant_access(
    rules: Sequence[SchemaAccess],
    name: str,
    scope: ResourceScope,
    api: BuiltData,
    introspection: s3.IBucket,
) -> None:
    """Let functions use an API, and tell all of them where it is.

    Args:
        rules: What each may do.
        name: The API's name, of which those of the variables are made.
        scope: What the backend gives.
        api: The API.
        introspection: Where the text about its models is.

    Raises:
        UserError: ``FunctionWithoutRoleError``.
    """
    graphql_api = api.resources.graphql_api
    stack = Stack.of(graphql_api)
    paths = publish_values(stack, scope.backend_id, _variables(name, api, introspection))
    for number, rule in enumerate(rules, 1):
        statements = [
            iam.PolicyStatement(
                actions=["appsync:GraphQL"],
                resources=[f"{graphql_api.arn}/types/{_TYPES[each]}/*" for each in rule.actions],
            ),
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[f"{introspection.bucket_arn}/{INTROSPECTION_KEY}"],
            ),
        ]
        policy = iam.Policy(stack, f"GraphqlAccessPolicy{number}", statements=statements)
        scope.built(rule.function).accept(policy, paths)


def _variables(name: str, api: BuiltData, introspection: s3.IBucket) -> dict[str, str]:
    """What functions are told, by variable.

    The client that Amplify has for functions looks for names that begin as the default's do.
    """
    full = name if name == DEFAULT_NAME else f"{DEFAULT_NAME}{name}"
    endpoint = api.resources.cfn_resources.cfn_graphql_api.attr_graph_ql_url
    found = {
        variable_name(full, "GRAPHQL_ENDPOINT"): endpoint,
        variable_name(full, "MODEL_INTROSPECTION_SCHEMA_BUCKET_NAME"): introspection.bucket_name,
        variable_name(full, "MODEL_INTROSPECTION_SCHEMA_KEY"): INTROSPECTION_KEY,
        "AMPLIFY_DATA_DEFAULT_NAME": full,
    }
    if full != name:
        found[variable_name(name, "GRAPHQL_ENDPOINT")] = endpoint
    return found
