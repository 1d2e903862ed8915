"""Layers of functions, by ARN or by name and version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack


def find_layers(
    stack: Stack, name: str, layers: Mapping[str, str]
) -> list[lambda_.ILayerVersion] | None:
    """The layers that a function's definition names.

    Args:
        stack: The function's stack; a layer that is no ARN is of its account and region.
        name: The function's name.
        layers: ARN or ``Name:version``, by the module that the layer brings.
    """
    return [
        lambda_.LayerVersion.from_layer_version_arn(
            stack, f"{name}-{module}-layer", _arn(stack, layer)
        )
        for module, layer in layers.items()
    ] or None


def _arn(stack: Stack, layer: str) -> str:
    if layer.startswith("arn:"):
        return layer
    return f"arn:aws:lambda:{stack.region}:{stack.account}:layer:{layer}"
