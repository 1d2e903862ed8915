"""The function that tells Amplify which stack is the backend of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError
from tests.amplify_service import amplify_service

from preamp.runtime.branch_linker import handler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.amplify_service import AmplifyService

STACK: Final = "arn:aws:cloudformation:eu-west-1:000000000000:stack/amplify-d1-main/1"
MAIN: Final = "/apps/d1/branches/main"


@pytest.fixture
def amplify(monkeypatch: pytest.MonkeyPatch) -> Iterator[AmplifyService]:
    with amplify_service() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_AMPLIFY", service.endpoint)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        yield service


def event(kind: str, **more: str) -> dict[str, Any]:
    properties = {"appId": "d1", "branchName": "main"}
    return {
        "RequestType": kind,
        "RequestId": "r1",
        "StackId": STACK,
        "ResourceProperties": properties,
        **more,
    }


def test_a_branch_learns_its_stack_and_keeps_its_settings(amplify: AmplifyService) -> None:
    amplify.add("d1", "main", framework="React", environmentVariables={"A": "1"})
    assert handler(event("Create"), None) == {"PhysicalResourceId": "r1"}
    branch = amplify.branches[MAIN]
    assert branch["backend"] == {"stackArn": STACK}
    assert (branch["framework"], branch["environmentVariables"]) == ("React", {"A": "1"})
    assert branch["enableAutoBuild"] is True

    answer = handler(event("Update", PhysicalResourceId="p1"), None)
    assert answer == {"PhysicalResourceId": "p1"}
    assert amplify.branches[MAIN]["backend"] == {"stackArn": STACK}


def test_a_stage_that_was_set_stays(amplify: AmplifyService) -> None:
    amplify.add("d1", "main", stage="PRODUCTION")
    handler(event("Create"), None)
    assert amplify.branches[MAIN]["stage"] == "PRODUCTION"


def test_a_branch_forgets_the_stack_that_goes(amplify: AmplifyService) -> None:
    amplify.add("d1", "main", backend={"stackArn": STACK})
    handler(event("Delete", PhysicalResourceId="p1"), None)
    assert amplify.branches[MAIN]["backend"] == {}


def test_a_branch_that_went_first_is_no_hindrance(amplify: AmplifyService) -> None:
    assert not amplify.branches
    answer = handler(event("Delete", PhysicalResourceId="p1"), None)
    assert answer == {"PhysicalResourceId": "p1"}
    with pytest.raises(ClientError, match="NotFoundException"):
        handler(event("Create"), None)
