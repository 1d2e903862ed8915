"""Whatever the CDK resolves in a way of its own: lists, numbers, keys, overrides, what is late."""

import jsii
from aws_cdk import (
    Aspects,
    Aws,
    CfnCondition,
    CfnJson,
    CfnMapping,
    CfnOutput,
    CfnParameter,
    CfnResource,
    CfnStack,
    CustomResource,
    Fn,
    IAspect,
    IStableAnyProducer,
    IStableStringProducer,
    Lazy,
    NestedStack,
    RemovalPolicies,
    SecretValue,
    Tags,
    Token,
)
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn

from preamp import define_backend

backend = define_backend()
first, second = backend.create_stack("first"), backend.create_stack("second")

queue = sqs.Queue(first, "Queue", fifo=True)
size = CfnParameter(first, "Size", type="Number", default=128)
names = CfnParameter(first, "Names", type="CommaDelimitedList", default="a,b")
condition = CfnCondition(first, "IsLarge", expression=Fn.condition_equals(size.value, 512))
regions = CfnMapping(first, "Regions", mapping={"us-east-1": {"name": "east"}})


@jsii.implements(IStableStringProducer)
class Text:
    def produce(self) -> str:
        return f"late {queue.queue_name} in {Aws.REGION}"


@jsii.implements(IStableAnyProducer)
class Thing:
    def produce(self) -> object:
        return {"late": [queue.queue_arn, 1, None, {"deep": size.value_as_number}]}


@jsii.implements(IAspect)
class Marking:
    def visit(self, node: object) -> None:
        if isinstance(node, sqs.CfnQueue):
            node.add_property_override("KmsDataKeyReusePeriodSeconds", 300)


# numbers, lists and keys that stand for others
lambda_.CfnFunction(
    second,
    "Function",
    code=lambda_.CfnFunction.CodeProperty(zip_file="pass"),
    role=f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{queue.queue_name}",
    memory_size=size.value_as_number,
    timeout=Token.as_number(Fn.import_value("timeout")),
    layers=names.value_as_list,
    environment=lambda_.CfnFunction.EnvironmentProperty(
        variables={
            "URL": queue.queue_url,
            "JOINED": Fn.join("-", names.value_as_list),
            "TEXT": Lazy.string(Text()),
            "SUB": Fn.sub("${A}-${AWS::Region}", {"A": queue.queue_arn}),
            "MAPPED": regions.find_in_map(Aws.REGION, "name"),
            "CHOSEN": Token.as_string(Fn.condition_if(condition.logical_id, "large", "small")),
            "NUMBER": f"{size.value_as_number} and {size.value_as_number}",
            "JSON": second.to_json_string(
                {
                    "q": queue.queue_arn,
                    "n": size.value_as_number,
                    "l": names.value_as_list,
                    "a": [1, "2"],
                }
            ),
            "ATT": Token.as_string(Fn.get_att("Other", "Arn")),
            "SPLIT": Fn.select(1, Fn.split("/", queue.queue_url)),
        }
    ),
)
key = CfnJson(second, "Key", value={f"{Aws.REGION}:sub": "x"})
role = iam.Role(
    second,
    "Role",
    assumed_by=iam.FederatedPrincipal("accounts", {"StringEquals": key}, "sts:AssumeRole"),
)
for _ in range(2):  # one of which goes
    role.add_to_policy(iam.PolicyStatement(actions=["sqs:*"], resources=[queue.queue_arn]))
role.add_to_policy(iam.PolicyStatement(actions=["sns:*"], resources=["*"]))
queue.grant_send_messages(role)

# overrides, and what they take away
topic = sns.CfnTopic(
    first, "Topic", display_name=queue.queue_name, topic_name=f"{queue.queue_name}.fifo"
)
topic.add_property_override("Tags.0.Value", queue.queue_arn)
topic.add_property_deletion_override("TopicName")
topic.add_override("Metadata.seen", [Aws.NO_VALUE, {"ref": queue.queue_arn}])
topic.add_override("UpdateReplacePolicy", None)
topic.cfn_options.condition = condition
topic.cfn_options.description = f"of {queue.queue_name}"
other = CfnResource(
    second,
    "Other",
    type="Test::Of::Things",
    properties={"thing": Lazy.any(Thing()), "empty": {}, "none": []},
)
other.add_dependency(topic)
other.add_property_override("only.here", sqs.Queue(first, "Overriding").queue_arn)
for name in ("Mine", "Theirs"):  # one text, which becomes an object; one of the two is changed
    CfnResource(second, name, type="Test::Of::Text", properties={"url": queue.queue_url})
second.node.find_child("Mine").add_property_override("url.Extra", "own")
other.override_logical_id("Other")
CfnResource(second, "Bare", type="Test::Of::Nothing").node.add_dependency(queue, role)

# references that go both ways, and through stacks within stacks
inner = NestedStack(second, "Inner", parameters={"Given": queue.queue_name})
innermost = NestedStack(inner, "Innermost")
ssm.StringParameter(
    innermost, "Far", string_value=f"{queue.queue_arn} {role.role_arn} {Aws.STACK_NAME}"
)
deep = s3.Bucket(innermost, "Deep")
CfnOutput(
    second, "DeepName", value=deep.bucket_name, export_name=f"{Aws.STACK_NAME}-deep", condition=None
)
CfnOutput(second, "Names", value=Fn.join(",", names.value_as_list), description="of the first")

# what has parts of its own
rds.CfnDBCluster(
    first,
    "Cluster",
    engine="aurora-mysql",
    master_username="admin",
    master_user_password=SecretValue.secrets_manager("password").unsafe_unwrap(),
)
vpc = ec2.CfnVPC(first, "Vpc", cidr_block="10.0.0.0/16")
ec2.CfnSubnet(
    first,
    "Subnet",
    vpc_id=vpc.ref,
    availability_zone=Fn.select(0, Fn.get_azs()),
    cidr_block=Fn.select(0, Fn.cidr(vpc.attr_cidr_block, 2, "8")),
)
sfn.StateMachine(
    first,
    "Machine",
    definition_body=sfn.DefinitionBody.from_chainable(
        sfn.Pass(first, "Pass", result=sfn.Result.from_object({"q": queue.queue_arn}))
    ),
)
table = dynamodb.TableV2(
    second,
    "Table",
    partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
)
CustomResource(
    first, "Custom", service_token=queue.queue_arn, properties={"a": {"b": [queue.queue_name]}}
)
CfnStack(
    first, "Stack", template_url=f"https://{Aws.URL_SUFFIX}/t", parameters={"Q": queue.queue_name}
)

RemovalPolicies.of(first).destroy()
Tags.of(second).add("queue", queue.queue_name)
Aspects.of(backend.stack).add(Marking())
first.template_options.description = f"in {Aws.REGION}"
second.add_transform("AWS::LanguageExtensions")
second.rename_logical_id(second.get_logical_id(table.node.default_child), "Renamed")
backend.add_output(custom={"queue": queue.queue_url, "topic": topic.ref})
