"""The table of grants says what the installed CDK does."""

from __future__ import annotations

import inspect
import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as stepfunctions

from preamp.sandbox.grants import GRANTABLES
from preamp.sandbox.suggestions import POLICY_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY: Final = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
_STREAM: Final = dynamodb.StreamViewType.NEW_IMAGE


def function(stack: Stack) -> lambda_.Function:
    """A function."""
    code = lambda_.Code.from_inline("pass")
    runtime = lambda_.Runtime.PYTHON_3_13
    return lambda_.Function(stack, "Function", runtime=runtime, handler="index.handler", code=code)


def machine(stack: Stack) -> stepfunctions.StateMachine:
    """A state machine."""
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Pass"))
    return stepfunctions.StateMachine(stack, "Machine", definition_body=body)


CONSTRUCTS: Final[dict[str, Callable[[Stack], Any]]] = {
    "AWS::Cognito::UserPool": lambda stack: cognito.UserPool(stack, "Pool"),
    "AWS::DynamoDB::GlobalTable": lambda stack: dynamodb.TableV2(
        stack, "Table", partition_key=_KEY, dynamo_stream=_STREAM
    ),
    "AWS::DynamoDB::Table": lambda stack: dynamodb.Table(
        stack, "Table", partition_key=_KEY, stream=_STREAM
    ),
    "AWS::Events::EventBus": lambda stack: events.EventBus(stack, "Bus"),
    "AWS::KMS::Key": lambda stack: kms.Key(stack, "Key"),
    "AWS::Kinesis::Stream": lambda stack: kinesis.Stream(stack, "Stream"),
    "AWS::Lambda::Function": function,
    "AWS::Logs::LogGroup": lambda stack: logs.LogGroup(stack, "Group"),
    "AWS::S3::Bucket": lambda stack: s3.Bucket(stack, "Bucket"),
    "AWS::SES::EmailIdentity": lambda stack: ses.EmailIdentity(
        stack, "Identity", identity=ses.Identity.email("me@example.com")
    ),
    "AWS::SNS::Topic": lambda stack: sns.Topic(stack, "Topic"),
    "AWS::SQS::Queue": lambda stack: sqs.Queue(stack, "Queue"),
    "AWS::SSM::Parameter": lambda stack: ssm.StringParameter(stack, "Name", string_value="x"),
    "AWS::Scheduler::ScheduleGroup": lambda stack: scheduler.ScheduleGroup(stack, "Group"),
    "AWS::SecretsManager::Secret": lambda stack: secretsmanager.Secret(stack, "Secret"),
    "AWS::StepFunctions::StateMachine": machine,
}


@pytest.fixture
def stack() -> Stack:
    """An empty stack."""
    return Stack(App(), "Stack")


@pytest.fixture
def role(stack: Stack) -> iam.Role:
    """A role to grant to."""
    return iam.Role(stack, "Grantee", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def granted(grant: iam.Grant) -> list[str]:
    """The calls that a grant allows."""
    found: list[str] = []
    for statement in grant.principal_statements:
        action = statement.to_statement_json()["Action"]
        found += [action] if isinstance(action, str) else action
    return found


def test_every_kind_of_the_table_is_tried() -> None:
    assert set(CONSTRUCTS) == set(GRANTABLES)


@pytest.mark.parametrize(
    ("kind", "method"),
    [(kind, method) for kind, row in GRANTABLES.items() for method in row.methods],
)
def test_a_method_takes_a_grantee_alone_and_grants_what_the_table_says(
    stack: Stack, role: iam.Role, kind: str, method: str
) -> None:
    grant = granted(getattr(CONSTRUCTS[kind](stack), method)(role))
    service = grant[0].partition(":")[0]
    for name in GRANTABLES[kind].methods[method]:
        call = f"{service}:{name}"
        assert any(fnmatchcase(call, pattern) for pattern in grant), f"{method} and {call}"
        # of several that grant it, the table must know the first
        assert GRANTABLES[kind].method_for(call) == method


@pytest.mark.parametrize("kind", sorted(CONSTRUCTS))
def test_a_construct_grants_any_call_if_the_table_says_so(
    stack: Stack, role: iam.Role, kind: str
) -> None:
    construct = CONSTRUCTS[kind](stack)
    if GRANTABLES[kind].grants_any:
        assert granted(construct.grant(role, "any:Call")) == ["any:Call"]
    else:
        assert not hasattr(construct, "grant")


@pytest.mark.parametrize("kind", sorted(CONSTRUCTS))
def test_the_table_knows_the_arn_of_both_kinds_of_construct(stack: Stack, kind: str) -> None:
    construct = CONSTRUCTS[kind](stack)
    row = GRANTABLES[kind]
    assert isinstance(getattr(construct, row.arn), str)
    raw = construct.node.default_child
    if row.cfn_arn:
        assert isinstance(getattr(raw, row.cfn_arn), str)
    assert raw.cfn_resource_type == kind
    assert type(raw).__name__.startswith("Cfn")


def test_a_statement_is_given_as_the_table_says(stack: Stack, role: iam.Role) -> None:
    made = {
        "AWS::Lambda::Function": function(stack),
        "AWS::StepFunctions::StateMachine": machine(stack),
        "AWS::IAM::Role": role,
    }
    assert set(made) == set(POLICY_METHODS)
    for kind, construct in made.items():
        add = getattr(construct, POLICY_METHODS[kind])
        assert len(inspect.signature(add).parameters) == 1
        add(iam.PolicyStatement(actions=[f"any:{kind[-4:]}"], resources=["*"]))
    template = json.dumps(App.of(stack).synth().get_stack_by_name("Stack").template)  # type: ignore[union-attr]
    assert all(f"any:{kind[-4:]}" in template for kind in made)
