"""The CDK's own Node.js custom resources, from definition to deployment.

AWS: "Custom resource request types", CloudFormation user guide; `aws_cdk.custom_resources`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.local.cli.commandline import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACKEND = '''
from aws_cdk import CfnOutput, CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources as custom
from preamp import define_backend

backend = define_backend()
stack = backend.create_stack("Provided")

ON_EVENT = """
exports.handler = async (event) => {
  if (event.ResourceProperties.Fails === "true") throw new Error("as was asked");
  return { PhysicalResourceId: "made", Data: { Began: String(Date.now()) } };
};
"""
IS_COMPLETE = """
let asked = 0;
exports.handler = async (event) => {
  asked += 1;
  return asked < 2 ? { IsComplete: false }
                   : { IsComplete: true, Data: { Answer: `asked ${asked} times` } };
};
"""

def function(name, code):
    return lambda_.Function(stack, name, runtime=lambda_.Runtime.NODEJS_22_X,
                            handler="index.handler", code=lambda_.Code.from_inline(code))

provider = custom.Provider(
    stack, "Provider", on_event_handler=function("OnEvent", ON_EVENT),
    is_complete_handler=function("IsComplete", IS_COMPLETE), query_interval=Duration.seconds(1),
)
made = CustomResource(stack, "Made", service_token=provider.service_token,
                      properties={"Fails": FAILS})
bucket = s3.Bucket(stack, "Emptied", removal_policy=RemovalPolicy.DESTROY,
                   auto_delete_objects=True)
called = custom.AwsCustomResource(
    stack, "Called",
    on_update=custom.AwsSdkCall(
        service="SSM", action="PutParameter",
        parameters={"Name": "/called", "Value": "by the SDK", "Type": "String",
                    "Overwrite": True},
        physical_resource_id=custom.PhysicalResourceId.of("called"),
    ),
    policy=custom.AwsCustomResourcePolicy.from_sdk_calls(
        resources=custom.AwsCustomResourcePolicy.ANY_RESOURCE),
)
backend.add_output(custom={"answer": made.get_att_string("Answer")})
'''


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """An empty project."""
    made = Project(tmp_path_factory.mktemp("providers") / "app")
    yield made
    made.run("sandbox", "stop")


def test_providers_of_the_cdk_deploy(project: Project) -> None:
    project.write("amplify/backend.py", _BACKEND.replace("FAILS", "False"))
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.out + deployed.err
    outputs = json.loads((project.folder / "amplify_outputs.json").read_text())
    assert outputs["custom"]["answer"] == "asked 2 times"


def test_a_handler_that_fails_fails_the_deployment_with_its_words(project: Project) -> None:
    project.write("amplify/backend.py", _BACKEND.replace("FAILS", "True"))
    deployed = project.run("sandbox", "--once")
    assert deployed.status != 0
    assert "as was asked" in deployed.out + deployed.err
