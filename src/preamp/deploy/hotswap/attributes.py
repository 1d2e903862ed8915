"""What ``Fn::GetAtt`` gives for a resource whose physical id is known.

Owns the table of attributes that follow from the id alone. Must not call anyone: an attribute
that only its service knows is not in the table.
Defined by the AWS CloudFormation user guide, "AWS resource and property types reference", under
"Return values" of each type, and by the service authorization reference for the forms of ARNs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Region:
    """Where the stack is.

    Attributes:
        partition: For example ``aws``.
        region: Region name.
        account: Account id.
        url_suffix: Domain of the region's endpoints.
    """

    partition: str
    region: str
    account: str
    url_suffix: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something that belongs to the account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


Attribute: TypeAlias = "Callable[[str, Region], str]"


def _itself(physical_id: str, _region: Region) -> str:
    return physical_id


def _after_colon(physical_id: str, _region: Region) -> str:
    return physical_id.rpartition(":")[2]


def _after_slash(physical_id: str, _region: Region) -> str:
    return physical_id.rpartition("/")[2]


def _arn(service: str, beginning: str = "", end: str = "") -> Attribute:
    return lambda physical_id, region: region.arn(service, f"{beginning}{physical_id}{end}")


def _queue_arn(url: str, region: Region) -> str:
    return region.arn("sqs", url.rpartition("/")[2])


def _bucket_arn(name: str, region: Region) -> str:
    return f"arn:{region.partition}:s3:::{name}"


def _role_arn(name: str, region: Region) -> str:
    return f"arn:{region.partition}:iam::{region.account}:role/{name}"


_ATTRIBUTES: Final[Mapping[str, Mapping[str, Attribute]]] = {
    "AWS::Cognito::UserPool": {"Arn": _arn("cognito-idp", "userpool/"), "UserPoolId": _itself},
    "AWS::Cognito::UserPoolClient": {"ClientId": _itself},
    "AWS::DynamoDB::Table": {"Arn": _arn("dynamodb", "table/")},
    "AWS::Events::EventBus": {"Arn": _arn("events", "event-bus/"), "Name": _itself},
    "AWS::Events::Rule": {"Arn": _arn("events", "rule/")},
    "AWS::IAM::Role": {"Arn": _role_arn},
    "AWS::KMS::Key": {"Arn": _arn("kms", "key/"), "KeyId": _itself},
    "AWS::Kinesis::Stream": {"Arn": _arn("kinesis", "stream/")},
    "AWS::Lambda::Function": {"Arn": _arn("lambda", "function:")},
    "AWS::Logs::LogGroup": {"Arn": _arn("logs", "log-group:", ":*")},
    "AWS::S3::Bucket": {"Arn": _bucket_arn},
    "AWS::SNS::Topic": {"TopicArn": _itself, "TopicName": _after_colon},
    "AWS::SQS::Queue": {"Arn": _queue_arn, "QueueName": _after_slash, "QueueUrl": _itself},
    "AWS::SecretsManager::Secret": {"Id": _itself},
    "AWS::StepFunctions::StateMachine": {"Arn": _itself, "Name": _after_colon},
}
_PATH: Final = "Path"


def attribute_of(
    resource: Mapping[str, object], name: str, physical_id: str, region: Region
) -> str | None:
    """Return an attribute of a resource.

    Args:
        resource: The resource in its template.
        name: The attribute.
        physical_id: What it is called at the target.
        region: Where it is.

    Returns:
        Its value, or None if only its service knows.
    """
    properties = resource.get("Properties")
    if isinstance(properties, dict) and _PATH in properties:
        # A role's ARN has its path in it.
        return None
    attribute = _ATTRIBUTES.get(str(resource.get("Type")), {}).get(name)
    return attribute(physical_id, region) if attribute else None
