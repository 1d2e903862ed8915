"""What is running at the target now: status, templates and outputs of a stack.

Owns the reading of CloudFormation's answers into data. Must not know what is going to change.
Statuses: the AWS CloudFormation user guide's "Understand stack creation events" and "View stack
information".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.assembly.read import NESTED_STACK, AssemblyStack, Template

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

Address: TypeAlias = tuple[str, ...]
"""Where a resource is: logical ids of the nested stacks around it, then its own."""

NEVER_CREATED: Final = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
"""Statuses of a stack that never came to be: it holds nothing and cannot be updated."""

ROLLBACK_STUCK: Final = "UPDATE_ROLLBACK_FAILED"
"""Status of a stack whose update failed and could not be rolled back; that may be tried again."""

STUCK: Final = frozenset({"CREATE_FAILED", "DELETE_FAILED", "UPDATE_FAILED", ROLLBACK_STUCK})
"""Statuses out of which only the user can decide the way."""

SUCCEEDED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"})
"""Final statuses of an operation that did what it was asked to."""


def is_busy(status: str) -> bool:
    """Tell whether CloudFormation is still at work on a stack.

    Args:
        status: A stack's status.
    """
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class DeployedStack:
    """A stack as it is at the target.

    Attributes:
        stack_id: Its ARN, which also outlives it.
        status: CloudFormation's status.
        reason: Why it has that status, if CloudFormation says.
        tags: Stack tags.
        outputs: Stack outputs by name.
        termination_protection: Whether it refuses deletion.
        revision: Tells one state of the stack from the next: when CloudFormation last began to
            change it.
    """

    stack_id: str
    status: str
    reason: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    revision: str = ""


@dataclass(frozen=True)
class DeployedTemplate:
    """A running template with the nested ones below it, as far as they were read.

    Attributes:
        template: The template as it was submitted.
        children: Templates of nested stacks, by logical id.
    """

    template: Template
    children: Mapping[str, DeployedTemplate] = field(default_factory=dict)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The template's resources by logical id."""
        return self.template.get("Resources") or {}


def read_stack(cloudformation: CloudFormationClient, stack: str) -> DeployedStack | None:
    """Read a stack's state.

    Args:
        cloudformation: The target's client.
        stack: Name or ARN; only the ARN finds a deleted stack.

    Returns:
        Its state, or None if there is no such stack.
    """
    from botocore.exceptions import ClientError

    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return _as_deployed(found)


@dataclass(frozen=True)
class StackValues:
    """What CloudFormation has computed for one stack.

    Attributes:
        parameters: What the stack was given, by name.
        outputs: What it gives, by name.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


class StackReader:
    """Reads templates and physical ids, each once: good for as long as no stack changes."""

    def __init__(self, cloudformation: CloudFormationClient) -> None:
        self._cloudformation = cloudformation
        self._templates: dict[str, Template] = {}
        self._physical_ids: dict[str, dict[str, str]] = {}
        self._values: dict[str, StackValues] = {}

    def template(self, stack: str) -> Template:
        """Return the template a stack was last brought to.

        Args:
            stack: Name or ARN.
        """
        if stack not in self._templates:
            body: object = self._cloudformation.get_template(
                StackName=stack, TemplateStage="Original"
            ).get("TemplateBody")
            # botocore hands over JSON parsed, and whatever else it is as text.
            self._templates[stack] = dict(body) if isinstance(body, dict) else {}
        return self._templates[stack]

    def physical_ids(self, stack: str) -> dict[str, str]:
        """Return what the resources of a stack are called at the target.

        Args:
            stack: Name or ARN.

        Returns:
            Physical ids by logical id; that of a nested stack is its ARN.
        """
        if stack not in self._physical_ids:
            pages = self._cloudformation.get_paginator("list_stack_resources").paginate(
                StackName=stack
            )
            self._physical_ids[stack] = {
                resource["LogicalResourceId"]: resource["PhysicalResourceId"]
                for page in pages
                for resource in page["StackResourceSummaries"]
                if resource.get("PhysicalResourceId")
                and resource["ResourceStatus"] != "DELETE_COMPLETE"
            }
        return self._physical_ids[stack]

    def values(self, stack: str) -> StackValues:
        """Return what CloudFormation has computed for a stack.

        Args:
            stack: Name or ARN.
        """
        if stack not in self._values:
            found = self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            parameters = {
                parameter["ParameterKey"]: parameter["ParameterValue"]
                for parameter in found.get("Parameters", [])
                if "ParameterKey" in parameter and "ParameterValue" in parameter
            }
            self._values[stack] = StackValues(parameters, _outputs(found))
        return self._values[stack]

    def tree(
        self, stack: str, wanted: AssemblyStack | None, also: Collection[Address] = ()
    ) -> DeployedTemplate:
        """Return the template of a stack with the nested ones that an update may change.

        Args:
            stack: Name or ARN.
            wanted: What it shall become; a nested stack that both declare alike is not read.
                None if it shall go: then all are.
            also: Resources below this stack whose templates are read in any case.
        """
        template = self.template(stack)
        holding = {address[0] for address in also if len(address) > 1}
        asked = {*_changed_children(template, wanted.template if wanted else {}), *holding}
        if not asked:
            return DeployedTemplate(template)
        running = self.physical_ids(stack)
        children = {
            logical_id: self.tree(
                running[logical_id],
                wanted.children.get(logical_id) if wanted else None,
                [address[1:] for address in also if address[0] == logical_id],
            )
            for logical_id in template.get("Resources") or {}
            if logical_id in asked and logical_id in running
        }
        return DeployedTemplate(template, children)


def is_missing(error: Any) -> bool:  # noqa: ANN401 - botocore's ClientError, imported lazily
    """Tell whether a ClientError says that a stack does not exist.

    Args:
        error: What a CloudFormation call raised.
    """
    told = error.response.get("Error", {})
    return told.get("Code") == "ValidationError" and "does not exist" in told.get("Message", "")


def _changed_children(template: Template, wanted: Template) -> list[str]:
    new = wanted.get("Resources") or {}
    return [
        logical_id
        for logical_id, resource in (template.get("Resources") or {}).items()
        if resource.get("Type") == NESTED_STACK
        and resource.get("Properties") != new.get(logical_id, {}).get("Properties")
    ]


def _as_deployed(found: StackTypeDef) -> DeployedStack:
    return DeployedStack(
        stack_id=found.get("StackId", found["StackName"]),
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
        outputs=_outputs(found),
        termination_protection=found.get("EnableTerminationProtection", False),
        revision=(found.get("LastUpdatedTime") or found["CreationTime"]).isoformat(),
    )


def _outputs(found: StackTypeDef) -> dict[str, str]:
    return {
        output["OutputKey"]: output.get("OutputValue", "")
        for output in found.get("Outputs", [])
        if "OutputKey" in output
    }
