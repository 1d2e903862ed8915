from __future__ import annotations

from typing import Any

import pytest
from tests.unit.deploy.conftest import Running

from preamp.deploy.deployed import DeployedTemplate, StackValues
from preamp.deploy.hotswap.attributes import Region
from preamp.deploy.hotswap.rejection import RejectedError, Rejection
from preamp.deploy.hotswap.values import Scope

REGION = Region("aws", "eu-west-1", "123456789012", "amazonaws.com")
ROOT = "arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1"
CHILD = "arn:aws:cloudformation:eu-west-1:123456789012:stack/app-Child/2"
IDS = {
    ROOT: {
        "Q": "http://h/123456789012/app-Q",
        "Role": "app-Role",
        "T": "arn:aws:sns:eu-west-1:123456789012:app-T",
        "Custom": "id-1",
        "Child": CHILD,
    },
    CHILD: {"Inner": "http://h/123456789012/child-Q"},
}
INNER = {
    "Parameters": {
        "given": {"Type": "String"},
        "defaulted": {"Type": "String", "Default": "d"},
        "computed": {"Type": "String"},
        "masked": {"Type": "String", "NoEcho": True},
        "secret": {"Type": "String"},
        "list": {"Type": "CommaDelimitedList"},
    },
    "Resources": {"Inner": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {
        "Arn": {"Value": {"Fn::GetAtt": ["Inner", "Arn"]}},
        "Url": {"Value": {"Fn::GetAtt": ["Inner", "OnlyItsServiceKnows"]}},
        "Unknown": {"Value": {"Fn::GetAtt": ["Inner", "OnlyItsServiceKnows"]}},
    },
}
UNKNOWN = {"Fn::GetAtt": ["Custom", "Anything"]}
GIVEN = {
    "given": {"Ref": "Q"},
    "computed": UNKNOWN,
    "masked": UNKNOWN,
    "secret": "{{resolve:ssm-secure:/s}}",
    "list": "a,b",
}
VALUES = {
    CHILD: StackValues(
        {"computed": "from the stack", "masked": "****", "secret": "{{resolve:ssm-secure:/s}}"},
        {"Url": "https://computed"},
    )
}
TEMPLATE = {
    "Parameters": {"looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}},
    "Mappings": {"M": {"eu-west-1": {"name": "west"}}},
    "Resources": {
        "Q": {"Type": "AWS::SQS::Queue"},
        "T": {"Type": "AWS::SNS::Topic"},
        "Role": {"Type": "AWS::IAM::Role"},
        "Pathed": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/p/"}},
        "Custom": {"Type": "Custom::Thing"},
        "Child": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"Parameters": GIVEN},
        },
    },
}


def root() -> Scope:
    tree = DeployedTemplate(TEMPLATE, {"Child": DeployedTemplate(INNER)})
    return Scope(tree, ROOT, REGION, Running(IDS, VALUES))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        (7, 7),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::StackName"}, "app"),
        ({"Ref": "AWS::StackId"}, ROOT),
        ({"Ref": "Q"}, "http://h/123456789012/app-Q"),
        ({"Fn::GetAtt": ["Q", "Arn"]}, "arn:aws:sqs:eu-west-1:123456789012:app-Q"),
        ({"Fn::GetAtt": "T.TopicName"}, "app-T"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::123456789012:role/app-Role"),
        ({"Fn::GetAtt": ["Child", "Outputs.Arn"]}, "arn:aws:sqs:eu-west-1:123456789012:child-Q"),
        ({"Fn::GetAtt": ["Child", "Outputs.Url"]}, "https://computed"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Custom"}, 3, True]]}, "a-id-1-3-true"),
        ({"Fn::Sub": "${AWS::Region}/${Q.QueueName}/${!kept}"}, "eu-west-1/app-Q/${kept}"),
        ({"Fn::Sub": ["${a}${Custom}", {"a": {"Ref": "AWS::Region"}}]}, "eu-west-1id-1"),
        ({"Fn::Select": ["1", {"Fn::Split": ["-", "a-b-c"]}]}, "b"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "name"]}, "west"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": {"Ref": "Custom"}}, {"b": "id-1"}),
    ],
)
def test_values_are_what_cloudformation_makes_of_them(value: Any, expected: Any) -> None:
    assert root().resolve(value) == expected


def test_parameters_of_a_nested_stack_come_from_around_it() -> None:
    inside = root().child("Child")
    assert inside.resolve({"Ref": "given"}) == "http://h/123456789012/app-Q"
    assert inside.resolve({"Ref": "defaulted"}) == "d"
    assert inside.resolve({"Ref": "Inner"}) == "http://h/123456789012/child-Q"
    assert inside.resolve({"Ref": "computed"}) == "from the stack"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("masked", Rejection.REFERENCE),
        ("secret", Rejection.DYNAMIC_REFERENCE),
        ("list", Rejection.VALUE),
    ],
)
def test_a_parameter_that_is_not_known_for_certain_is_rejected(
    name: str, reason: Rejection
) -> None:
    with pytest.raises(RejectedError) as caught:
        root().child("Child").resolve({"Ref": name})
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Ref": "Nowhere"}, Rejection.NOT_THERE),
        ({"Ref": "AWS::NoValue"}, Rejection.VALUE),
        ({"Ref": "looked"}, Rejection.DYNAMIC_REFERENCE),
        ({"Fn::GetAtt": ["Custom", "Anything"]}, Rejection.REFERENCE),
        ({"Fn::GetAtt": ["Q", "Unheard"]}, Rejection.REFERENCE),
        ({"Fn::GetAtt": ["Nowhere", "Arn"]}, Rejection.NOT_THERE),
        ({"Fn::GetAtt": ["Child", "Outputs.Unknown"]}, Rejection.REFERENCE),
        ({"Fn::If": ["C", 1, 2]}, Rejection.FUNCTION),
        ({"Fn::ImportValue": "x"}, Rejection.FUNCTION),
        ({"Fn::Select": [7, ["a"]]}, Rejection.VALUE),
        ({"Fn::Select": [-1, ["a"]]}, Rejection.VALUE),
        ({"Fn::Join": ["", [{"a": 1}]]}, Rejection.VALUE),
        ({"Fn::FindInMap": ["M", "mars", "name"]}, Rejection.VALUE),
        ("{{resolve:ssm:/secret}}", Rejection.DYNAMIC_REFERENCE),
        ({"Fn::Sub": "{{resolve:ssm:${Q}}}"}, Rejection.DYNAMIC_REFERENCE),
        (
            {"Fn::Join": ["", ["{{res", "olve:secretsmanager:", {"Ref": "Q"}, "}}"]]},
            Rejection.DYNAMIC_REFERENCE,
        ),
    ],
)
def test_what_only_cloudformation_knows_is_rejected(value: Any, reason: Rejection) -> None:
    with pytest.raises(RejectedError) as caught:
        root().resolve(value)
    assert caught.value.reason is reason


def test_the_arn_of_a_role_with_a_path_is_not_guessed() -> None:
    with pytest.raises(RejectedError) as caught:
        Scope(
            DeployedTemplate(TEMPLATE), ROOT, REGION, Running({ROOT: {"Pathed": "app-Pathed"}})
        ).resolve({"Fn::GetAtt": ["Pathed", "Arn"]})
    assert caught.value.reason is Rejection.REFERENCE
