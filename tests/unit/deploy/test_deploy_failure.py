from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)

from preamp.contract.site import Site
from preamp.deploy.deployed import DeployedStack
from preamp.deploy.failure import deployment_failed, explained, stack_stuck
from preamp.deploy.progress import Failure
from preamp.deploy.target import Target
from preamp.errors import Fault, UserError

if TYPE_CHECKING:
    from tests.unit.deploy.conftest import MakeAssembly

QUEUE = {"Q": {"Type": "AWS::SQS::Queue"}}
TARGET = Target("the local cloud", "us-east-1", "000000000000")


def test_the_first_failure_is_named_and_the_others_are_details(make_assembly: MakeAssembly) -> None:
    site = Site("backend.py", 3)
    failures = [
        Failure("Q", "AWS::SQS::Queue", "CREATE_FAILED", "no such thing"),
        Failure("R", "AWS::SNS::Topic", "UPDATE_FAILED", ""),
    ]
    error = deployment_failed(
        make_assembly(QUEUE, sites={"Q": site}),
        DeployedStack("arn", "UPDATE_ROLLBACK_COMPLETE"),
        failures,
    )
    assert error.message == "Q (AWS::SQS::Queue) could not be created: no such thing"
    assert error.sites == (site,)
    assert "as it was before" in error.hint
    assert error.details == (
        "then R (AWS::SNS::Topic) could not be updated: CloudFormation gave no reason",
    )


def test_without_a_failed_resource_the_stacks_reason_is_told(make_assembly: MakeAssembly) -> None:
    stack = DeployedStack("arn", "ROLLBACK_COMPLETE", "an output cannot be resolved")
    error = deployment_failed(make_assembly(QUEUE), stack, [])
    assert error.message == "app was not deployed: an output cannot be resolved"


def test_a_stack_whose_rollback_failed_shows_the_way_out() -> None:
    error = stack_stuck("app", DeployedStack("arn", "UPDATE_ROLLBACK_FAILED", "because"))
    assert error.message.endswith("its status is UPDATE_ROLLBACK_FAILED: because")
    assert "continue-update-rollback --stack-name app" in error.hint


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (NoCredentialsError(), "CredentialsError"),
        (EndpointConnectionError(endpoint_url="http://x"), "TargetUnreachableError"),
        (ProfileNotFound(profile="absent"), "CredentialsError"),
        (UnauthorizedSSOTokenError(), "CredentialsError"),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "GetTemplate"), "CredentialsError"),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "Get"), "CredentialsExpiredError"),
        (ClientError({"Error": {"Code": "Throttling"}}, "GetTemplate"), "ThrottledError"),
    ],
)
def test_what_the_client_raises_becomes_an_error_for_the_user(raised: Exception, code: str) -> None:
    with pytest.raises(UserError) as caught, explained(TARGET):
        raise raised
    assert caught.value.code == code
    assert "the local cloud" in caught.value.message


def test_an_answer_nobody_expected_is_a_fault() -> None:
    error = ClientError({"Error": {"Code": "InternalFailure"}}, "GetTemplate")
    with pytest.raises(Fault, match="InternalFailure"), explained(TARGET):
        raise error


def test_expired_credentials_of_a_profile_say_how_to_sign_in_and_that_work_goes_on() -> None:
    aws = Target("AWS", "eu-west-1", "000000000000", bootstrapped=True, profile="work")
    with pytest.raises(UserError) as caught, explained(aws):
        raise ClientError({"Error": {"Code": "ExpiredTokenException"}}, "DescribeStackEvents")
    assert "aws sso login --profile work" in caught.value.hint
    assert "what CloudFormation has begun goes on" in caught.value.hint


def test_what_keeps_a_stack_stuck_is_told_with_the_users_line(make_assembly: MakeAssembly) -> None:
    site = Site("backend.py", 3)
    error = stack_stuck(
        "app",
        DeployedStack("arn", "UPDATE_ROLLBACK_FAILED"),
        [Failure("Q", "AWS::SQS::Queue", "UPDATE_FAILED", "it is gone")],
        make_assembly(QUEUE, sites={"Q": site}),
    )
    assert "Q (AWS::SQS::Queue) could not be updated: it is gone" in error.message
    assert error.sites == (site,)
