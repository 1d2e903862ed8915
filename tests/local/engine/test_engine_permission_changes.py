"""A changed permission holds from the next call on, also for an environment that is warm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.local_engine import policy

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]
_HANDLER = """
    import boto3
    sns = boto3.client("sns")

    def handler(event, context):
        try:
            sns.publish(TopicArn=event, Message="m")
        except sns.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return "allowed"
"""


@pytest.fixture
def topic(client: ClientFactory, unique: Callable[[str], str]) -> str:
    """A topic."""
    return str(client("sns").create_topic(Name=unique("topic"))["TopicArn"])


def may_publish(topic: str, effect: str = "Allow") -> str:
    """A policy for one topic."""
    return policy({"Effect": effect, "Action": "sns:Publish", "Resource": topic})


def test_a_roles_own_policies(functions: Functions, client: ClientFactory, topic: str) -> None:
    name, iam = functions.create(_HANDLER, Statements=[], Timeout=20), client("iam")
    assert functions.invoke(name, topic)[0] == "AuthorizationError"
    for document, expected in (
        (may_publish(topic), "allowed"),
        (may_publish(topic + "-other"), "AuthorizationError"),
        (may_publish(topic), "allowed"),
        (may_publish(topic, "Deny"), "AuthorizationError"),
        (may_publish("*"), "allowed"),
    ):
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document)
        assert functions.invoke(name, topic)[0] == expected
    iam.delete_role_policy(RoleName=name, PolicyName="may")
    assert functions.invoke(name, topic)[0] == "AuthorizationError"


def test_a_managed_policy(functions: Functions, client: ClientFactory, topic: str) -> None:
    name, iam = functions.create(_HANDLER, Statements=[], Timeout=20), client("iam")
    made = iam.create_policy(PolicyName=name, PolicyDocument=may_publish(topic))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=made)
    assert functions.invoke(name, topic)[0] == "allowed"
    iam.create_policy_version(
        PolicyArn=made, PolicyDocument=may_publish(topic, "Deny"), SetAsDefault=True
    )
    assert functions.invoke(name, topic)[0] == "AuthorizationError"
    iam.create_policy_version(PolicyArn=made, PolicyDocument=may_publish(topic), SetAsDefault=True)
    assert functions.invoke(name, topic)[0] == "allowed"
    iam.detach_role_policy(RoleName=name, PolicyArn=made)
    assert functions.invoke(name, topic)[0] == "AuthorizationError"


def test_the_topics_own_policy(functions: Functions, client: ClientFactory, topic: str) -> None:
    name, sns = functions.create(_HANDLER, Timeout=20), client("sns")
    assert functions.invoke(name, topic)[0] == "allowed"
    refusing = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    for document, expected in (
        (policy(refusing), "AuthorizationError"),
        (policy({**refusing, "Effect": "Allow"}), "allowed"),
    ):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
        assert functions.invoke(name, topic)[0] == expected
