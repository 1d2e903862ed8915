"""What a synthesis gives besides the templates, which `tests/parity` compares."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.synthesis import PROJECTS, synthesize

from preamp.contract.site import Site
from preamp.errors import UserError
from preamp.events import Notice, OutputPrinted, StageFinished

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, source: str) -> Path:
    (folder / "amplify").mkdir()
    (folder / "amplify" / "backend.py").write_text(source, encoding="utf-8")
    return folder


def templates(output: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in output.glob("*.template.json")]


def test_every_construct_remembers_the_line_that_made_it(tmp_path: Path) -> None:
    synthesize(PROJECTS / "seed", tmp_path / "out")
    sites = json.loads((tmp_path / "out" / "preamp.json").read_text())["sites"]
    resource = "amplify/custom/notifications/resource.py"
    files = {
        path: site[0].removeprefix(str(PROJECTS / "seed") + "/") for path, site in sites.items()
    }
    assert files["MyCustomResources/CustomQueue"] == "amplify/backend.py"
    assert files["CustomNotifications/CustomNotifications"] == "amplify/backend.py"
    assert files["CustomNotifications/CustomNotifications/Publisher"] == resource
    assert files["CustomNotifications.NestedStack"] == "amplify/backend.py"


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    outputs = [tmp_path / "one", tmp_path / "two"]
    for output in outputs:
        synthesize(PROJECTS / "seed", output)
    first, second = (
        {
            path.relative_to(output): path.read_bytes()
            for path in output.rglob("*")
            if path.is_file()
        }
        for output in outputs
    )
    assert first == second


def test_a_nested_template_is_the_one_whose_hash_its_parent_has(tmp_path: Path) -> None:
    source = (
        "from aws_cdk import CfnOutput, NestedStack, aws_sns as sns, aws_sqs as sqs\n"
        "from preamp import define_backend\n"
        "backend = define_backend()\n"
        "outer, other = backend.create_stack('Outer'), backend.create_stack('Other')\n"
        "inner = NestedStack(outer, 'Inner')\n"
        "queue, topic = sqs.Queue(inner, 'Queue'), sns.Topic(other, 'Topic')\n"
        "CfnOutput(other, 'QueueArn', value=queue.queue_arn)\n"
        "CfnOutput(inner, 'TopicArn', value=topic.topic_arn)\n"
        "made = inner.nested_stack_resource.get_att('Arn').to_string()\n"
        "CfnOutput(outer, 'Made', value=made)\n"
    )
    synthesize(project(tmp_path, source), tmp_path / "out")
    (manifest,) = (tmp_path / "out").glob("*.assets.json")
    nested = {
        hashed: file["source"]["path"]
        for hashed, file in json.loads(manifest.read_text())["files"].items()
        if ".nested." in file["source"]["path"]
    }
    assert len(nested) == len(["Outer", "Other", "Inner"])
    for hashed, name in nested.items():
        template = json.loads((tmp_path / "out" / name).read_text())
        compact = json.dumps(template, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(compact.encode()).hexdigest() == hashed


def test_prints_of_the_users_code_reach_the_user_and_nothing_of_node_does(tmp_path: Path) -> None:
    source = (
        "import os, sys\nprint('from print')\nprint('to stderr', file=sys.stderr)\n"
        "os.system('echo from a program')\n"
        "from preamp import define_backend\ndefine_backend()\n"
    )
    recorder = synthesize(project(tmp_path, source), tmp_path / "out")
    printed = {event.text for event in recorder.events if isinstance(event, OutputPrinted)}
    assert printed == {"from print", "to stderr", "from a program"}
    assert [event for event in recorder.events if isinstance(event, StageFinished)]


def test_a_deprecated_part_of_the_cdk_is_noticed_once(tmp_path: Path) -> None:
    source = (
        "from aws_cdk import aws_dynamodb as dynamodb\nfrom preamp import define_backend\n"
        "s = define_backend().create_stack('s')\n"
        "key = dynamodb.Attribute(name='pk', type=dynamodb.AttributeType.STRING)\n"
        "for name in 'ab':\n"
        "    dynamodb.Table(s, name, partition_key=key, point_in_time_recovery=True)\n"
    )
    recorder = synthesize(project(tmp_path, source), tmp_path / "out")
    notices = [event.message for event in recorder.events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert "deprecated" in notices[0]


def annotated(kind: str) -> str:
    return (
        "from aws_cdk import Annotations\nfrom aws_cdk import aws_sqs as sqs\n"
        "from preamp import define_backend\n"
        "s = define_backend().create_stack('s')\n"
        f"Annotations.of(sqs.Queue(s, 'Q')).{kind}\n"
    )


def test_what_a_construct_warns_of_is_noticed_with_its_line(tmp_path: Path) -> None:
    folder = project(tmp_path, annotated("add_warning_v2('my:id', 'take care')"))
    recorder = synthesize(folder, tmp_path / "out")
    notices = [event for event in recorder.events if isinstance(event, Notice)]
    assert notices == [Notice("s/Q: take care", Site("amplify/backend.py", 5))]


def test_what_a_construct_calls_an_error_is_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        synthesize(project(tmp_path, annotated("add_error('not like this')")), tmp_path / "out")
    assert caught.value.code == "AnnotationError"
    assert caught.value.sites == (Site("amplify/backend.py", 5),)


def test_a_resource_of_the_protocol_is_built_in_a_stack_of_its_group(tmp_path: Path) -> None:
    source = (
        "from aws_cdk import aws_sqs as sqs\nfrom preamp import define_backend\n"
        "class Jobs:\n"
        "    def build(self, scope):\n"
        "        queue = sqs.Queue(scope.stack('jobs'), 'Queue')\n"
        "        scope.add_output_entry('AWS::Amplify::Jobs', '1', {'jobsUrl': queue.queue_url})\n"
        "        return queue\n"
        "jobs = Jobs()\n"
        "b = define_backend(jobs=jobs)\n"
        "assert b.jobs is b[jobs]\n"
        "b.jobs.node.default_child.visibility_timeout = 7\n"
    )
    synthesize(project(tmp_path, source), tmp_path / "out")
    found = {
        resource["Type"]: resource["Properties"]
        for template in templates(tmp_path / "out")
        for resource in template.get("Resources", {}).values()
    }
    assert found["AWS::SQS::Queue"]["VisibilityTimeout"] == 7
    roots = [
        one
        for one in templates(tmp_path / "out")
        if "AWS::Amplify::Platform" in one.get("Metadata", {})
    ]
    assert roots[0]["Metadata"]["AWS::Amplify::Jobs"]["stackOutputs"] == ["jobsUrl"]


def test_a_community_construct_can_be_put_in_a_stack(tmp_path: Path) -> None:
    source = (
        "from aws_cdk import aws_sqs as sqs\n"
        "from cdk_monitoring_constructs import MonitoringFacade\n"
        "from preamp import define_backend\n"
        "s = define_backend().create_stack('monitored')\n"
        "queue = sqs.Queue(s, 'Queue')\n"
        "MonitoringFacade(s, 'Monitoring').monitor_sqs_queue(queue=queue)\n"
    )
    synthesize(project(tmp_path, source), tmp_path / "out")
    types = {
        resource["Type"]
        for template in templates(tmp_path / "out")
        for resource in template.get("Resources", {}).values()
    }
    assert "AWS::CloudWatch::Dashboard" in types


def test_a_nested_stack_of_the_users_own_gets_the_short_logical_id(tmp_path: Path) -> None:
    source = (
        "from aws_cdk import NestedStack\nfrom aws_cdk import aws_sqs as sqs\n"
        "from constructs import Construct\nfrom preamp import define_backend\n"
        "b = define_backend()\n"
        "class Group(Construct):\n"
        "    def __init__(self, scope, name):\n"
        "        super().__init__(scope, name)\n"
        "        sqs.Queue(NestedStack(self, 'Inner'), 'Queue')\n"
        "Group(b.stack, 'Group')\n"
    )
    synthesize(project(tmp_path, source), tmp_path / "out")
    ids = {
        name
        for template in templates(tmp_path / "out")
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] == "AWS::CloudFormation::Stack"
    }
    assert len(ids) == 1
    assert ids.pop().startswith("GroupInner")
