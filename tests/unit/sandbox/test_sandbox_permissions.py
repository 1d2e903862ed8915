"""A denied call is explained in the words of the definition, with what allows it."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from preamp.assembly.read import AssemblyStack, CloudAssembly, FileAsset
from preamp.contract.activity import CallDenied, DenialReason
from preamp.contract.site import Site
from preamp.events import PermissionDenied
from preamp.sandbox.permissions import Permissions, Repetitions, collapsed
from preamp.sandbox.resources import DeployedResource

ACCOUNT = "000000000000"
SDK_CALLS = "AWS679f53fac002430cb0da5b7982bd2287"
SOURCE = textwrap.dedent(
    """
    from aws_cdk import aws_iam as rights

    topic = sns.Topic(stack, "Topic")
    queue = sqs.Queue(stack, "Queue")
    bucket = s3.Bucket(stack, "Bucket")
    table = dynamodb.Table(stack, "Table")
    raw = sns.CfnTopic(stack, "Raw")
    key = kms.Key(stack, "Key")
    worker = PythonFunction(stack, "Worker")
    bare = CfnFunction(stack, "Bare")
    role = iam.Role(stack, "OwnRole")
    machine = sfn.StateMachine(stack, "Machine")
    sqs.Queue(stack, "JobQueue")
    """
)
NAMES = (
    "Topic", "Queue", "Bucket", "Table", "Raw", "Key", "Worker", "Bare", "OwnRole", "Machine",
    "JobQueue",
)  # fmt: skip


def arn(rest: str) -> str:
    """An ARN of the account."""
    service, _, resource = rest.partition(":")
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def line_of(name: str) -> int:
    """The line that makes a construct."""
    return next(n for n, text in enumerate(SOURCE.splitlines(), 1) if f'"{name}"' in text)


RESOURCES = [
    DeployedResource("S/Topic", "AWS::SNS::Topic", arn("sns:s-Topic-1")),
    DeployedResource("S/Topic/Policy", "AWS::SNS::TopicPolicy", arn("sns:s-Topic-1")),
    DeployedResource("S/Queue", "AWS::SQS::Queue", f"http://localhost:1/{ACCOUNT}/s-Queue-1"),
    DeployedResource("S/JobQueue", "AWS::SQS::Queue", f"http://localhost:1/{ACCOUNT}/s-Jobs-1"),
    DeployedResource("S/Bucket", "AWS::S3::Bucket", "s-bucket-1"),
    DeployedResource("S/Table", "AWS::DynamoDB::Table", "s-Table-1"),
    DeployedResource("S/Raw", "AWS::SNS::Topic", arn("sns:s-Raw-1")),
    DeployedResource("S/Key", "AWS::KMS::Key", "11-22"),
    DeployedResource("S/Worker", "AWS::Lambda::Function", "s-Worker-1"),
    DeployedResource("S/Worker/ServiceRole", "AWS::IAM::Role", "s-WorkerRole-1"),
    DeployedResource("S/Bare", "AWS::Lambda::Function", "s-Bare-1"),
    DeployedResource("S/OwnRole", "AWS::IAM::Role", "s-OwnRole-1"),
    DeployedResource("S/Machine", "AWS::StepFunctions::StateMachine", arn("states:stateMachine:m")),
    DeployedResource("S/Machine/Role", "AWS::IAM::Role", "s-MachineRole-1"),
    DeployedResource("S/Hidden/Function", "AWS::Lambda::Function", "s-Hidden-1"),
    DeployedResource(f"S/{SDK_CALLS}", "AWS::Lambda::Function", "s-Sdk-1"),
    DeployedResource(f"S/{SDK_CALLS}/ServiceRole", "AWS::IAM::Role", "s-SdkRole-1"),
    DeployedResource("S/Hidden/Role", "AWS::IAM::Role", "s-HiddenRole-1"),
]
POLICY = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "limits-1"}}


@pytest.fixture
def permissions() -> Permissions:
    """A backend of one stack with one of everything."""
    nested = AssemblyStack(
        "S", Path("S.json"), {"Resources": {"Limits": POLICY}}, {}, {"Limits": "S/Limits"}
    )
    stack = AssemblyStack("", Path("t.json"), {}, {"S": nested}, {})
    asset = FileAsset("id", "name", Path("t.json"), "file", "bucket", "key")
    sites = {f"S/{name}": Site("backend.py", line_of(name)) for name in NAMES}
    assembly = CloudAssembly(
        Path(), "app", stack, asset, (), sites={**sites, "S": Site("backend.py", 1)}
    )
    return Permissions(assembly, RESOURCES, {"backend.py": SOURCE}.get)


def denied(
    action: str, resource: str, function: str = "s-Worker-1", role: str = "s-WorkerRole-1"
) -> CallDenied:
    """A call that nothing allows."""
    principal = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{function}"
    return CallDenied(1.0, action, resource, principal, role, function, "request")


def test_who_called_what_is_told_by_construct_paths(permissions: Permissions) -> None:
    found = permissions.explain(denied("sns:Publish", arn("sns:s-Topic-1")))
    assert (found.caller, found.action, found.resource) == ("S/Worker", "sns:Publish", "S/Topic")
    assert (found.role, found.reason) == ("S/Worker/ServiceRole", "not allowed")
    assert (found.request_id, found.site) == ("request", Site("backend.py", line_of("Worker")))
    assert found.add == "topic.grant_publish(worker)"
    assert found.after == f"backend.py:{line_of('Worker')}"
    assert (found.needs, found.note) == ("", "")


@pytest.mark.parametrize(
    ("action", "resource", "add"),
    [
        ("sqs:SendMessage", arn("sqs:s-Queue-1"), "queue.grant_send_messages(worker)"),
        ("sqs:ReceiveMessage", arn("sqs:s-Queue-1"), "queue.grant_consume_messages(worker)"),
        ("sqs:TagQueue", arn("sqs:s-Queue-1"), 'queue.grant(worker, "sqs:TagQueue")'),
        ("s3:GetObject", "arn:aws:s3:::s-bucket-1/a/b", "bucket.grant_read(worker)"),
        ("s3:PutObject", "arn:aws:s3:::s-bucket-1/a", "bucket.grant_put(worker)"),
        ("s3:PutObjectAcl", "arn:aws:s3:::s-bucket-1/a", "bucket.grant_put_acl(worker)"),
        (
            "dynamodb:Query",
            arn("dynamodb:table/s-Table-1/index/x"),
            "table.grant_read_data(worker)",
        ),
        ("dynamodb:PutItem", arn("dynamodb:table/s-Table-1"), "table.grant_write_data(worker)"),
        ("kms:Decrypt", arn("kms:key/11-22"), "key.grant_decrypt(worker)"),
        ("lambda:InvokeFunction", arn("lambda:function:s-Worker-1"), "worker.grant_invoke(worker)"),
    ],
)
def test_a_construct_that_grants_is_asked_to(
    permissions: Permissions, action: str, resource: str, add: str
) -> None:
    assert permissions.explain(denied(action, resource)).add == add


def statement(grantee: str, action: str, resource: str, method: str = "add_to_role_policy") -> str:
    """A statement, as it is suggested."""
    return (
        f"{grantee}.{method}(\n"
        "    rights.PolicyStatement(\n"
        f'        actions=["{action}"],\n'
        f"        resources=[{resource}],\n"
        "    )\n"
        ")"
    )


@pytest.mark.parametrize(
    ("action", "resource", "code"),
    [
        ("sns:SetTopicAttributes", arn("sns:s-Topic-1"), "topic.topic_arn"),
        ("s3:GetReplicationConfiguration", "arn:aws:s3:::s-bucket-1", "bucket.bucket_arn"),
        ("s3:RestoreObject", "arn:aws:s3:::s-bucket-1/a", 'f"{bucket.bucket_arn}/*"'),
        ("sns:Publish", arn("sns:s-Raw-1"), "raw.ref"),
        ("ses:ListIdentities", "*", '"*"'),
        ("s3:GetObject", "arn:aws:s3:::elsewhere/a", '"arn:aws:s3:::elsewhere/a"'),
    ],
)
def test_anything_else_becomes_a_statement(
    permissions: Permissions, action: str, resource: str, code: str
) -> None:
    found = permissions.explain(denied(action, resource))
    assert found.add == statement("worker", action, code)
    assert found.needs == ""


def test_an_arn_that_is_no_constructs_is_good_for_every_account(permissions: Permissions) -> None:
    found = permissions.explain(denied("ses:SendEmail", arn("ses:identity/me@example.com")))
    code = 'f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/me@example.com"'
    assert found.resource == arn("ses:identity/me@example.com")
    assert found.add == statement("worker", "ses:SendEmail", code)
    assert found.needs == "from aws_cdk import Aws"


@pytest.mark.parametrize(
    ("function", "role", "caller", "grantee"),
    [
        ("", "s-OwnRole-1", "S/OwnRole", "role"),
        ("", "s-MachineRole-1", "S/Machine/Role", "machine"),
        # cannot be granted to itself, but its role can
        ("s-Bare-1", "s-OwnRole-1", "S/Bare", "role"),
    ],
)
def test_other_callers_are_granted_to(
    permissions: Permissions, function: str, role: str, caller: str, grantee: str
) -> None:
    found = permissions.explain(denied("sns:Publish", arn("sns:s-Topic-1"), function, role))
    assert found.caller == caller
    assert found.add == f"topic.grant_publish({grantee})"


@pytest.mark.parametrize(
    ("function", "role"), [("s-Hidden-1", "s-HiddenRole-1"), ("gone", "gone-role"), ("", "cdk")]
)
def test_a_caller_that_is_not_in_the_users_code_gets_no_suggestion(
    permissions: Permissions, function: str, role: str
) -> None:
    found = permissions.explain(denied("sns:Publish", arn("sns:s-Topic-1"), function, role))
    assert found.caller
    assert found.add == ""


def test_calls_of_a_custom_resource_are_allowed_where_it_is_made(permissions: Permissions) -> None:
    found = permissions.explain(denied("ssm:GetParameter", "*", "s-Sdk-1", "s-SdkRole-1"))
    assert found.add == ""
    assert "policy=" in found.note


def test_what_has_no_name_is_told_by_its_place(permissions: Permissions) -> None:
    found = permissions.explain(denied("sqs:SendMessage", arn("sqs:s-Jobs-1")))
    assert found.add == "job_queue.grant_send_messages(worker)"
    assert found.note.splitlines() == [
        f"worker is made at backend.py:{line_of('Worker')}",
        f"job_queue is made at backend.py:{line_of('JobQueue')}",
    ]
    assert found.after == ""


@pytest.mark.parametrize("reason", ["denied", "limited", "denied by resource"])
def test_where_something_forbids_nothing_is_to_be_added(
    permissions: Permissions, reason: DenialReason
) -> None:
    denial = denied("sns:Publish", arn("sns:s-Topic-1"))
    found = permissions.explain(
        replace(denial, reason=reason, policy="limits-1", statement="Never")
    )
    assert (found.reason, found.policy, found.statement) == (reason, "S/Limits", "Never")
    assert found.add == ""


def test_a_keys_own_policy_is_seen_to_by_the_key(permissions: Permissions) -> None:
    denial = replace(denied("kms:Decrypt", arn("kms:key/11-22")), reason="denied by resource")
    assert permissions.explain(denial).add == "key.grant_decrypt(worker)"


def explained(at: float, action: str = "sns:Publish") -> PermissionDenied:
    """A denial of one of two calls."""
    return PermissionDenied(at, "S/Worker", action, "S/Topic", "S/Worker/Role", "not allowed")


def test_of_a_loop_the_first_is_shown_and_then_the_tenth() -> None:
    repetitions = Repetitions()
    shown = [repetitions.shown(explained(at / 10)) for at in range(120)]
    assert [one.count for one in shown if one] == [1, 10, 100]
    assert repetitions.shown(explained(12.0, "sns:Subscribe"))


def test_after_a_silence_a_denial_is_shown_again() -> None:
    repetitions = Repetitions()
    shown = [repetitions.shown(explained(at)) for at in (0.0, 1.0, 60.0, 61.0)]
    assert [one.count if one else None for one in shown] == [1, None, 1, None]


def test_a_list_has_each_call_once_as_it_was_last() -> None:
    listed = collapsed([explained(1.0), explained(2.0, "sns:Subscribe"), explained(3.0)])
    assert [(one.action, one.time, one.count) for one in listed] == [
        ("sns:Subscribe", 2.0, 1),
        ("sns:Publish", 3.0, 2),
    ]
