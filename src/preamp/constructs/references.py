"""What functions are told of other resources: parameters whose paths are known beforehand.

The path needs no reference to the resource's stack, so that functions and resources can know of
each other without a circle of stacks. Paths are the official library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ssm as ssm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack

    from preamp.contract.identity import BackendId


def publish_values(
    stack: Stack, backend_id: BackendId, values: Mapping[str, str]
) -> dict[str, str]:
    """Keep values of a stack's resources as parameters.

    Args:
        stack: The stack of the resources.
        backend_id: The backend it belongs to.
        values: What to keep, by the variables that are to hold it.

    Returns:
        The parameters' paths by variable, for `BuiltFunction.accept`.
    """
    paths = {name: backend_id.reference_path(name) for name in values}
    for name, value in values.items():
        ssm.StringParameter(
            stack, f"{name}Parameter", parameter_name=paths[name], string_value=value
        )
    return paths
