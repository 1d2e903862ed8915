"""The schemas of a deployed API: the one that it answers by, and the one its models are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from preamp.contract.entries import GRAPHQL
from preamp.errors import UserError
from preamp.outputs.entries import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

_API: Final = "awsAppsyncApiId"
_MODELS: Final = "amplifyApiModelSchemaS3Uri"


class ClientFactory(Protocol):
    """Makes AWS clients of the account and region that a backend is in."""

    def __call__(self, service: str, /) -> Any:  # noqa: ANN401 - one class per service
        """The client of a service."""


def read_schema(client: ClientFactory, stack_name: str, *, of_models: bool) -> str:
    """Read a schema of a backend's API.

    Args:
        client: Makes the clients that it is read with.
        stack_name: Name or ARN of the backend's root stack.
        of_models: Whether it is the one that the models are made of, with Amplify's directives.

    Raises:
        UserError: ``NoApiError`` if the backend has no API, or as `read_entries`.
    """
    cloudformation: CloudFormationClient = client("cloudformation")
    outputs = _outputs(cloudformation, stack_name)
    if of_models:
        place = urlsplit(outputs[_MODELS])
        found = client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
        return str(found["Body"].read().decode())
    answer = client("appsync").get_introspection_schema(apiId=outputs[_API], format="SDL")
    return str(answer["schema"].read().decode())


def _outputs(cloudformation: CloudFormationClient, stack_name: str) -> Mapping[str, str]:
    for entry in read_entries(cloudformation, stack_name):
        if entry.kind is GRAPHQL:
            return entry.payload
    raise no_api(stack_name)


def no_api(stack_name: str) -> UserError:
    """The error that a backend has no API."""
    return UserError(
        "NoApiError",
        f"the backend of the stack {stack_name} has no GraphQL API",
        "add define_data() to define_backend(), and deploy it",
    )
