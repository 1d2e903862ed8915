"""A CDK app in which every nested stack but one holds one defect; run by the fixtures.

Usage: defective_app.py OUTDIR good|defective
"""

from __future__ import annotations

import sys
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

ROLE = "arn:aws:iam::123456789012:role/x"


def raw(root: cdk.Stack, stack: str, resource_type: str, **properties: Any) -> cdk.CfnResource:
    scope = cdk.NestedStack(root, stack)
    return cdk.CfnResource(scope, "It", type=resource_type, properties=properties)


def queue(root: cdk.Stack, stack: str, **properties: Any) -> cdk.CfnResource:
    return raw(root, stack, "AWS::SQS::Queue", **properties)


def function(root: cdk.Stack, stack: str, **properties: Any) -> cdk.CfnResource:
    good = {"Code": {"ZipFile": "x"}, "Handler": "i.h", "Runtime": "python3.13", "Role": ROLE}
    present = {k: v for k, v in (good | properties).items() if v is not None}
    return raw(root, stack, "AWS::Lambda::Function", **present)


def add_defects(root: cdk.Stack) -> None:
    queue(root, "UnknownProperty").add_property_override("Bogus", 1)
    bucket = s3.CfnBucket(cdk.NestedStack(root, "UnknownInside"), "It")
    bucket.add_property_override("VersioningConfiguration", {"Status": "Enabled", "Foo": 1})
    function(root, "MissingRole", Role=None)
    function(root, "MissingHandler", Handler=None)
    function(root, "MissingCode", Code={})
    queue(root, "WrongType", VisibilityTimeout="soon")
    queue(root, "OutOfRange", VisibilityTimeout=999999)
    function(root, "WrongEnum", Architectures=["mips"])
    function(root, "UnknownRuntime", Runtime="python9.9")
    function(root, "RetiredRuntime", Runtime="python3.7")
    queue(root, "UndefinedRef", QueueName={"Ref": "Nope"})
    queue(root, "UndefinedGetAtt", QueueName={"Fn::GetAtt": ["Nope", "Arn"]})
    queue(root, "UndefinedSub", QueueName={"Fn::Sub": "a-${Nope}"})
    queue(root, "UndefinedDependsOn").add_override("DependsOn", ["Nope"])
    cdk.CfnOutput(queue(root, "UndefinedInOutput").stack, "Out", value=cdk.Fn.ref("Nope"))
    asks = queue(root, "UnknownAttribute", QueueName={"Fn::GetAtt": ["Other", "Wrong"]})
    sqs.CfnQueue(asks.stack, "Other")
    raw(root, "UnknownType", "AWS::SQS::Kueue")
    raw(root, "EmptyTrust", "AWS::IAM::Role", AssumeRolePolicyDocument={})
    raw(root, "NoStatement", "AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": []})
    raw(root, "NoPrincipal", "AWS::IAM::Role", AssumeRolePolicyDocument={
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]})  # fmt: skip
    queue(root, "FirstOwner", QueueName="taken")
    queue(root, "SecondOwner", QueueName="taken")
    circle = queue(root, "Circle", QueueName={"Ref": "Other"})
    cdk.CfnResource(circle.stack, "Other", type="AWS::SNS::Topic",
                    properties={"TopicName": {"Fn::GetAtt": ["It", "QueueName"]}})  # fmt: skip
    silenced = queue(root, "Silenced", VisibilityTimeout=999999)
    silenced.add_metadata("preamp", {"ignore": ["value-out-of-range"]})


def add_circle_between_stacks(root: cdk.Stack) -> None:
    """What the CDK lets pass: a policy of the parent stack names a nested function by its role."""
    role = iam.Role(root, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    code = lambda_.Code.from_inline("x")
    nested = lambda_.Function(cdk.NestedStack(root, "CircleInside"), "Function", code=code,
        handler="index.x", runtime=lambda_.Runtime.PYTHON_3_13, role=role)  # fmt: skip
    default = role.node.default_child
    assert isinstance(default, iam.CfnRole)
    default.description = nested.function_arn


def add_good(root: cdk.Stack) -> None:
    """The usual things, with what the CDK generates around them."""
    stack = cdk.NestedStack(root, "Notifications")
    function = lambda_.Function(
        stack,
        "Worker",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    topic = sns.Topic(stack, "Topic")
    topic.add_subscription(subscriptions.LambdaSubscription(function))
    work = sqs.Queue(cdk.NestedStack(root, "Queues"), "Work", queue_name="work", enforce_ssl=True)
    function.add_event_source(sources.SqsEventSource(work))
    bucket = s3.Bucket(root, "Files", removal_policy=cdk.RemovalPolicy.DESTROY,
                       auto_delete_objects=True, enforce_ssl=True)  # fmt: skip
    bucket.grant_read_write(function)
    cdk.CfnOutput(root, "QueueUrl", value=work.queue_url)


def main(outdir: str, kind: str) -> None:
    app = cdk.App(outdir=outdir)
    root = cdk.Stack(app, "Root")
    add_good(root)
    if kind == "defective":
        add_defects(root)
        add_circle_between_stacks(root)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
