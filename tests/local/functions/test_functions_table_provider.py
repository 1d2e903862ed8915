"""A table that a custom resource makes and waits for, and files beside it, as Amplify has them.

Through the CDK's provider framework with its waiter, a state machine, in a stack within a stack.

AWS: "Custom resource request types", CloudFormation user guide; `aws_cdk.custom_resources`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.local.cli.commandline import Project
from tests.local.cli.test_example import client

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACKEND = '''
from aws_cdk import CustomResource, Duration, NestedStack, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from aws_cdk import custom_resources as custom
from preamp import define_backend

backend = define_backend()
data = backend.create_stack("data")
stack = NestedStack(data, "TableManager")

SHARED = """
const dynamodb = require("@aws-sdk/client-dynamodb");
const client = new dynamodb.DynamoDBClient();
const send = (command, input) => client.send(new dynamodb[command](input));
"""
ON_EVENT = SHARED + """
exports.handler = async ({ RequestType, PhysicalResourceId, ResourceProperties: wanted }) => {
  const TableName = PhysicalResourceId ?? wanted.TableName;
  const StreamSpecification =
    wanted.Streams === "true" ? { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } : undefined;
  if (RequestType === "Create") {
    await send("CreateTableCommand", {
      TableName, StreamSpecification, BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
  } else if (RequestType === "Update") {
    await send("UpdateTableCommand", { TableName, StreamSpecification });
  } else {
    await send("DeleteTableCommand", { TableName });
  }
  return { PhysicalResourceId: TableName };
};
"""
IS_COMPLETE = SHARED + """
exports.handler = async ({ RequestType, PhysicalResourceId: TableName }) => {
  try {
    const { Table } = await send("DescribeTableCommand", { TableName });
    const IsComplete = RequestType !== "Delete" && Table.TableStatus === "ACTIVE";
    return IsComplete ? { IsComplete, Data: { TableArn: Table.TableArn } } : { IsComplete };
  } catch (error) {
    if (RequestType === "Delete" && error.name === "ResourceNotFoundException") {
      return { IsComplete: true };
    }
    throw error;
  }
};
"""

def function(name, code):
    made = lambda_.Function(stack, name, runtime=lambda_.Runtime.NODEJS_22_X,
                            handler="index.handler", code=lambda_.Code.from_inline(code))
    made.add_to_role_policy(iam.PolicyStatement(actions=["dynamodb:*Table"], resources=["*"]))
    return made

provider = custom.Provider(
    stack, "Provider", on_event_handler=function("OnEvent", ON_EVENT),
    is_complete_handler=function("IsComplete", IS_COMPLETE), query_interval=Duration.seconds(1),
)
made = CustomResource(
    data, "Todo", resource_type="Custom::Table", service_token=provider.service_token,
    properties={"TableName": "todos-of-a-provider", "Streams": STREAMS},
)
bucket = s3.Bucket(data, "Schemas", removal_policy=RemovalPolicy.DESTROY,
                   auto_delete_objects=True)
deployment.BucketDeployment(
    data, "Schema", destination_bucket=bucket,
    sources=[deployment.Source.data("model.graphql", "type Todo { streams: STREAMS }")],
)
backend.add_output(custom={"table": made.get_att_string("TableArn"),
                           "bucket": bucket.bucket_name})
'''
_TABLE = "todos-of-a-provider"


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """An empty project."""
    made = Project(tmp_path_factory.mktemp("table") / "app")
    yield made
    made.run("sandbox", "stop")


def deploy(project: Project, streams: str) -> None:
    project.write("amplify/backend.py", _BACKEND.replace("STREAMS", streams))
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.out + deployed.err


def schemas(s3: Any) -> dict[str, str]:
    """The text of the schema, by the bucket it was deployed to."""
    found = {}
    for bucket in s3.list_buckets()["Buckets"]:
        for each in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            if each["Key"] == "model.graphql":
                with s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"] as body:
                    found[bucket["Name"]] = body.read().decode()
    return found


def test_it_is_made_changed_and_removed_with_its_stack(project: Project) -> None:
    deploy(project, "False")
    dynamodb, s3 = client(project, "dynamodb"), client(project, "s3")
    table = dynamodb.describe_table(TableName=_TABLE)["Table"]
    assert "StreamSpecification" not in table
    assert list(schemas(s3).values()) == ["type Todo { streams: False }"]
    dynamodb.put_item(TableName=_TABLE, Item={"id": {"S": "kept"}})
    deploy(project, "True")
    table = dynamodb.describe_table(TableName=_TABLE)["Table"]
    assert table["StreamSpecification"]["StreamEnabled"]
    assert dynamodb.scan(TableName=_TABLE)["Count"] == 1
    assert list(schemas(s3).values()) == ["type Todo { streams: True }"]
    stacks = client(project, "cloudformation")
    root = min((each["StackName"] for each in stacks.list_stacks()["StackSummaries"]), key=len)
    stacks.delete_stack(StackName=root)
    stacks.get_waiter("stack_delete_complete").wait(StackName=root, WaiterConfig={"Delay": 1})
    assert dynamodb.list_tables()["TableNames"] == []
    assert schemas(s3) == {}
    assert client(project, "stepfunctions").list_state_machines()["stateMachines"] == []
