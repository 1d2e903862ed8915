"""Deployments of a whole assembly to the real engine."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.deploy.conftest import Recorder, Written

from preamp.contract.site import Site
from preamp.deploy.apply import deploy, destroy, make_plan
from preamp.deploy.assets import AssetPublisher
from preamp.deploy.deployed import read_stack
from preamp.deploy.plan import Action, PlanKind
from preamp.deploy.target import Target
from preamp.errors import UserError
from preamp.events import AssetPublished, StageFinished, StageStarted
from preamp.outputs.document import compose_document
from preamp.outputs.entries import collect_entries, read_entries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.deploy.conftest import Recorder, Written

    from preamp.deploy.target import Target


def queue(seconds: int = 30) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}


BROKEN = {
    "Type": "AWS::Lambda::LayerVersionPermission",
    "Properties": {"LayerVersionArn": "arn:nope", "Action": "x", "Principal": "*"},
}
NESTED = {"Stack": {"Inner": queue()}}
METADATA = {
    "AWS::Amplify::Platform": {"version": "1", "stackOutputs": ["deploymentType", "region"]}
}
OUTPUTS = {"deploymentType": {"Value": "sandbox"}, "region": {"Value": {"Ref": "AWS::Region"}}}


def visibility_of(target: Target, stack_name: str) -> list[str]:
    sqs = target.clients.client("sqs")
    urls = sqs.list_queues(QueueNamePrefix=stack_name).get("QueueUrls", [])
    return sorted(
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"][
            "VisibilityTimeout"
        ]
        for url in urls
    )


def test_a_first_deployment_creates_everything_and_tells_it(
    target: Target, write: Written, stack_name: str, recorder: Recorder
) -> None:
    assembly = write({"Top": queue(10)}, NESTED, Metadata=METADATA, Outputs=OUTPUTS)
    result = deploy(assembly, target, recorder)
    assert visibility_of(target, stack_name) == ["10", "30"]
    assert not result.no_op
    assert dict(result.outputs) == {"deploymentType": "sandbox", "region": target.region}
    assert result.stack_name == stack_name
    assert set(result.seconds) == {"plan", "assets", "deploy"}
    assert [e.stage for e in recorder.of(StageStarted)] == ["plan", "assets", "deploy"]
    assert [e.stage for e in recorder.of(StageFinished)] == ["plan", "assets", "deploy"]
    told = recorder.resources()
    for path in ("Stack", "Stack/Inner", "Top"):
        assert told.index((path, "create", "started")) < told.index((path, "create", "done"))
    # What is in a nested stack ends before it does.
    assert told.index(("Stack/Inner", "create", "done")) < told.index(("Stack", "create", "done"))


def test_the_result_is_all_that_the_outputs_file_needs(
    target: Target, write: Written, recorder: Recorder
) -> None:
    custom = {"AWS::Amplify::Custom": {"version": "1", "stackOutputs": ["customOutputs"]}}
    text = {"Fn::Join": ["", ['{"custom":{"queue":"', {"Ref": "Top"}, '"}}']]}
    assembly = write(
        {"Top": queue()},
        Metadata={**METADATA, **custom},
        Outputs={**OUTPUTS, "customOutputs": {"Value": text}},
    )
    result = deploy(assembly, target, recorder)
    document = compose_document(collect_entries(result.stack_name, result.metadata, result.outputs))
    assert document["version"] == "1.5"
    assert document["custom"]["queue"].startswith("http")


def test_deploying_the_same_again_does_nothing(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write({"Top": queue()}, NESTED, Outputs=OUTPUTS)
    first = deploy(assembly, target, recorder)
    recorder.events.clear()
    again = deploy(assembly, target, recorder)
    assert again.no_op
    assert again.outputs == first.outputs
    assert again.changes == ()
    assert [e.stage for e in recorder.of(StageStarted)] == ["plan"]
    stack = read_stack(target.clients.cloudformation, stack_name)
    assert stack is not None
    assert stack.status == "CREATE_COMPLETE"


def test_a_property_in_a_nested_stack_is_updated(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    deploy(write({"Top": queue(10)}, NESTED), target, recorder)
    recorder.events.clear()
    result = deploy(write({"Top": queue(10)}, {"Stack": {"Inner": queue(31)}}), target, recorder)
    assert visibility_of(target, stack_name) == ["10", "31"]
    assert [(c.path, c.action) for c in result.changes] == [("Stack/Inner", Action.MODIFY)]
    assert ("Stack/Inner", "update", "done") in recorder.resources()


def test_a_plan_is_what_the_deployment_then_does(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    deploy(write({"Top": queue(10)}, NESTED), target, recorder)
    assembly = write({"Other": queue(11)}, {"Stack": {"Inner": queue(12)}})
    plan = make_plan(assembly, target, recorder)
    assert visibility_of(target, stack_name) == ["10", "30"]
    result = deploy(assembly, target, recorder)
    assert plan.kind is PlanKind.UPDATE
    assert plan.own_changes == result.changes
    assert [(c.path, c.action) for c in plan.changes] == [
        ("Stack", Action.MODIFY),
        ("Stack/Inner", Action.MODIFY),
        ("Other", Action.ADD),
        ("Top", Action.REMOVE),
    ]
    assert visibility_of(target, stack_name) == ["11", "12"]


def test_a_change_of_tags_alone_is_deployed(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write({"Top": queue()})
    deploy(assembly, target, recorder)
    result = deploy(dataclasses.replace(assembly, tags={"team": "x"}), target, recorder)
    assert not result.no_op
    stack = read_stack(target.clients.cloudformation, stack_name)
    assert stack is not None
    assert stack.tags == {"team": "x"}


def test_a_replaced_resource_is_planned_as_such(
    target: Target, write: Written, recorder: Recorder
) -> None:
    named = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    deploy(write({"Top": queue()}), target, recorder)
    plan = make_plan(write({"Top": named}), target, recorder)
    assert [(c.path, c.action) for c in plan.changes] == [("Top", Action.REPLACE)]


def test_assets_are_uploaded_once(
    target: Target, write: Written, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text("def handler(event, context):\n    return 1\n")
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": write.asset(tmp_path / "code"),
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        },
    }
    assembly = write({"Role": role, "Function": function})
    deploy(assembly, target, recorder)
    assert {e.name: e.uploaded for e in recorder.of(AssetPublished)}["code"]
    recorder.events.clear()
    changed = write({"Role": role, "Function": function, "Q": queue()})
    deploy(changed, target, recorder)
    published = {e.name: (e.uploaded, e.size > 0) for e in recorder.of(AssetPublished)}
    assert published["code"] == (False, False)
    assert published[f"{assembly.stack_name} Template"] == (True, True)


def test_a_publisher_remembers_what_it_has_published(
    target: Target, write: Written, recorder: Recorder
) -> None:
    publisher = AssetPublisher(target)
    assembly = write({"Top": queue()}, NESTED)
    assert publisher.publish(assembly.assets, recorder).uploaded > 0
    elsewhere = dataclasses.replace(target, endpoint_url="http://127.0.0.1:9")
    publisher._target = elsewhere
    assert publisher.publish(assembly.assets, recorder).uploaded == 0


def test_a_target_without_the_bucket_says_how_to_prepare_it(
    target: Target, write: Written, recorder: Recorder
) -> None:
    other = dataclasses.replace(target, region="eu-north-1")
    with pytest.raises(UserError) as caught:
        AssetPublisher(other).publish(write({"Top": queue()}).assets, recorder)
    assert caught.value.code == "BootstrapMissingError"
    assert f"cdk bootstrap aws://{target.account}/eu-north-1" in caught.value.hint


def test_a_backend_without_resources_is_refused(
    target: Target, write: Written, recorder: Recorder
) -> None:
    with pytest.raises(UserError) as caught:
        deploy(write({}, Outputs=OUTPUTS), target, recorder)
    assert caught.value.code == "EmptyBackendError"


def test_destroying_removes_everything_and_tells_it(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write({"Top": queue()}, NESTED)
    deploy(assembly, target, recorder)
    recorder.events.clear()
    assert destroy(stack_name, target, recorder, assembly=assembly)
    assert visibility_of(target, stack_name) == []
    assert read_stack(target.clients.cloudformation, stack_name) is None
    assert ("Stack", "delete", "done") in recorder.resources()
    assert ("Top", "delete", "done") in recorder.resources()


def test_there_is_nothing_to_destroy(target: Target, recorder: Recorder) -> None:
    assert not destroy("never-deployed", target, recorder)
    assert recorder.events == []


def test_a_protected_backend_is_not_destroyed(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = dataclasses.replace(write({"Top": queue(7)}), termination_protection=True)
    deploy(assembly, target, recorder)
    try:
        with pytest.raises(UserError) as caught:
            destroy(stack_name, target, recorder)
        assert caught.value.code == "StackProtectedError"
        assert visibility_of(target, stack_name) == ["7"]
    finally:
        target.clients.cloudformation.update_termination_protection(
            StackName=stack_name, EnableTerminationProtection=False
        )


def test_a_failed_update_leaves_the_backend_as_it_was(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    deploy(write({"Top": queue(10)}, NESTED), target, recorder)
    recorder.events.clear()
    broken = write({"Top": queue(11), "Broken": BROKEN}, NESTED, sites={"Broken": ("b.py", 5)})
    with pytest.raises(UserError) as caught:
        deploy(broken, target, recorder)
    assert caught.value.code == "DeploymentFailedError"
    assert caught.value.message.startswith("Broken (AWS::Lambda::LayerVersionPermission) could not")
    assert "arn:nope" in caught.value.message
    assert caught.value.sites == (Site("b.py", 5),)
    assert "as it was before" in caught.value.hint
    assert visibility_of(target, stack_name) == ["10", "30"]
    failed = [told for told in recorder.resources() if told[2] == "failed"]
    assert [path for path, _, _ in failed] == ["Broken"]


def test_after_a_failed_update_the_next_deployment_works(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    before = {"Top": queue(10)}
    deploy(write(before), target, recorder)
    with pytest.raises(UserError):
        deploy(write({**before, "Broken": BROKEN}), target, recorder)
    assert deploy(write(before), target, recorder).no_op
    assert not deploy(write({"Top": queue(12)}), target, recorder).no_op
    assert visibility_of(target, stack_name) == ["12"]


def test_a_failure_in_a_nested_stack_names_the_resource_in_it(
    target: Target, write: Written, recorder: Recorder
) -> None:
    nested = {"Stack": {"Inner": queue(), "Broken": BROKEN}}
    sites = {"Stack": ("backend.py", 3)}
    with pytest.raises(UserError) as caught:
        deploy(write({"Top": queue()}, nested, sites=sites), target, recorder)
    assert caught.value.message.startswith(
        "Stack/Broken (AWS::Lambda::LayerVersionPermission) could not be created: "
    )
    assert caught.value.sites == (Site("backend.py", 3),)


def test_after_a_failed_first_deployment_the_next_one_starts_anew(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    with pytest.raises(UserError):
        deploy(write({"Top": queue(), "Broken": BROKEN}), target, recorder)
    assembly = write({"Top": queue(13)})
    assert make_plan(assembly, target, recorder).kind is PlanKind.RECREATE
    deploy(assembly, target, recorder)
    assert visibility_of(target, stack_name) == ["13"]


def test_a_template_that_is_not_accepted_changes_nothing(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    unknown = {"Type": "AWS::Dreams::Machine", "Properties": {}}
    with pytest.raises(UserError) as caught:
        deploy(write({"Top": queue(), "Machine": unknown}), target, recorder)
    assert caught.value.code == "TemplateRefusedError"
    assert "AWS::Dreams::Machine" in caught.value.message
    assert read_stack(target.clients.cloudformation, stack_name) is None


def test_an_engine_that_is_not_there_is_told(
    target: Target, write: Written, recorder: Recorder
) -> None:
    nobody = dataclasses.replace(target, endpoint_url="http://127.0.0.1:9")
    with pytest.raises(UserError) as caught:
        make_plan(write({"Top": queue()}), nobody, recorder)
    assert caught.value.code == "TargetUnreachableError"


def test_outputs_are_read_back_from_the_deployed_stack(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    result = deploy(write({"Top": queue()}, Metadata=METADATA, Outputs=OUTPUTS), target, recorder)
    read = read_entries(target.clients.cloudformation, stack_name)
    assert read == collect_entries(stack_name, result.metadata, result.outputs)
    assert dict(read[0].payload) == {"deploymentType": "sandbox", "region": target.region}


def test_outputs_of_a_stack_that_is_not_there(target: Target) -> None:
    with pytest.raises(UserError) as caught:
        read_entries(target.clients.cloudformation, "never-deployed")
    assert caught.value.code == "StackMissingError"


def test_the_machines_own_aws_configuration_has_no_say(
    target: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = mars\nendpoint_url = http://x.invalid\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "missing",
        "AWS_ENDPOINT_URL": "http://y.invalid",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_ACCESS_KEY_ID": "other",
        "AWS_SECRET_ACCESS_KEY": "other",
        "http_proxy": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fresh = dataclasses.replace(target)
    fresh.clients.preload().join()
    assert read_stack(fresh.clients.cloudformation, "never-deployed") is None
    assert fresh.clients.s3.list_buckets()["Buckets"]
