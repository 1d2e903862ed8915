"""Explicit physical names that are used twice.

Owns which property of which resource type is a name, and what it must be unique among. Looks at
the whole assembly, across nested stacks; names that CloudFormation makes up cannot collide.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.check.finding import Mistake
from preamp.check.references import references_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preamp.assembly.read import AssemblyStack, CloudAssembly

RULE: Final = "duplicate-name"

NAMES: Final[dict[str, tuple[str, str]]] = {
    "AWS::ApiGateway::ApiKey": ("API key", "Name"),
    "AWS::CloudWatch::Alarm": ("alarm", "AlarmName"),
    "AWS::CloudWatch::CompositeAlarm": ("alarm", "AlarmName"),
    "AWS::CloudWatch::Dashboard": ("dashboard", "DashboardName"),
    "AWS::Cognito::UserPoolDomain": ("user pool domain", "Domain"),
    "AWS::DynamoDB::GlobalTable": ("table", "TableName"),
    "AWS::DynamoDB::Table": ("table", "TableName"),
    "AWS::ECR::Repository": ("repository", "RepositoryName"),
    "AWS::Events::EventBus": ("event bus", "Name"),
    "AWS::Events::Rule": ("rule", "Name"),
    "AWS::IAM::Group": ("group", "GroupName"),
    "AWS::IAM::InstanceProfile": ("instance profile", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": ("managed policy", "ManagedPolicyName"),
    "AWS::IAM::Role": ("role", "RoleName"),
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::Kinesis::Stream": ("stream", "Name"),
    "AWS::KinesisFirehose::DeliveryStream": ("delivery stream", "DeliveryStreamName"),
    "AWS::KMS::Alias": ("key alias", "AliasName"),
    "AWS::Lambda::Function": ("function", "FunctionName"),
    "AWS::Logs::LogGroup": ("log group", "LogGroupName"),
    "AWS::Pipes::Pipe": ("pipe", "Name"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::Scheduler::Schedule": ("schedule", "Name"),
    "AWS::Scheduler::ScheduleGroup": ("schedule group", "Name"),
    "AWS::SecretsManager::Secret": ("secret", "Name"),
    "AWS::SES::ConfigurationSet": ("configuration set", "Name"),
    "AWS::SES::EmailIdentity": ("e-mail identity", "EmailIdentity"),
    "AWS::SNS::Topic": ("topic", "TopicName"),
    "AWS::SQS::Queue": ("queue", "QueueName"),
    "AWS::SSM::Parameter": ("parameter", "Name"),
    "AWS::StepFunctions::Activity": ("activity", "ActivityName"),
    "AWS::StepFunctions::StateMachine": ("state machine", "StateMachineName"),
}
"""Resource type -> what people call it, and the property that names it."""

_WITHIN: Final = {"AWS::Events::Rule": "EventBusName", "AWS::Scheduler::Schedule": "GroupName"}
_EXPORT: Final = "export"


def duplicate_names(assembly: CloudAssembly) -> Iterator[Mistake]:
    """Find explicit names and exports that two resources of the assembly claim."""
    owners: dict[tuple[str, str], tuple[AssemblyStack, str]] = {}
    for stack in assembly.stack.tree():
        for kind, key, name, logical_id, property_path in _names_in(stack):
            first = owners.setdefault((kind, key), (stack, logical_id))
            if first != (stack, logical_id):
                yield _duplicate(assembly, stack, logical_id, first, kind, name, property_path)


def _duplicate(
    assembly: CloudAssembly,
    stack: AssemblyStack,
    logical_id: str,
    first: tuple[AssemblyStack, str],
    kind: str,
    name: str,
    property_path: str,
) -> Mistake:
    taken = first[0].path_of(first[1])
    site = assembly.site_of(taken)
    return Mistake(
        stack=stack,
        logical_id=logical_id,
        rule=RULE,
        message=f"the {kind} name {name} is taken by {taken}{f' ({site})' if site else ''}",
        hint="leave the name out, and CloudFormation makes up a unique one; or give each its own",
        property_path=property_path,
    )


def _names_in(stack: AssemblyStack) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield kind, key, name, logical id and property of every explicit name in a template."""
    for logical_id, resource in stack.resources.items():
        resource_type = str(resource.get("Type"))
        kind, name_property = NAMES.get(resource_type, ("", ""))
        properties = resource.get("Properties")
        # Of two resources under conditions only one may come to exist.
        if not kind or "Condition" in resource or not isinstance(properties, dict):
            continue
        name = properties.get(name_property)
        if _is_fixed(name):
            space = properties.get(_WITHIN.get(resource_type, ""))
            yield kind, _text([name, space]), _shown(name), logical_id, name_property
    yield from _exports_in(stack)


def _exports_in(stack: AssemblyStack) -> Iterator[tuple[str, str, str, str, str]]:
    outputs: dict[str, Any] = stack.template.get("Outputs") or {}
    for logical_id, output in outputs.items():
        name = ((output or {}).get("Export") or {}).get("Name")
        if _is_fixed(name) and "Condition" not in output:
            yield _EXPORT, _text(name), _shown(name), logical_id, "Export.Name"


def _is_fixed(name: object) -> bool:
    """Whether equal texts mean equal names: literal, or made of account and region alone."""
    if isinstance(name, str):
        return bool(name) and not name.startswith("{{resolve:")
    return isinstance(name, dict) and not references_in(name) and not _varies(_text(name))


def _varies(text: str) -> bool:
    changing: Iterable[str] = ("AWS::StackName", "AWS::StackId", "AWS::NoValue", "Fn::If")
    return any(part in text for part in changing)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _shown(name: object) -> str:
    return name if isinstance(name, str) else _text(name)
