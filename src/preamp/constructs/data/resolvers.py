"""Resolvers in JavaScript: each a pipeline of the user's files.

AWS AppSync, "JavaScript resolvers overview".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_s3_assets as assets

from preamp.definition.site import standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Stack

    from preamp.definition.backend import ResourceScope
    from preamp.definition.data.built import BuiltData
    from preamp.definition.data.schema import Resolver

_RUNTIME: Final = {"name": "APPSYNC_JS", "runtime_version": "1.0.0"}
_SANDBOX_ENVIRONMENT: Final = "NONE"


def add_resolvers(
    resolvers: Sequence[Resolver], api: BuiltData, scope: ResourceScope, stack: Stack
) -> None:
    """Make resolvers.

    Args:
        resolvers: What they do.
        api: The API that has the fields.
        scope: What the backend gives.
        stack: The stack of the API.
    """
    if not resolvers:
        return
    is_sandbox = scope.backend_id.kind == "sandbox"
    environment = _SANDBOX_ENVIRONMENT if is_sandbox else scope.backend_id.name
    for resolver in resolvers:
        steps = [
            _step(resolver, number, api, stack) for number in range(1, len(resolver.steps) + 1)
        ]
        made = appsync.CfnResolver(
            stack,
            f"Resolver_{resolver.type_name}_{resolver.field_name}",
            api_id=api.api_id,
            field_name=resolver.field_name,
            type_name=resolver.type_name,
            kind="PIPELINE",
            code=_frame(api.api_id, environment),
            runtime=appsync.CfnResolver.AppSyncRuntimeProperty(**_RUNTIME),
            pipeline_config=appsync.CfnResolver.PipelineConfigProperty(functions=steps),
        )
        made.node.add_dependency(api)


def _step(resolver: Resolver, number: int, api: BuiltData, stack: Stack) -> str:
    step = resolver.steps[number - 1]
    name = f"Fn_{resolver.type_name}_{resolver.field_name}_{number}"
    asset = assets.Asset(stack, f"{name}_asset", path=str(step.path))
    made = standing_in(
        step.site,
        lambda: appsync.CfnFunctionConfiguration(
            stack,
            name,
            api_id=api.api_id,
            data_source_name=step.data_source,
            name=name,
            code_s3_location=asset.s3_object_url,
            runtime=appsync.CfnFunctionConfiguration.AppSyncRuntimeProperty(**_RUNTIME),
        ),
    )
    made.node.add_dependency(api)
    return made.attr_function_id


def _frame(api_id: str, environment: str) -> str:
    """What goes around the steps: it tells them which API it is, and gives the last result."""
    return (
        "export const request = (ctx) => {\n"
        f"    ctx.stash.awsAppsyncApiId = '{api_id}';\n"
        f"    ctx.stash.amplifyApiEnvironmentName = '{environment}';\n"
        "    return {};\n"
        "};\n"
        "export const response = (ctx) => {\n"
        "    return ctx.prev.result;\n"
        "};\n"
    )
