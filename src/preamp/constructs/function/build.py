"""Makes the function of a definition, with all its options.

Construct ids, stack and tags are the official library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Size, Tags
from aws_cdk import aws_lambda as lambda_

from preamp.constructs.function.applied import apply_options
from preamp.constructs.function.layers import find_layers
from preamp.constructs.function.live import LiveFunction
from preamp.constructs.function.logging import log_group, log_level, logging_format
from preamp.constructs.function.node import NodeFunction
from preamp.constructs.function.python import HandlerFunction
from preamp.constructs.function.schedules import add_schedules
from preamp.constructs.function.typed_environment import known_functions, type_later
from preamp.contract.entries import FUNCTION
from preamp.contract.secret_variables import CONFIG_VARIABLE
from preamp.definition.function import (
    DEFAULT_MEMORY_MB,
    DEFAULT_STORAGE_MB,
    DEFAULT_TIMEOUT_SECONDS,
    FunctionDefinition,
    Handler,
)
from preamp.errors import UserError

if TYPE_CHECKING:
    from aws_cdk import Stack

    from preamp.constructs.function_options import HandlerOptions
    from preamp.definition.backend import ResourceScope
    from preamp.definition.function import Durable

_FRIENDLY_NAME: Final = "amplify:friendly-name"
_STACK_TYPE: Final = "function-Lambda"


def build_function(definition: FunctionDefinition, scope: ResourceScope) -> LiveFunction:
    """Make a function in the stack of its group.

    Raises:
        UserError: Its code cannot be bundled, ``FunctionNameTakenError``,
            ``CustomFunctionProviderError`` or ``SecretOutsideBackendError``.
    """
    stack = scope.stack(definition.resource_group_name, _STACK_TYPE)
    if isinstance(definition.source, Handler):
        _check_name(definition, definition.source, scope, stack)
        made = _of_handler(definition, definition.source, scope, stack)
        function: lambda_.Function = made
        target = function.current_version if definition.source.durable else function
        Tags.of(function).add(_FRIENDLY_NAME, definition.source.name)
        built = LiveFunction(function)
        type_later(definition, definition.source, made)
    else:
        function = _provided(definition, stack)
        target = function
        built = LiveFunction(function)
        Tags.of(built.resources.cfn_resources.cfn_function).add(_FRIENDLY_NAME, function.node.id)
        apply_options(definition, function, built.resources.cfn_resources.cfn_function)
        built.add_variables({CONFIG_VARIABLE: "{}"})
    add_schedules(function, target, definition.schedules)
    built.add_variables(definition.environment)
    scope.append_output_entry(
        FUNCTION.key, FUNCTION.version, {"definedFunctions": function.function_name}
    )
    return built


def _of_handler(
    definition: FunctionDefinition, handler: Handler, scope: ResourceScope, stack: Stack
) -> HandlerFunction | NodeFunction:
    options = _options(definition, handler, stack)
    known = known_functions(definition, scope)
    if handler.entry.suffix == ".py":
        return HandlerFunction(stack, handler, environments=known, **options)
    return NodeFunction(
        stack,
        handler,
        external=tuple(definition.layers),
        environments=known,
        site=definition.site,
        **options,
    )


def _options(definition: FunctionDefinition, handler: Handler, stack: Stack) -> HandlerOptions:
    arm = handler.architecture == "arm64"
    storage = definition.ephemeral_storage_size_mb or DEFAULT_STORAGE_MB
    return {
        "architecture": lambda_.Architecture.ARM_64 if arm else lambda_.Architecture.X86_64,
        "timeout": Duration.seconds(definition.timeout_seconds or DEFAULT_TIMEOUT_SECONDS),
        "memory_size": definition.memory_mb or DEFAULT_MEMORY_MB,
        "environment": {CONFIG_VARIABLE: "{}"},
        "ephemeral_storage_size": Size.mebibytes(storage),
        "layers": find_layers(stack, handler.name, definition.layers),
        "log_group": log_group(stack, handler.name, definition.logging),
        "logging_format": logging_format(definition.logging),
        "application_log_level_v2": log_level(definition.logging),
        "durable_config": _durable(handler.durable),
    }


def _durable(limits: Durable | None) -> lambda_.DurableConfig | None:
    if limits is None:
        return None
    return lambda_.DurableConfig(
        execution_timeout=Duration.seconds(limits.execution_timeout_seconds),
        retention_period=Duration.days(limits.retention_period_days),
    )


def _provided(definition: FunctionDefinition, stack: Stack) -> lambda_.Function:
    made: object = None if isinstance(definition.source, Handler) else definition.source(stack)
    if isinstance(made, lambda_.Function):
        return made
    raise UserError(
        "CustomFunctionProviderError",
        f"what define_function() was given made {type(made).__name__}, which is no function",
        "return the aws_lambda.Function that it makes, not a version, an alias, or a function "
        "that exists already",
        sites=[definition.site] if definition.site else [],
    )


def _check_name(
    definition: FunctionDefinition, handler: Handler, scope: ResourceScope, stack: Stack
) -> None:
    """Refuse a second function of one name in one stack, which the CDK tells less clearly."""
    if stack.node.try_find_child(f"{handler.name}-lambda") is None:
        return
    same = [
        each.site
        for each in scope.definitions(FunctionDefinition)
        if each is not definition
        and isinstance(each.source, Handler)
        and each.source.name == handler.name
    ]
    raise UserError(
        "FunctionNameTakenError",
        f"the group {definition.resource_group_name!r} has a function named {handler.name!r}",
        "give one of them another name, or another resource_group_name",
        sites=[site for site in (definition.site, *same) if site],
    )
