from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.check.refusals import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack

_ALLOW = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}}


def _role(*statements: object) -> tuple[str, dict[str, Any]]:
    return "AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": list(statements)}}


def _topic_policy(**statement: object) -> tuple[str, dict[str, Any]]:
    return "AWS::SNS::TopicPolicy", {"PolicyDocument": {"Statement": [statement]}}


@pytest.mark.parametrize(
    ("described", "rule"),
    [
        (_role(), "trust-policy"),
        (_role({**_ALLOW, "Effect": "Maybe"}), "trust-policy"),
        (_role({**_ALLOW, "Resource": "*"}), "trust-policy"),
        (_topic_policy(Effect="Perhaps", Action="x", Principal="*"), "policy"),
        (_topic_policy(Effect="Allow", Principal="*"), "policy"),
        (_topic_policy(Effect="Allow", Action="x"), "policy"),
        (("AWS::Lambda::Function", {"Code": {}}), "missing-code"),
        (("AWS::SNS::Subscription", {"Protocol": "pigeon"}), "value-not-allowed"),
        (("AWS::SQS::Queue", {"QueueName": "a b"}), "invalid-name"),
        (("AWS::SQS::Queue", {"QueueName": "q" * 81}), "invalid-name"),
        (("AWS::SNS::Topic", {"TopicName": "a/b"}), "invalid-name"),
        (("Custom::Thing", {}), "missing-property"),
    ],
)
def test_what_aws_refuses(
    stack: Callable[..., AssemblyStack], described: tuple[str, dict[str, Any]], rule: str
) -> None:
    resource_type, properties = described

    (mistake,) = refusals(stack({"A": {"Type": resource_type, "Properties": properties}}))

    assert (mistake.rule, mistake.severity) == (rule, "error")


@pytest.mark.parametrize(
    "described",
    [
        _role(_ALLOW),
        _role({"Fn::If": ["C", _ALLOW, {"Ref": "AWS::NoValue"}]}),
        _topic_policy(Effect="Deny", NotAction="x", NotPrincipal="*"),
        ("AWS::Lambda::Function", {"Code": {"ZipFile": "x"}}),
        ("AWS::Lambda::Function", {"Code": {"Fn::If": ["C", {}, {}]}}),
        ("AWS::SQS::Queue", {"QueueName": "orders-1_a.fifo"}),
        ("AWS::SQS::Queue", {"QueueName": {"Ref": "P"}}),
        ("AWS::SNS::Subscription", {"Protocol": {"Ref": "P"}}),
        ("Custom::Thing", {"ServiceToken": "arn"}),
        ("AWS::Unheard::Of", {}),
    ],
)
def test_what_aws_accepts(
    stack: Callable[..., AssemblyStack], described: tuple[str, dict[str, Any]]
) -> None:
    resource_type, properties = described

    assert not list(refusals(stack({"A": {"Type": resource_type, "Properties": properties}})))
