"""Hotswaps on the real engine: what runs, what CloudFormation knows, and that they meet again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from preamp.deploy.apply import deploy, make_plan
from preamp.deploy.hotswap.record import FileRecord
from preamp.deploy.hotswap.rejection import Rejection
from preamp.deploy.hotswap.state import HotswapState
from preamp.deploy.plan import PlanKind
from preamp.events import (
    ChangePlanned,
    Event,
    HotswapRejected,
    Notice,
    ResourceChanged,
    StageStarted,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.deploy.conftest import Recorder, Written

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.apply import DeploymentResult
    from preamp.deploy.target import Target

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}


def function(code: dict[str, Any], **more: Any) -> dict[str, Any]:
    fixed = {
        "Code": code,
        "Handler": "index.handler",
        "Runtime": "python3.11",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": {**fixed, **more}}


def queue(seconds: int = 30, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds, **more}}


class Sandbox:
    """Deploys with one record, and looks at what runs."""

    def __init__(self, target: Target, stack_name: str, recorder: Recorder, file: Path) -> None:
        self.target = target
        self.stack_name = stack_name
        self.recorder = recorder
        self.file = file
        self.state = HotswapState(FileRecord(file))

    def deploy(self, assembly: CloudAssembly) -> DeploymentResult:
        self.recorder.events.clear()
        return deploy(assembly, self.target, self.recorder, hotswap=self.state)

    def plan(self, assembly: CloudAssembly) -> PlanKind:
        return make_plan(assembly, self.target, self.recorder, hotswap=self.state).kind

    def restarted(self) -> Sandbox:
        return Sandbox(self.target, self.stack_name, self.recorder, self.file)

    def physical_id(self, logical_id: str, stack: str | None = None) -> str:
        found = self.target.clients.cloudformation.describe_stack_resource(
            StackName=stack or self.stack_name, LogicalResourceId=logical_id
        )
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def visibility(self, logical_id: str = "Q", stack: str | None = None) -> int:
        return int(self.attributes(logical_id, stack)["VisibilityTimeout"])

    def attributes(self, logical_id: str, stack: str | None = None) -> dict[str, str]:
        sqs = self.target.clients.client("sqs")
        url = self.physical_id(logical_id, stack)
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        attributes: dict[str, str] = found["Attributes"]
        return attributes

    def known(self) -> dict[str, Any]:
        """What CloudFormation knows."""
        found = self.target.clients.cloudformation.get_template(StackName=self.stack_name)
        return dict(found["TemplateBody"])


@pytest.fixture
def sandbox(target: Target, stack_name: str, recorder: Recorder, tmp_path: Path) -> Sandbox:
    return Sandbox(target, stack_name, recorder, tmp_path / "hotswap.json")


def test_a_property_is_changed_past_cloudformation(sandbox: Sandbox, write: Written) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    result = sandbox.deploy(write({"Q": queue(11)}))
    assert result.hotswapped
    assert not result.no_op
    assert sandbox.visibility() == 11
    assert sandbox.known()["Resources"]["Q"] == queue(10)
    stages = [event.stage for event in sandbox.recorder.of(StageStarted)]
    assert stages == ["plan", "hotswap"]
    (told,) = sandbox.recorder.of(ChangePlanned)
    assert (told.path, told.action, told.via) == ("Q", "modify", "hotswap")
    assert told.properties == ("VisibilityTimeout",)
    assert sandbox.recorder.resources() == [("Q", "update", "started"), ("Q", "update", "done")]


def test_what_was_hotswapped_is_what_the_next_plan_compares_with(
    sandbox: Sandbox, write: Written
) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    sandbox.deploy(write({"Q": queue(11)}))
    assert sandbox.deploy(write({"Q": queue(11)})).no_op
    assert sandbox.restarted().deploy(write({"Q": queue(11)})).no_op
    assert sandbox.restarted().deploy(write({"Q": queue(12)})).hotswapped
    assert sandbox.visibility() == 12


def test_back_to_what_cloudformation_knows_leaves_no_difference(
    sandbox: Sandbox, write: Written
) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    sandbox.deploy(write({"Q": queue(11)}))
    assert sandbox.deploy(write({"Q": queue(10)})).hotswapped
    assert sandbox.visibility() == 10
    assert sandbox.deploy(write({"Q": queue(10)})).no_op
    assert json.loads(sandbox.file.read_text())["resources"] == []


def test_the_next_update_carries_everything(sandbox: Sandbox, write: Written) -> None:
    sandbox.deploy(write({"Q": queue(10), "R": queue(20)}))
    sandbox.deploy(write({"Q": queue(11), "R": queue(21)}))
    both = write({"Q": queue(11), "R": queue(22), "New": queue()})
    assert not sandbox.deploy(both).hotswapped
    assert (sandbox.visibility("Q"), sandbox.visibility("R")) == (11, 22)
    assert sandbox.known()["Resources"]["Q"] == queue(11)
    assert sandbox.deploy(both).no_op


def test_an_update_takes_back_what_cloudformation_would_not_touch(
    sandbox: Sandbox, write: Written
) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    sandbox.deploy(write({"Q": queue(11)}))
    # For CloudFormation Q has never changed.
    sandbox.deploy(write({"Q": queue(10), "New": queue()}))
    assert sandbox.visibility() == 10


def test_a_failed_update_leaves_what_cloudformation_knows(sandbox: Sandbox, write: Written) -> None:
    broken = {
        "Type": "AWS::Lambda::LayerVersionPermission",
        "Properties": {"LayerVersionArn": "arn:nope", "Action": "x", "Principal": "*"},
    }
    sandbox.deploy(write({"Q": queue(10)}))
    sandbox.deploy(write({"Q": queue(11)}))
    with pytest.raises(Exception, match="Broken"):
        sandbox.deploy(write({"Q": queue(11), "Broken": broken}))
    assert sandbox.visibility() == 10
    assert sandbox.deploy(write({"Q": queue(10)})).no_op
    assert sandbox.deploy(write({"Q": queue(11)})).hotswapped
    assert sandbox.visibility() == 11


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"version": 9}'])
def test_without_the_record_everything_is_set_to_what_is_wanted(
    sandbox: Sandbox, write: Written, content: str | None
) -> None:
    nested = {"Stack": {"Inner": queue(30)}}
    sandbox.deploy(write({"Q": queue(10)}, nested))
    sandbox.deploy(write({"Q": queue(11)}, {"Stack": {"Inner": queue(31)}}))
    sandbox.file.unlink()
    if content is not None:
        sandbox.file.write_text(content)
    sandbox.restarted().deploy(write({"Q": queue(10)}, nested))
    assert sandbox.visibility() == 10
    assert sandbox.visibility("Inner", sandbox.physical_id("StackNestedStack")) == 30


def test_a_record_of_another_deployment_is_not_believed(sandbox: Sandbox, write: Written) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    sandbox.deploy(write({"Q": queue(11)}))
    # Somebody deploys without the record, and back.
    deploy(write({"Q": queue(12)}), sandbox.target, sandbox.recorder)
    deploy(write({"Q": queue(10)}), sandbox.target, sandbox.recorder)
    sandbox.deploy(write({"Q": queue(11)}))
    assert sandbox.visibility() == 11


def test_an_interrupted_hotswap_is_made_good(sandbox: Sandbox, write: Written) -> None:
    sandbox.deploy(write({"Q": queue(10), "R": queue(20)}))

    def interrupt(event: Event) -> None:
        if isinstance(event, ResourceChanged) and event.progress == "done":
            sandbox.recorder.on_event = lambda _event: None
            raise KeyboardInterrupt

    sandbox.recorder.on_event = interrupt
    with pytest.raises(KeyboardInterrupt):
        sandbox.deploy(write({"Q": queue(11), "R": queue(21)}))
    sandbox.restarted().deploy(write({"Q": queue(10), "R": queue(20)}))
    assert (sandbox.visibility("Q"), sandbox.visibility("R")) == (10, 20)


def test_what_a_service_refuses_is_left_to_cloudformation(sandbox: Sandbox, write: Written) -> None:
    sandbox.deploy(write({"Q": queue(10), "R": queue(20)}))
    sqs = sandbox.target.clients.client("sqs")

    def refuse(request: Any, **_kwargs: Any) -> None:
        request.headers["Authorization"] = "nobody"
        sqs.meta.events.unregister("before-send.sqs.SetQueueAttributes", refuse)

    sqs.meta.events.register("before-send.sqs.SetQueueAttributes", refuse)
    result = sandbox.deploy(write({"Q": queue(11), "R": queue(20)}))
    assert not result.hotswapped
    assert sandbox.visibility() == 11
    assert sandbox.known()["Resources"]["Q"] == queue(11)
    (notice,) = sandbox.recorder.of(Notice)
    assert notice.message.startswith("Q: ")


def test_one_change_that_cannot_be_swapped_makes_all_cloudformations(
    sandbox: Sandbox, write: Written
) -> None:
    sandbox.deploy(write({"Q": queue(10)}))
    wanted = write({"Q": queue(11), "New": queue()})
    plan = make_plan(wanted, sandbox.target, sandbox.recorder, hotswap=sandbox.state)
    assert plan.kind is PlanKind.UPDATE
    assert [str(rejected) for rejected in plan.rejections] == [
        "New: a new resource is CloudFormation's to create"
    ]
    sandbox.deploy(wanted)
    assert {told.via for told in sandbox.recorder.of(ChangePlanned)} == {"cloudformation"}
    (told,) = sandbox.recorder.of(HotswapRejected)
    assert (told.path, told.reason) == ("New", Rejection.ADDED.value)


def test_without_a_record_to_write_nothing_is_hotswapped(sandbox: Sandbox, write: Written) -> None:
    deploy(write({"Q": queue(10)}), sandbox.target, sandbox.recorder)
    result = deploy(write({"Q": queue(11)}), sandbox.target, sandbox.recorder)
    assert not result.hotswapped
    assert sandbox.known()["Resources"]["Q"] == queue(11)


def test_a_function_gets_code_and_configuration(
    sandbox: Sandbox, write: Written, tmp_path: Path
) -> None:
    def resources(word: str, prefix: str) -> dict[str, Any]:
        source = tmp_path / f"source-{word}"
        source.mkdir(exist_ok=True)
        (source / "index.py").write_text(
            f"import os\ndef handler(event, context):\n"
            f"    return [{word!r}, os.environ['QUEUE'], context.get_remaining_time_in_millis()]\n"
        )
        variables = {"QUEUE": {"Fn::Sub": f"{prefix}:${{Q}}"}}
        made = function(write.asset(source), Environment={"Variables": variables})
        return {"Q": queue(), "Role": ROLE, "F": made}

    sandbox.deploy(write(resources("one", "a")))
    result = sandbox.deploy(write(resources("two", "b")))
    assert result.hotswapped
    answer = sandbox.target.clients.client("lambda").invoke(FunctionName=sandbox.physical_id("F"))
    word, variable, _ = json.loads(answer["Payload"].read())
    assert (word, variable) == ("two", f"b:{sandbox.physical_id('Q')}")
    assert sandbox.deploy(write(resources("one", "a"))).hotswapped
    answer = sandbox.target.clients.client("lambda").invoke(FunctionName=sandbox.physical_id("F"))
    assert json.loads(answer["Payload"].read())[0] == "one"


def test_what_another_stack_gives_is_taken_from_what_cloudformation_computed(
    sandbox: Sandbox, write: Written, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.py").write_text("def handler(event, context):\n    return None\n")
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    table = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key,
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }
    stream = {"Value": {"Fn::GetAtt": ["Table", "StreamArn"]}}

    def assembly(number: int) -> CloudAssembly:
        variables = {"STREAM": {"Ref": "stream"}, "NUMBER": f"{number}"}
        made = function(write.asset(source), Environment={"Variables": variables})
        return write(
            {"Top": queue()},
            {
                "Data": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": table}},
                "Code": {"Role": ROLE, "F": made},
            },
            frames={
                "Data": {"Outputs": {"stream": stream}},
                "Code": {"Parameters": {"stream": {"Type": "String"}}},
            },
            given={"Code": {"stream": {"Fn::GetAtt": ["DataNestedStack", "Outputs.stream"]}}},
        )

    sandbox.deploy(assembly(1))
    result = sandbox.deploy(assembly(2))
    assert [event.reason for event in sandbox.recorder.of(HotswapRejected)] == []
    assert result.hotswapped
    name = sandbox.physical_id("F", sandbox.physical_id("CodeNestedStack"))
    found = sandbox.target.clients.client("lambda").get_function_configuration(FunctionName=name)
    variables = found["Environment"]["Variables"]
    assert variables["NUMBER"] == "2"
    assert ":table/" in variables["STREAM"]
    assert "/stream/" in variables["STREAM"]


def test_mappings_and_parameters_are_swapped(
    sandbox: Sandbox, write: Written, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.py").write_text("def handler(event, context):\n    return None\n")

    def resources(number: int) -> dict[str, Any]:
        consume = {
            "Effect": "Allow",
            "Action": "sqs:*",
            "Resource": {"Fn::GetAtt": ["Q", "Arn"]},
        }
        document = {"Version": "2012-10-17", "Statement": [consume]}
        policy = {"PolicyName": "Consume", "PolicyDocument": document}
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [policy]},
        }
        return {
            "Q": queue(),
            "Role": role,
            "F": function(write.asset(source)),
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "BatchSize": number,
                    "Enabled": number == 1,
                    "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]},
                    "FunctionName": {"Ref": "F"},
                },
            },
            "Setting": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": f"v{number}"},
            },
        }

    sandbox.deploy(write(resources(1)))
    assert sandbox.deploy(write(resources(2))).hotswapped
    clients = sandbox.target.clients
    mapping = clients.client("lambda").get_event_source_mapping(UUID=sandbox.physical_id("Mapping"))
    assert (mapping["BatchSize"], mapping["State"]) == (2, "Disabled")
    setting = clients.client("ssm").get_parameter(Name=sandbox.physical_id("Setting"))
    assert setting["Parameter"]["Value"] == "v2"


def test_policies_topics_machines_and_rules_are_swapped(sandbox: Sandbox, write: Written) -> None:
    def resources(number: int) -> dict[str, Any]:
        allow = {
            "Effect": "Allow",
            "Action": f"sqs:Action{number}",
            "Resource": {"Fn::GetAtt": ["Q", "Arn"]},
        }
        document = {"Version": "2012-10-17", "Statement": [allow]}
        machine = {"StartAt": "Wait", "States": {"Wait": {"Type": "Pass", "End": True}}}
        machine["Comment"] = f"{number}"
        return {
            "Q": queue(),
            "Role": ROLE,
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "Allow",
                    "PolicyDocument": document,
                    "Roles": [{"Ref": "Role"}],
                },
            },
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": f"T{number}"}},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "Protocol": "sqs",
                    "TopicArn": {"Ref": "Topic"},
                    "Endpoint": {"Fn::GetAtt": ["Q", "Arn"]},
                    "FilterPolicy": {"kind": [f"k{number}"]},
                },
            },
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "DefinitionString": json.dumps(machine),
                },
            },
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {"ScheduleExpression": f"rate({number + 1} hours)"},
            },
        }

    def client(service: str) -> Any:
        return sandbox.target.clients.client(service)

    sandbox.deploy(write(resources(1)))
    assert sandbox.deploy(write(resources(2))).hotswapped
    role = sandbox.physical_id("Role")
    policy = client("iam").get_role_policy(RoleName=role, PolicyName="Allow")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == "sqs:Action2"
    assert policy["Statement"][0]["Resource"] == sandbox.attributes("Q")["QueueArn"]
    topic = client("sns").get_topic_attributes(TopicArn=sandbox.physical_id("Topic"))
    assert topic["Attributes"]["DisplayName"] == "T2"
    subscription = client("sns").get_subscription_attributes(
        SubscriptionArn=sandbox.physical_id("Subscription")
    )
    assert json.loads(subscription["Attributes"]["FilterPolicy"]) == {"kind": ["k2"]}
    machine = client("stepfunctions").describe_state_machine(
        stateMachineArn=sandbox.physical_id("Machine")
    )
    assert json.loads(machine["definition"])["Comment"] == "2"
    rule = client("events").describe_rule(Name=sandbox.physical_id("Rule"))
    assert rule["ScheduleExpression"] == "rate(3 hours)"
    assert sandbox.deploy(write(resources(1))).hotswapped
    assert sandbox.deploy(write(resources(1))).no_op
