"""The outputs of a backend that runs somewhere: from its root stack to a document.

Owns how many of AWS's calls that takes, and what is said when they are refused. Any credentials
that may read the stack will do.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.errors import UserError
from preamp.outputs.document import compose_document
from preamp.outputs.entries import read_entries
from preamp.outputs.models import read_models
from preamp.outputs.writing import OutputsForm, write_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from botocore.exceptions import ClientError
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

    from preamp.outputs.merge import Document

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_INVALID: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


class Clients(Protocol):
    """AWS clients of the account and region that a backend is in."""

    @property
    def cloudformation(self) -> CloudFormationClient:
        """Reads the stack."""

    @property
    def s3(self) -> S3Client:
        """Reads what an API says of its models."""


@dataclass(frozen=True)
class AwsClients:
    """Clients by the machine's own AWS configuration."""

    cloudformation: CloudFormationClient
    s3: S3Client


def read_document(clients: Clients, stack_name: str, version: str) -> Document:
    """Read the outputs of a deployed backend.

    Args:
        clients: Who is asked.
        stack_name: Name or ARN of its root stack.
        version: Schema version to write.

    Raises:
        UserError: As `read_entries` and `compose_document`.
    """
    entries = read_entries(clients.cloudformation, stack_name)
    models = partial(read_models, clients.cloudformation, clients.s3, stack_name)
    return compose_document(entries, version=version, models=models)


def generate_outputs(
    stack_name: str,
    directory: Path,
    form: OutputsForm,
    *,
    profile: str | None,
    told: str,
    region: str | None = None,
) -> tuple[Path, ...]:
    """Write the outputs of a backend at AWS.

    Args:
        stack_name: Name or ARN of its root stack.
        directory: Where the files go.
        form: In which form.
        profile: A profile of the machine's AWS configuration; None for what the environment says.
        told: What to call the stack, for people.
        region: A region; None for that of the environment or the profile.

    Returns:
        The files, that of the outputs first.

    Raises:
        UserError: As `read_document` and `refusals_explained`.
    """
    with refusals_explained():
        try:
            document = read_document(aws_clients(profile, region), stack_name, form.version)
        except UserError as error:
            if error.code != "StackMissingError":
                raise
            raise UserError(
                error.code,
                f"there is no stack {told}",
                "look whether region and credentials are the right ones, and whether it was "
                "deployed",
            ) from error
    return write_outputs(directory, document, form, cloud=None)


def aws_clients(profile: str | None, region: str | None = None) -> AwsClients:
    """Make clients by the machine's own AWS configuration.

    Args:
        profile: A profile of it; None for what the environment says.
        region: A region; None for that of the environment or the profile.
    """
    client = aws_client_factory(profile, region)
    return AwsClients(client("cloudformation"), client("s3"))


def aws_client_factory(profile: str | None, region: str | None = None) -> Callable[[str], Any]:
    """What makes clients by the machine's own AWS configuration.

    Args:
        profile: A profile of it; None for what the environment says.
        region: A region; None for that of the environment or the profile.

    Returns:
        Gives the client of a service.
    """
    from botocore.config import Config
    from botocore.session import Session

    session = Session(profile=profile)
    # AWS's own command line knows AWS_REGION, too; botocore does not
    named = region or os.environ.get("AWS_REGION")
    config = Config(user_agent_extra="preamp", retries={"mode": "standard"})

    def client(service: str) -> Any:  # noqa: ANN401 - one class per service, made at run time
        return session.create_client(service, region_name=named, config=config)

    return client


@contextlib.contextmanager
def refusals_explained() -> Iterator[None]:
    """Turn what AWS's clients raise into errors of ours.

    Raises:
        UserError: ``CredentialsError``, ``RegionMissingError`` or ``TargetUnreachableError``.
    """
    from botocore import exceptions

    try:
        yield
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.ProfileNotFound,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
    ) as error:
        raise _not_allowed(str(error)) from error
    except exceptions.NoRegionError as error:
        raise UserError(
            "RegionMissingError",
            "no AWS region is configured",
            "set AWS_REGION, or use a profile that names a region",
        ) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise UserError(
            "TargetUnreachableError",
            f"AWS does not answer: {error}",
            "look at your network; AWS_ENDPOINT_URL leads elsewhere if it is set",
        ) from error
    except exceptions.ClientError as error:
        raise _refused(error) from error


def _refused(error: ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _INVALID:
        return _not_allowed(str(error))
    if code in _DENIED:
        return UserError(
            "CredentialsError",
            f"AWS does not let you read the backend: {error}",
            "outputs take cloudformation:DescribeStacks and cloudformation:GetTemplateSummary, "
            "with a GraphQL API also cloudformation:ListStackResources and s3:GetObject; code for "
            "clients takes appsync:GetIntrospectionSchema, too",
        )
    return error


def _not_allowed(reason: str) -> UserError:
    return UserError(
        "CredentialsError",
        f"AWS does not let you in: {reason}",
        "sign in, or choose credentials with --profile; without --stack and --branch it is "
        "the sandbox on this machine that is read",
    )
