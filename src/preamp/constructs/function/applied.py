"""Options applied to a function that the user's own code made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from preamp.constructs.function.layers import find_layers
from preamp.constructs.function.logging import log_group

if TYPE_CHECKING:
    from preamp.definition.function import FunctionDefinition, LoggingOptions


def apply_options(
    definition: FunctionDefinition, function: lambda_.Function, resource: lambda_.CfnFunction
) -> None:
    """Set what the definition says; what it leaves out stays as it is.

    Args:
        definition: The options.
        function: The function.
        resource: What CloudFormation gets of it.
    """
    if definition.timeout_seconds is not None:
        resource.timeout = definition.timeout_seconds
    if definition.memory_mb is not None:
        resource.memory_size = definition.memory_mb
    if definition.ephemeral_storage_size_mb is not None:
        resource.ephemeral_storage = lambda_.CfnFunction.EphemeralStorageProperty(
            size=definition.ephemeral_storage_size_mb
        )
    layers = find_layers(function.stack, function.node.id, definition.layers)
    if layers:
        function.add_layers(*layers)
    _apply_logging(definition.logging, function, resource)


def _apply_logging(
    options: LoggingOptions, function: lambda_.Function, resource: lambda_.CfnFunction
) -> None:
    if "format" in options:
        resource.add_property_override(
            "LoggingConfig.LogFormat", "JSON" if options["format"] == "json" else "Text"
        )
    if "level" in options:
        resource.add_property_override(
            "LoggingConfig.ApplicationLogLevel", options["level"].upper()
        )
    group = log_group(function.stack, function.node.id, options)
    if group:
        resource.add_property_override("LoggingConfig.LogGroup", group.log_group_name)
