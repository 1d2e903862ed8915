"""Finds what a sandbox has deployed: each resource of the assembly with its name in the cloud."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_cloudformation import CloudFormationClient

    from preamp.assembly.read import AssemblyStack, CloudAssembly

_RESOURCE: Final = 5
_SERVICES: Final = {
    "cognito-idp": "Cognito",
    "cognito-identity": "Cognito",
    "execute-api": "ApiGateway",
    "firehose": "KinesisFirehose",
    "states": "StepFunctions",
}
"""The service in a type, where it is not the one in an ARN."""


@dataclass(frozen=True)
class DeployedResource:
    """A resource of the sandbox.

    Attributes:
        path: Construct path below the root stack.
        resource_type: CloudFormation's type.
        physical_id: Its name, ARN or URL: what ``Ref`` gives.
    """

    path: str
    resource_type: str
    physical_id: str

    @property
    def arn_name(self) -> str:
        """What of its physical id stands in its ARN; all of it if that is one."""
        if "://" in self.physical_id:
            return self.physical_id.rpartition("/")[2]
        return self.physical_id.lstrip("/")

    def is_meant_by(self, arn: str) -> bool:
        """Whether an ARN is this resource's, or that of something in it."""
        parts = arn.split(":", _RESOURCE)
        name = self.arn_name
        if len(parts) <= _RESOURCE or not name:
            return False
        service = f"AWS::{_SERVICES.get(parts[2], parts[2])}"
        if not self.resource_type.lower().startswith(service.lower()):
            return False
        if name.startswith("arn:"):
            return arn == name or arn.startswith((f"{name}/", f"{name}:"))
        return re.search(rf"(^|[/:]){re.escape(name)}($|[/:])", parts[_RESOURCE]) is not None


def deployed_resources(
    assembly: CloudAssembly,
    cloudformation: CloudFormationClient,
    is_wanted: Callable[[str], bool] = lambda _: True,
) -> list[DeployedResource]:
    """The resources that are in the assembly and deployed, in the order of the templates.

    Args:
        assembly: What was deployed.
        cloudformation: The target's client.
        is_wanted: Chooses by type; a stack without any is not asked for.
    """
    return list(_below(assembly.stack, assembly.stack_name, cloudformation, is_wanted))


def _below(
    stack: AssemblyStack,
    name: str,
    cloudformation: CloudFormationClient,
    is_wanted: Callable[[str], bool],
) -> Iterator[DeployedResource]:
    wanted = {
        logical_id: resource["Type"]
        for logical_id, resource in stack.resources.items()
        if is_wanted(resource["Type"])
    }
    if not wanted and not stack.children:
        return
    physical = _physical_ids(name, cloudformation)
    for logical_id in stack.resources:
        if logical_id not in physical:
            continue
        if logical_id in wanted:
            path = stack.path_of(logical_id)
            yield DeployedResource(path, wanted[logical_id], physical[logical_id])
        child = stack.children.get(logical_id)
        if child:
            yield from _below(child, physical[logical_id], cloudformation, is_wanted)


def _physical_ids(stack: str, cloudformation: CloudFormationClient) -> dict[str, str]:
    found = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}
