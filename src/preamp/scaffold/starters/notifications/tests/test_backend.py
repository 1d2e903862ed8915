"""Synthesizes the backend and looks at its templates: no account, no local cloud."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
Resources = list[dict[str, Any]]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Every resource of the backend, of all its stacks."""
    out = tmp_path_factory.mktemp("synth") / "assembly"
    synth = [sys.executable, "-m", "preamp", "synth", "--quiet", "--out", str(out)]
    subprocess.run(synth, cwd=PROJECT, check=True)
    templates = [json.loads(path.read_text()) for path in out.glob("*.template.json")]
    return [one for template in templates for one in template["Resources"].values()]


def properties(resources: Resources, kind: str) -> list[dict[str, Any]]:
    """What is set on each resource of a CloudFormation type."""
    return [one["Properties"] for one in resources if one["Type"] == kind]


def allowed(resources: Resources, action: str) -> list[dict[str, Any]]:
    """Every statement by which a role of the backend may do something."""
    return [
        statement
        for policy in properties(resources, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == action
    ]


def test_every_instance_sends_from_an_address_of_its_own(resources: Resources) -> None:
    """One sender for the notifications, one for the alerts."""
    senders = properties(resources, "AWS::SES::EmailIdentity")
    addresses = {sender["EmailIdentity"] for sender in senders}
    assert addresses == {"sender@example.com", "alerts@example.com"}


def test_an_emailer_may_send_from_its_address_only(resources: Resources) -> None:
    """A function that is taken over cannot send in someone else's name."""
    statements = allowed(resources, "ses:SendEmail")
    assert len(statements) == 2
    for statement in statements:
        assert statement["Condition"]["StringEquals"]["ses:FromAddress"]
        assert statement["Resource"] != "*"


def test_what_could_not_be_sent_is_kept_for_two_weeks(resources: Resources) -> None:
    """Both dead-letter queues keep their messages for as long as SQS allows."""
    queues = properties(resources, "AWS::SQS::Queue")
    kept = [queue.get("MessageRetentionPeriod") for queue in queues]
    assert kept.count(14 * 24 * 60 * 60) == 2


def test_the_api_takes_users_and_a_key(resources: Resources) -> None:
    """The API of the data knows its users, and has a key besides."""
    (api,) = properties(resources, "AWS::AppSync::GraphQLApi")
    assert api["AuthenticationType"] == "AMAZON_COGNITO_USER_POOLS"
    others = api["AdditionalAuthenticationProviders"]
    assert sorted(one["AuthenticationType"] for one in others) == ["API_KEY", "AWS_IAM"]
