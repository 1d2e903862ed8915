"""What was changed by hand: resources that are no longer as CloudFormation made them.

Defined by the AWS CloudFormation user guide, "Detect unmanaged configuration changes to stacks and
resources with drift detection". Reads, and changes nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.deployed import StackReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        DescribeStackResourceDriftsInputTypeDef,
        StackResourceDriftTypeDef,
    )

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.contract.site import Site
    from preamp.deploy.target import Target

_RUNNING: Final = "DETECTION_IN_PROGRESS"
_DELETED: Final = "DELETED"


@dataclass(frozen=True)
class DriftedProperty:
    """A property that somebody changed.

    Attributes:
        name: Its place in the resource, e.g. ``VisibilityTimeout`` or ``Tags/0/Value``.
        made: Its value as CloudFormation made it.
        found: Its value now; empty if it is gone.
    """

    name: str
    made: str
    found: str


@dataclass(frozen=True)
class Drift:
    """A resource that somebody changed.

    Attributes:
        path: Construct path below the root stack.
        resource_type: CloudFormation's type.
        is_gone: Whether it was deleted.
        properties: What differs.
        site: The user's line that made it.
    """

    path: str
    resource_type: str
    is_gone: bool
    properties: tuple[DriftedProperty, ...] = ()
    site: Site | None = None


def find_drift(stack_id: str, assembly: CloudAssembly, target: Target) -> tuple[Drift, ...]:
    """Have CloudFormation compare a backend with what it made.

    Args:
        stack_id: Its root stack.
        assembly: What shall run, which knows construct paths.
        target: Where.

    Returns:
        A drift for each resource that differs; none for types that CloudFormation cannot compare.
    """
    cloudformation = target.clients.cloudformation
    stacks = list(_stacks(stack_id, assembly.stack, StackReader(cloudformation)))
    # All at once, as each takes a while.
    started = [
        cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
        for stack, _ in stacks
    ]
    for detection in started:
        _await(detection, cloudformation, target.poll_interval)
    return tuple(
        _drift(found, node, assembly)
        for stack, node in stacks
        for found in _drifted(stack, cloudformation)
        if found["ResourceType"] != NESTED_STACK
    )


def _stacks(
    stack_id: str, node: AssemblyStack | None, reader: StackReader
) -> Iterator[tuple[str, AssemblyStack | None]]:
    """Find a stack and all below it, each with what it shall become."""
    yield stack_id, node
    resources = reader.template(stack_id).get("Resources") or {}
    for logical_id, physical_id in reader.physical_ids(stack_id).items():
        if resources.get(logical_id, {}).get("Type") == NESTED_STACK:
            child = node.children.get(logical_id) if node else None
            yield from _stacks(physical_id, child, reader)


def _await(detection: str, cloudformation: CloudFormationClient, interval: float) -> None:
    while True:
        found = cloudformation.describe_stack_drift_detection_status(
            StackDriftDetectionId=detection
        )
        if found["DetectionStatus"] != _RUNNING:
            return
        time.sleep(interval)


def _drifted(
    stack: str, cloudformation: CloudFormationClient
) -> Iterator[StackResourceDriftTypeDef]:
    asked: DescribeStackResourceDriftsInputTypeDef = {
        "StackName": stack,
        "StackResourceDriftStatusFilters": ["MODIFIED", _DELETED],
    }
    while True:
        found = cloudformation.describe_stack_resource_drifts(**asked)
        yield from found["StackResourceDrifts"]
        if "NextToken" not in found:
            return
        asked = {**asked, "NextToken": found["NextToken"]}


def _drift(
    found: StackResourceDriftTypeDef, node: AssemblyStack | None, assembly: CloudAssembly
) -> Drift:
    logical_id = found["LogicalResourceId"]
    path = node.path_of(logical_id) if node else logical_id
    return Drift(
        path=path,
        resource_type=found["ResourceType"],
        is_gone=found["StackResourceDriftStatus"] == _DELETED,
        properties=tuple(
            DriftedProperty(
                each["PropertyPath"].removeprefix("/"),
                each.get("ExpectedValue", ""),
                each.get("ActualValue", ""),
            )
            for each in found.get("PropertyDifferences", [])
        ),
        site=assembly.site_of(path),
    )
