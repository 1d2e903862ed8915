"""Makes the API of a definition and all that Amplify puts beside it.

Construct ids, stack and tags are the official library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from aws_cdk import CfnResource, RemovalPolicy, Tags, aws_appsync, aws_logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment

from preamp.constructs.data import library
from preamp.constructs.data.access import INTROSPECTION_KEY, grant_access
from preamp.constructs.data.introspection.model_introspection import model_introspection
from preamp.constructs.data.modes import authorization_modes, check_providers, is_left_to_us
from preamp.constructs.data.resolvers import add_resolvers
from preamp.constructs.data.schemas import combined, tables_of
from preamp.definition.auth.definition import AuthDefinition
from preamp.definition.auth.reference import ReferenceAuthDefinition
from preamp.definition.backend import SYNTHESIS
from preamp.definition.data.definition import DataDefinition
from preamp.definition.function import RETENTIONS
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aws_cdk import Stack
    from aws_cdk import aws_lambda as lambda_

    from preamp.constructs.data.bindings import GraphqlApi
    from preamp.constructs.data.modes import Users
    from preamp.definition.backend import ResourceScope
    from preamp.definition.data.built import BuiltData
    from preamp.definition.data.definition import DataLogging
    from preamp.definition.data.schema import Schema

T = TypeVar("T")

_GROUP: Final = "data"
_FRIENDLY_NAME: Final = "amplify:friendly-name"
_INTROSPECTION: Final = "modelIntrospectionSchema"
# what copies it needs more than the CDK gives it for schemas of many models
_COPIER_MB: Final = 1536
_REPLACING: Final = "replaceTableUponGsiUpdate"
_HOUR: Final = 3600


def build_data(definition: DataDefinition, scope: ResourceScope) -> GraphqlApi:
    """Make the API in the stack of its group.

    Raises:
        UserError: ``MultipleSingletonResourcesError``, ``InvalidSchemaError`` and others that
            begin with ``Schema``, ``DefineDataConfigurationError``, or what `library.load` raises.
    """
    _check_single(definition, scope)
    users = _users(scope)
    schemas = definition.schemas()
    modes = authorization_modes(definition.modes, users, scope, definition.site)
    check_providers(schemas, modes, definition.site)
    # before the stack: if they are in it, it is described by them, as in the official library
    functions = _functions(definition, schemas, scope)
    stack = scope.stack(_GROUP)
    library.load(definition.site)
    whole = _telling_of_mistakes(
        definition, lambda: combined(definition, schemas, scope.backend_id)
    )
    introspection = _telling_of_mistakes(definition, lambda: model_introspection(whole.schema))
    props = {
        **_props(definition, scope),
        "definition": whole,
        "authorizationModes": modes,
        "functionNameMap": functions,
        "translationBehavior": _behavior(
            scope, sandbox_mode=is_left_to_us(definition.modes, users)
        ),
    }
    api = _telling_of_mistakes(definition, lambda: _api(stack, definition.name, props))
    _end_key_with_an_hour(api)
    _keep_tables(tables_of(definition, scope.backend_id), api)
    bucket = _publish_introspection(stack, introspection)
    Tags.of(api).add(_FRIENDLY_NAME, definition.name)
    add_resolvers([each for schema in schemas for each in schema.resolvers], api, scope, stack)
    rules = [rule for schema in schemas for rule in schema.access]
    grant_access(rules, definition.name, scope, api, bucket)
    return api


def _check_single(definition: DataDefinition, scope: ResourceScope) -> None:
    others = [each.site for each in scope.definitions(DataDefinition) if each is not definition]
    if others:
        raise UserError(
            "MultipleSingletonResourcesError",
            "the backend has two definitions of its data",
            "keep one define_data(); several schemas become one with preamp.data.combine()",
            sites=[site for site in (definition.site, *others) if site],
        )


def _users(scope: ResourceScope) -> Users | None:
    for defined in scope.definitions(AuthDefinition):
        return scope.built(defined).resources
    for referenced in scope.definitions(ReferenceAuthDefinition):
        return scope.built(referenced).resources
    return None


def _functions(
    definition: DataDefinition, schemas: Sequence[Schema], scope: ResourceScope
) -> dict[str, lambda_.Function]:
    """Functions by the names that the schemas have for them."""
    named = dict(definition.functions)
    for schema in schemas:
        named |= schema.functions
    return {name: scope.built(each).resources.lambda_ for name, each in named.items()}


def _props(definition: DataDefinition, scope: ResourceScope) -> dict[str, object]:
    from preamp.constructs.data.outputs import BackendOutputs

    props: dict[str, object] = {
        "apiName": definition.name,
        "outputStorageStrategy": BackendOutputs(scope),
        "stackMappings": dict(definition.stack_mappings),
    }
    if definition.logging:
        props["logging"] = _logging(definition.logging)
    return props


def _behavior(scope: ResourceScope, *, sandbox_mode: bool) -> dict[str, bool]:
    # AWS takes minutes for each index, so a sandbox there rather makes the table anew
    synthesis = SYNTHESIS.get()
    is_there = scope.backend_id.kind == "sandbox" and not (synthesis and synthesis.local)
    replacing = {_REPLACING: True} if is_there else {}
    return {
        "sandboxModeEnabled": sandbox_mode,
        # whether tables may go is asked before the deployment, not here
        "allowDestructiveGraphqlSchemaUpdates": True,
        **replacing,
    }


def _api(stack: Stack, name: str, props: Mapping[str, object]) -> GraphqlApi:
    from preamp.constructs.data.bindings import GraphqlApi

    return GraphqlApi(stack, name, props)


def _end_key_with_an_hour(api: BuiltData) -> None:
    """Let the API's key end when an hour does, so that not every synthesis gives it another time.

    AppSync does so itself: AWS CloudFormation, "AWS::AppSync::ApiKey".
    """
    key = api.resources.cfn_resources.cfn_api_key
    if key is not None and isinstance(key.expires, int | float):
        key.expires = key.expires // _HOUR * _HOUR


def _keep_tables(models: Iterable[str], api: GraphqlApi) -> None:
    """See to it that the tables of some models are never made anew."""
    for model in models:
        table = api.node.find_child(model).node.find_child(f"{model}Table").node.default_child
        resource = table.node.default_child if table else None
        if isinstance(resource, CfnResource):
            resource.add_property_override(_REPLACING, value=False)


def _telling_of_mistakes(definition: DataDefinition, do: Callable[[], T]) -> T:
    """Do something with a schema, and tell at the definition's line what is wrong with it.

    Raises:
        UserError: ``SchemaRefusedError``, or what it raises.
    """
    sites = [definition.site] if definition.site else []
    try:
        return do()
    except UserError as error:
        raise UserError(
            error.code, error.message, error.hint, sites=error.sites or sites
        ) from error
    except RuntimeError as error:
        raise UserError(
            "SchemaRefusedError",
            f"Amplify's GraphQL construct refuses the schema: {error}",
            "change what it names; the rules are those of Amplify's documentation",
            sites=sites,
        ) from error


def _logging(logging: DataLogging) -> dict[str, object]:
    return {
        "excludeVerboseContent": logging.exclude_verbose_content,
        "fieldLogLevel": aws_appsync.FieldLogLevel[logging.field_log_level.upper()],
        "retention": aws_logs.RetentionDays[RETENTIONS[logging.retention]],
    }


def _publish_introspection(stack: Stack, text: str) -> s3.Bucket:
    """Put what frontends read of the models where the outputs file is made from."""
    bucket = s3.Bucket(
        stack,
        f"{_INTROSPECTION}Bucket",
        enforce_ssl=True,
        auto_delete_objects=True,
        removal_policy=RemovalPolicy.DESTROY,
    )
    deployment.BucketDeployment(
        stack,
        f"{_INTROSPECTION}BucketDeployment",
        memory_limit=_COPIER_MB,
        destination_bucket=bucket,
        sources=[deployment.Source.data(INTROSPECTION_KEY, text)],
    )
    return bucket
