"""CloudFormation where the bare emulator goes wrong: each test fails without its mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions, Stacks

ClientFactory = Callable[..., Any]
Unique = Callable[[str], str]

_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}


def parameter(name: str, value: Any) -> dict[str, Any]:
    """An SSM parameter resource."""
    properties = {"Name": name, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties}


def function(source: str, **properties: Any) -> dict[str, Any]:
    """A Lambda function resource with inline code; its role is ``Role``."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": source},
            **properties,
        },
    }


def failing_resource() -> dict[str, Any]:
    """A function whose package does not exist."""
    code = {"S3Bucket": "cdk-hnb659fds-assets-000000000000-us-east-1", "S3Key": "missing.zip"}
    return function("", Code=code)


def test_a_nested_stack_is_updated_with_the_attributes_of_what_did_not_change(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("nested-update")

    def template(version: str) -> dict[str, Any]:
        value = {"Fn::Sub": "${Role.Arn} " + version}
        child = {"Resources": {"Role": _ROLE, "Parameter": parameter(f"/{name}", value)}}
        return {"Resources": {"Child": stacks.nested(child)}}

    assert stacks.create(name, template("one"))["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.update(name, template("two"))["StackStatus"] == "UPDATE_COMPLETE"
    value = client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"]
    assert value.startswith("arn:aws:iam::")
    assert value.endswith("two")


def test_a_nested_stack_that_fails_leaves_nothing_behind(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("nested-failure")
    broken = {"DependsOn": "Parameter", **failing_resource()}
    child = {
        "Resources": {"Role": _ROLE, "Parameter": parameter(f"/{name}", "x"), "Broken": broken}
    }
    stack = stacks.create(name, {"Resources": {"Child": stacks.nested(child)}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    with pytest.raises(ClientError):
        client("ssm").get_parameter(Name=f"/{name}")
    reason = stacks.reasons(name)["Child"]
    assert "was not successfully created" in reason
    assert "failed to create: [Broken]" in reason


def test_a_nested_stack_whose_update_fails_is_as_it_was_before(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("nested-rollback")
    before = {"Resources": {"Role": _ROLE, "Parameter": parameter(f"/{name}", "before")}}
    after = {
        "Resources": {
            "Role": _ROLE,
            "Parameter": parameter(f"/{name}", "after"),
            "Broken": {"DependsOn": "Parameter", **failing_resource()},
        }
    }
    stacks.create(name, {"Resources": {"Child": stacks.nested(before)}})
    stack = stacks.update(name, {"Resources": {"Child": stacks.nested(after)}})
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "before"
    again = {"Resources": {"Child": stacks.nested(before)}, "Outputs": {"X": {"Value": "x"}}}
    assert stacks.update(name, again)["StackStatus"] == "UPDATE_COMPLETE"


def test_a_nested_stack_resolves_dynamic_references_and_registers_exports(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("nested-exports")
    client("ssm").put_parameter(Name=f"/{name}/source", Value="resolved", Type="String")
    child = {
        "Resources": {"Parameter": parameter(f"/{name}", f"{{{{resolve:ssm:/{name}/source}}}}")},
        "Outputs": {"Name": {"Value": {"Ref": "Parameter"}, "Export": {"Name": f"{name}-export"}}},
    }
    stacks.create(name, {"Resources": {"Child": stacks.nested(child)}})
    assert client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "resolved"
    exports = client("cloudformation").list_exports()["Exports"]
    assert f"{name}-export" in {export["Name"] for export in exports}
    stacks.delete(name)
    exports = client("cloudformation").list_exports()["Exports"]
    assert f"{name}-export" not in {export["Name"] for export in exports}


def test_a_nested_stack_gives_its_outputs_and_takes_parameters(
    stacks: Stacks, unique: Unique
) -> None:
    name = unique("nested-outputs")
    inner = {
        "Parameters": {"Word": {"Type": "String"}},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"Said": {"Value": {"Fn::Sub": "${Word}, ${AWS::StackName}"}}},
    }
    child = stacks.nested(inner, Word="hello")
    outputs = {"Said": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Said"]}}}
    stack = stacks.create(name, {"Resources": {"Child": child}, "Outputs": outputs})
    assert stack["Outputs"][0]["OutputValue"].startswith(f"hello, {name}-Child-")


def test_conditions_know_pseudo_parameters_and_mappings(stacks: Stacks, unique: Unique) -> None:
    name = unique("conditions")
    here, joined = {"Ref": "AWS::Region"}, {"Fn::Sub": "${AWS::Region}"}
    conditions = {
        "Here": {"Fn::Equals": [here, "us-east-1"]},
        "Elsewhere": {"Fn::Not": [{"Condition": "Here"}]},
        "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["Words", here, "Word"]}, "yes"]},
        "Joined": {"Fn::Equals": [{"Fn::Join": ["-", ["a", joined]]}, "a-us-east-1"]},
        "All": {"Fn::And": [{"Condition": part} for part in ("Here", "Mapped", "Joined")]},
        "Any": {"Fn::Or": [{"Condition": "Elsewhere"}, {"Condition": "All"}]},
    }
    template = {
        "Mappings": {"Words": {"us-east-1": {"Word": "yes"}}},
        "Conditions": conditions,
        "Resources": {
            condition: {"Type": "AWS::SQS::Queue", "Condition": condition}
            for condition in conditions
        },
        "Outputs": {"If": {"Value": {"Fn::If": ["Any", "then", "else"]}}},
    }
    stack = stacks.create(name, template)
    assert stack["Outputs"][0]["OutputValue"] == "then"
    for condition in ("Here", "Mapped", "Joined", "All", "Any"):
        assert stacks.physical_id(name, condition)
    with pytest.raises(ClientError):
        stacks.physical_id(name, "Elsewhere")


def test_a_bucket_gets_the_tags_of_template_and_stack(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("bucket-tags")

    def template(value: str) -> dict[str, Any]:
        tags = [{"Key": "aws-cdk:auto-delete-objects", "Value": value}]
        return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": tags}}}}

    stacks.create(name, template("true"), Tags=[{"Key": "stack", "Value": "tag"}])
    bucket = stacks.physical_id(name, "Bucket")

    def tags() -> dict[str, str]:
        found = client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    assert tags()["aws-cdk:auto-delete-objects"] == "true"
    assert tags()["stack"] == "tag"
    stacks.update(name, template("false"))
    assert tags()["aws-cdk:auto-delete-objects"] == "false"


def test_a_bucket_with_objects_is_not_deleted(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("full-bucket")
    stacks.create(name, {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
    bucket = stacks.physical_id(name, "Bucket")
    client("s3").put_object(Bucket=bucket, Key="precious", Body=b"data")
    assert stacks.delete(name)["StackStatus"] == "DELETE_FAILED"
    assert "not empty" in stacks.reasons(name)["Bucket"]
    with client("s3").get_object(Bucket=bucket, Key="precious")["Body"] as body:
        assert body.read() == b"data"
    client("s3").delete_object(Bucket=bucket, Key="precious")
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


def test_a_function_without_its_package_is_not_created(stacks: Stacks, unique: Unique) -> None:
    name = unique("missing-code")
    stack = stacks.create(name, {"Resources": {"Role": _ROLE, "Function": failing_resource()}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "NoSuchKey" in stacks.reasons(name)["Function"]


def test_a_custom_resource_whose_function_raises_fails_at_once(
    stacks: Stacks, unique: Unique
) -> None:
    name = unique("custom-resource")
    provider = function("def handler(event, context):\n    return 1 / 0\n")
    token = {"ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}}
    custom = {"Type": "Custom::Broken", "Properties": token}
    stack = stacks.create(
        name, {"Resources": {"Role": _ROLE, "Provider": provider, "Custom": custom}}
    )
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "ZeroDivisionError: division by zero" in stacks.reasons(name)["Custom"]


def test_a_custom_resource_that_answers_gives_its_attributes(
    stacks: Stacks, unique: Unique
) -> None:
    name = unique("custom-resource")
    source = (
        "import json, urllib.request\n"
        "def handler(event, context):\n"
        "    body = {'Status': 'SUCCESS', 'PhysicalResourceId': 'me', 'Data': {'Word': 'hello'},\n"
        "            'StackId': event['StackId'], 'RequestId': event['RequestId'],\n"
        "            'LogicalResourceId': event['LogicalResourceId']}\n"
        "    data = json.dumps(body).encode()\n"
        "    request = urllib.request.Request(event['ResponseURL'], data=data, method='PUT')\n"
        "    urllib.request.urlopen(request).close()\n"
    )
    token = {"ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}}
    resources = {
        "Role": _ROLE,
        "Provider": function(source),
        "Custom": {"Type": "Custom::Word", "Properties": token},
    }
    outputs = {"Word": {"Value": {"Fn::GetAtt": ["Custom", "Word"]}}}
    stack = stacks.create(name, {"Resources": resources, "Outputs": outputs})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"][0]["OutputValue"] == "hello"


def test_the_logical_id_stays_in_a_long_physical_name(stacks: Stacks, unique: Unique) -> None:
    name = unique("a-stack-with-a-very-long-name-as-nested-stacks-of-amplify-have-them")
    resources = {"Role": _ROLE, "AmplifyTableManager": function("def handler(e, c): pass")}
    stacks.create(name, {"Resources": resources})
    function_name = stacks.physical_id(name, "AmplifyTableManager")
    assert "TableManager" in function_name
    assert len(function_name) <= 64


def test_a_bucket_policy_that_asks_for_tls_lets_us_in(
    client: ClientFactory, functions: Functions, unique: Unique
) -> None:
    bucket = unique("tls-only")
    statement = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",'
        ' "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport":'
        ' "false"}}}]}'
    )
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_bucket_policy(Bucket=bucket, Policy=statement)
    reader = functions.create(
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('s3').list_objects_v2(Bucket=event)['KeyCount']\n"
    )
    assert functions.invoke(reader, bucket)[0] == 0


def test_a_template_summary_has_the_metadata(
    stacks: Stacks, client: ClientFactory, unique: Unique
) -> None:
    name = unique("summary")
    metadata = {"AWS::Amplify::Platform": {"version": "1", "stackOutputs": ["a<b"]}}
    stacks.create(name, {"Metadata": metadata, "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    summary = client("cloudformation").get_template_summary(StackName=name)
    assert '"stackOutputs": ["a<b"]' in summary["Metadata"]
    with pytest.raises(ClientError, match="Stack with id no-such-stack does not exist"):
        client("cloudformation").get_template_summary(StackName="no-such-stack")


def test_the_account_is_bootstrapped(client: ClientFactory) -> None:
    version = client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    assert int(version["Parameter"]["Value"]) >= 21
    for role in ("deploy", "file-publishing", "lookup"):
        name = f"cdk-hnb659fds-{role}-role-000000000000-us-east-1"
        arn = client("iam").get_role(RoleName=name)["Role"]["Arn"]
        assert client("sts").assume_role(RoleArn=arn, RoleSessionName="cdk")["Credentials"]
