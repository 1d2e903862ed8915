"""What a deployed GraphQL API says of its models.

The description lies in a bucket of the backend's, from where functions read it too. The official
tool makes the same JSON from the API's schema, with a generator of 15 MB; this needs none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

_BUCKET: Final = "modelIntrospectionSchemaBucket"
_KEY: Final = "modelIntrospectionSchema.json"
_ABSENT: Final = frozenset({"NoSuchBucket", "NoSuchKey"})
_NESTED: Final = "AWS::CloudFormation::Stack"


def read_models(cloudformation: CloudFormationClient, s3: S3Client, stack_name: str) -> object:
    """Read the description of an API's models.

    Args:
        cloudformation: Client of the account and region the backend is in.
        s3: Likewise.
        stack_name: The backend's root stack.

    Returns:
        A JSON value.

    Raises:
        UserError: ``OutputEntryError`` if the backend has none.
    """
    from botocore.exceptions import ClientError

    for stack in _resources(cloudformation, stack_name, _NESTED, ""):
        for bucket in _resources(cloudformation, stack, "AWS::S3::Bucket", _BUCKET):
            try:
                models: Any = json.load(s3.get_object(Bucket=bucket, Key=_KEY)["Body"])
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _ABSENT:
                    raise
                raise _no_models(stack_name) from error
            return models
    raise _no_models(stack_name)


def _no_models(stack_name: str) -> UserError:
    return UserError(
        "OutputEntryError",
        f"the stack {stack_name} has a GraphQL API, but no description of its models",
        "deploy the backend again",
    )


def _resources(
    cloudformation: CloudFormationClient, stack: str, kind: str, prefix: str
) -> Iterator[str]:
    """Physical ids of a stack's resources of one type, by the start of their logical ids."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            physical = resource.get("PhysicalResourceId")
            if (
                physical
                and resource["ResourceType"] == kind
                and resource["LogicalResourceId"].startswith(prefix)
                and resource["ResourceStatus"] != "DELETE_COMPLETE"
            ):
                yield physical
