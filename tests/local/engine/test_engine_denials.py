"""A call that a role's policies do not allow is told to whoever watches, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.local_engine import policy

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions, Stacks

    from preamp.contract.activity import CallDenied
    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
_HANDLER = """
    import boto3

    def handler(event, context):
        service, call, options = event
        getattr(boto3.client(service), call)(**options)
        return context.aws_request_id
"""
_WAIT = 30.0


@pytest.fixture
def watched(engine: EngineConnection) -> EngineClient:
    """The engine's own paths."""
    return EngineClient(engine)


@pytest.fixture
def topic(client: ClientFactory, unique: Callable[[str], str]) -> str:
    """A topic's ARN."""
    return str(client("sns").create_topic(Name=unique("topic"))["TopicArn"])


def denial_of(watched: EngineClient, function: str) -> CallDenied:
    """The only denial of a function."""
    (denial,) = (one for one in watched.denials() if one.function == function)
    return denial


def publish(topic: str) -> tuple[str, str, dict[str, Any]]:
    """What tells the handler to publish."""
    return "sns", "publish", {"TopicArn": topic, "Message": "m"}


def test_a_call_that_nothing_allows_is_told(
    watched: EngineClient, functions: Functions, topic: str
) -> None:
    name = functions.create(_HANDLER, Timeout=20, Statements=[])
    last = watched.activity(0, 0).last
    _, answer = functions.invoke(name, publish(topic))
    denial = denial_of(watched, name)
    assert (denial.action, denial.resource, denial.role) == ("sns:Publish", topic, name)
    assert denial.principal == f"arn:aws:sts::000000000000:assumed-role/{name}/{name}"
    assert (denial.reason, denial.policy) == ("not allowed", "")
    assert denial.request_id == answer["ResponseMetadata"]["RequestId"]
    heard = watched.activity(last, _WAIT).happenings
    assert denial in heard
    assert watched.denials(since=denial.time) == (denial,)
    assert denial not in watched.denials(since=denial.time + 0.001)


def test_a_deny_is_told_with_its_policy_and_statement(
    watched: EngineClient, functions: Functions, topic: str
) -> None:
    deny = {"Sid": "NotHere", "Effect": "Deny", "Action": "sns:*", "Resource": topic}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    name = functions.create(_HANDLER, Timeout=20, Statements=[allow, deny])
    functions.invoke(name, publish(topic))
    denial = denial_of(watched, name)
    assert (denial.reason, denial.policy, denial.statement) == ("denied", "may", "NotHere")


def test_a_deny_of_the_resource_is_told(
    watched: EngineClient, functions: Functions, client: ClientFactory, topic: str
) -> None:
    name = functions.create(_HANDLER, Timeout=20)
    deny = {"Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish"}
    client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy({**deny, "Resource": topic})
    )
    functions.invoke(name, publish(topic))
    denial = denial_of(watched, name)
    assert (denial.reason, denial.statement) == ("denied by resource", "Nobody")


def test_a_permissions_boundary_is_told(
    watched: EngineClient, functions: Functions, client: ClientFactory, topic: str
) -> None:
    name = functions.create(_HANDLER, Timeout=20)
    allow = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    document = policy(allow)
    made = client("iam").create_policy(PolicyName=f"{name}-limit", PolicyDocument=document)
    arn = made["Policy"]["Arn"]
    client("iam").put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    functions.invoke(name, publish(topic))
    denial = denial_of(watched, name)
    assert (denial.reason, denial.policy) == ("limited", f"{name}-limit")


def test_what_is_allowed_is_not_told(
    watched: EngineClient, functions: Functions, topic: str
) -> None:
    name = functions.create(_HANDLER, Timeout=20)
    result, _ = functions.invoke(name, publish(topic))
    assert result
    assert [one for one in watched.denials() if one.function == name] == []


def test_a_topic_of_a_stack_does_not_let_every_role_publish(
    watched: EngineClient, functions: Functions, stacks: Stacks, unique: Callable[[str], str]
) -> None:
    stack = unique("topic")
    stacks.create(stack, {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    topic = stacks.physical_id(stack, "Topic")
    name = functions.create(_HANDLER, Timeout=20, Statements=[])
    _, answer = functions.invoke(name, publish(topic))
    assert answer.get("FunctionError") == "Unhandled"
    assert denial_of(watched, name).resource == topic


def test_a_role_that_is_no_functions_is_told_too(
    watched: EngineClient,
    client: ClientFactory,
    engine: EngineConnection,
    unique: Callable[[str], str],
) -> None:
    name = unique("role")
    trust = {"Effect": "Allow", "Principal": {"AWS": engine.account}, "Action": "sts:AssumeRole"}
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    session = client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="someone")
    keys = session["Credentials"]
    queues = client(
        "sqs",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    with pytest.raises(queues.exceptions.ClientError):
        queues.create_queue(QueueName="mine")
    (denial,) = (one for one in watched.denials() if one.role == name)
    assert (denial.action, denial.function, denial.request_id) == ("sqs:CreateQueue", "", "")
    assert denial.principal.endswith("/someone")
