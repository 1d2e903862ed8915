"""Each reason for which a change is not hotswapped, and what a change that is becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.deploy.conftest import Running, nested_stack

from preamp.deploy.deployed import DeployedStack, DeployedTemplate
from preamp.deploy.hotswap.attributes import Region
from preamp.deploy.hotswap.planning import plan_return, plan_swaps
from preamp.deploy.hotswap.rejection import Rejection
from preamp.deploy.hotswap.values import Scope
from preamp.deploy.plan import plan_update

if TYPE_CHECKING:
    from tests.unit.deploy.conftest import MakeAssembly, Resources

    from preamp.deploy.hotswap.operation import Swap
    from preamp.deploy.hotswap.rejection import Rejected

ROOT = "arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1"
CHILD = "arn:aws:cloudformation:eu-west-1:123456789012:stack/app-Child/2"
REGION = Region("aws", "eu-west-1", "123456789012", "amazonaws.com")
IDS = {
    ROOT: {**{name: f"app-{name}" for name in ("Q", "F", "M", "T", "P", "R", "Role", "Other")}},
    CHILD: {"Inner": "child-Inner"},
}
IDS[ROOT]["Child"] = CHILD
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 1}}


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def function(**properties: Any) -> dict[str, Any]:
    code = {"S3Bucket": "b", "S3Key": "one.zip"}
    fixed = {"Code": code, "Handler": "index.handler", "Runtime": "python3.13", "Role": "r"}
    return {"Type": "AWS::Lambda::Function", "Properties": {**fixed, **properties}}


class Planned:
    """Plans a hotswap from resources to others."""

    def __init__(self, make_assembly: MakeAssembly) -> None:
        self._make = make_assembly

    def __call__(
        self,
        before: Resources,
        after: Resources,
        inner: tuple[Resources, Resources] | None = None,
        tags: dict[str, str] | None = None,
        **frame: Any,
    ) -> tuple[tuple[Swap, ...], tuple[Rejected, ...]]:
        old_children = {"Child": DeployedTemplate({"Resources": inner[0]})} if inner else {}
        old = DeployedTemplate({"Resources": before}, old_children)
        nested = {"Child": inner[1]} if inner else None
        assembly = self._make(after, nested, tags=tags, **frame)
        new_children = {"Child": DeployedTemplate({"Resources": inner[1]})} if inner else {}
        new = DeployedTemplate(assembly.stack.template, new_children)
        stack = DeployedStack(ROOT, "CREATE_COMPLETE")

        def replacing(_type: str, before: Any, after: Any) -> frozenset[str]:
            is_named = before.get("QueueName") != after.get("QueueName")
            return frozenset({"QueueName"} if is_named else ())

        changes = plan_update(assembly, stack, old, replacing).changes
        return plan_swaps(changes, scope(new), scope(old))


def scope(tree: DeployedTemplate) -> Scope:
    return Scope(tree, ROOT, REGION, Running(IDS))


@pytest.fixture
def planned(make_assembly: MakeAssembly) -> Planned:
    return Planned(make_assembly)


MACHINE = {
    "Type": "AWS::StepFunctions::StateMachine",
    "Properties": {"DefinitionString": "{}", "RoleArn": "r"},
}
CHANGED_MACHINE = {**MACHINE, "Properties": {"DefinitionString": "{ }", "RoleArn": "r"}}
REVISION = {
    "Type": "AWS::StepFunctions::StateMachineVersion",
    "Properties": {"StateMachineRevisionId": {"Fn::GetAtt": ["M", "StateMachineRevisionId"]}},
}
BUCKET = {"Type": "AWS::S3::Bucket"}
REJECTED: list[tuple[Rejection, Resources, Resources]] = [
    (Rejection.ADDED, {}, {"Q": QUEUE}),
    (Rejection.REMOVED, {"Q": QUEUE, "R": QUEUE}, {"R": QUEUE}),
    (Rejection.REPLACED, {"Q": queue()}, {"Q": queue(QueueName="x")}),
    (Rejection.REPLACED, {"Q": QUEUE}, {"Q": BUCKET}),
    (
        Rejection.RESOURCE_TYPE,
        {"Q": BUCKET},
        {"Q": {**BUCKET, "Properties": {"Tags": []}}},
    ),
    (Rejection.PROPERTY, {"Q": queue()}, {"Q": queue(Tags=[])}),
    (Rejection.NO_DEFAULT, {"Q": queue()}, {"Q": queue(MaximumMessageSize=2048)}),
    (Rejection.NO_DEFAULT, {"Q": queue(MaximumMessageSize=2048)}, {"Q": queue()}),
    (Rejection.LIFE_POLICY, {"Q": QUEUE}, {"Q": {**QUEUE, "DeletionPolicy": "Retain"}}),
    (Rejection.CONDITION, {"Q": QUEUE}, {"Q": {**QUEUE, "Condition": "C"}}),
    (Rejection.REFERENCED, {"M": MACHINE, "V": REVISION}, {"M": CHANGED_MACHINE, "V": REVISION}),
    (
        Rejection.REFERENCE,
        {"Q": QUEUE, "Other": BUCKET},
        {"Q": queue(VisibilityTimeout={"Fn::GetAtt": ["Other", "X"]}), "Other": BUCKET},
    ),
    (Rejection.FUNCTION, {"Q": QUEUE}, {"Q": queue(VisibilityTimeout={"Fn::If": ["C", 1, 2]})}),
    (
        Rejection.DYNAMIC_REFERENCE,
        {"F": function()},
        {"F": function(Environment={"Variables": {"S": "{{resolve:ssm:/s}}"}})},
    ),
    (Rejection.VALUE, {"F": function()}, {"F": function(Timeout="soon")}),
    (Rejection.VALUE, {"F": function()}, {"F": function(Code={"ImageUri": "image"})}),
    (
        Rejection.PROPERTY,
        {"M": MACHINE},
        {"M": {**MACHINE, "Properties": {"DefinitionS3Location": {}, "RoleArn": "r"}}},
    ),
    (Rejection.NOT_THERE, {"Nowhere": QUEUE}, {"Nowhere": queue(VisibilityTimeout=2)}),
]


@pytest.mark.parametrize(("reason", "before", "after"), REJECTED)
def test_a_change_is_rejected_for_a_reason(
    planned: Planned, reason: Rejection, before: Resources, after: Resources
) -> None:
    _, rejections = planned(before, after)
    assert [rejected.reason for rejected in rejections] == [reason]
    assert str(reason) in str(rejections[0])


def test_what_a_nested_stack_is_given_is_rejected(planned: Planned) -> None:
    before, after = nested_stack("u1"), nested_stack("u2")
    after["Properties"]["Parameters"] = {"p": "1"}
    inner = ({"Inner": QUEUE}, {"Inner": queue(VisibilityTimeout=2)})
    _, rejections = planned({"Child": before}, {"Child": after}, inner)
    assert [rejected.reason for rejected in rejections] == [Rejection.NESTED_PARAMETERS]


@pytest.mark.parametrize("frame", [{"Outputs": {"O": {"Value": "1"}}}, {"tags": {"a": "b"}}])
def test_what_belongs_to_the_stack_is_rejected(planned: Planned, frame: dict[str, Any]) -> None:
    _, rejections = planned({"Q": QUEUE}, {"Q": QUEUE}, **frame)
    assert [rejected.reason for rejected in rejections] == [Rejection.STACK]


def test_every_reason_has_a_test() -> None:
    elsewhere = {Rejection.NESTED_PARAMETERS, Rejection.STACK}
    assert {reason for reason, _, _ in REJECTED} | elsewhere == set(Rejection)


def test_what_could_not_be_taken_back_is_rejected(planned: Planned) -> None:
    before = {"Q": queue(VisibilityTimeout={"Fn::ImportValue": "x"})}
    _, rejections = planned(before, {"Q": QUEUE})
    assert [rejected.reason for rejected in rejections] == [Rejection.FUNCTION]


def test_one_rejection_does_not_hide_another(planned: Planned) -> None:
    _, rejections = planned({"Q": QUEUE, "R": QUEUE}, {"Other": QUEUE, "R": QUEUE})
    assert {str(rejected) for rejected in rejections} == {
        "Other: a new resource is CloudFormation's to create",
        "Q: a resource that goes is CloudFormation's to delete",
    }


def test_a_swap_calls_with_the_changed_properties_only(planned: Planned) -> None:
    before = {"Q": queue(VisibilityTimeout=1, DelaySeconds=2)}
    (swap,), rejections = planned(before, {"Q": queue(VisibilityTimeout="3", DelaySeconds=2)})
    assert rejections == ()
    (call,) = swap.calls
    assert (call.service, call.operation) == ("sqs", "set_queue_attributes")
    assert call.arguments == {"QueueUrl": "app-Q", "Attributes": {"VisibilityTimeout": "3"}}


def test_a_property_that_goes_becomes_its_default(planned: Planned) -> None:
    (swap,), _ = planned({"Q": queue(VisibilityTimeout=1)}, {"Q": queue()})
    assert swap.calls[0].arguments["Attributes"] == {"VisibilityTimeout": "30"}


def test_a_resource_in_a_nested_stack_is_swapped(planned: Planned) -> None:
    inner = ({"Inner": QUEUE}, {"Inner": queue(VisibilityTimeout=2)})
    (swap,), rejections = planned(
        {"Child": nested_stack("u1")}, {"Child": nested_stack("u2")}, inner
    )
    assert rejections == ()
    assert (swap.path, swap.address) == ("Child/Inner", ("Child", "Inner"))
    assert swap.calls[0].arguments["QueueUrl"] == "child-Inner"


def test_a_functions_configuration_goes_before_its_code(planned: Planned) -> None:
    new = function(
        Code={"S3Bucket": "b", "S3Key": "two.zip"},
        Timeout=9,
        Environment={"Variables": {"N": 1, "B": True, "Q": {"Ref": "Q"}}},
    )
    (swap,), _ = planned({"F": function(), "Q": QUEUE}, {"F": new, "Q": QUEUE})
    configuration, code = swap.calls
    assert configuration.operation == "update_function_configuration"
    assert configuration.arguments == {
        "FunctionName": "app-F",
        "Timeout": 9,
        "Environment": {"Variables": {"N": "1", "B": "true", "Q": "app-Q"}},
    }
    assert code.arguments == {"FunctionName": "app-F", "S3Bucket": "b", "S3Key": "two.zip"}
    assert code.settling is not None
    assert code.settling.waiter == "function_updated_v2"


def test_only_what_has_no_effect_on_what_runs_needs_no_call(planned: Planned) -> None:
    changed = {**QUEUE, "Metadata": {"x": 1}, "DependsOn": ["R"]}
    (swap,), rejections = planned({"Q": QUEUE, "R": QUEUE}, {"Q": changed, "R": QUEUE})
    assert (swap.calls, rejections) == ((), ())


def test_a_way_back_sets_all_that_can_be_set() -> None:
    resources = {"Q": queue(VisibilityTimeout=7), "Other": BUCKET, "R": queue(Tags=[])}
    tree = DeployedTemplate({"Resources": resources})
    first, second = plan_return(
        {(name,): [None] for name in ("Q", "Other", "R", "Gone")}, scope(tree)
    )
    assert first.calls[0].arguments["Attributes"] == {
        "DelaySeconds": "0",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "RedrivePolicy": "",
        "VisibilityTimeout": "7",
    }
    assert second.address == ("R",)


def test_a_way_back_leaves_out_what_was_never_swapped() -> None:
    unknown = function(Environment={"Variables": {"S": "{{resolve:ssm:/s}}"}}, Timeout=5)
    tree = DeployedTemplate({"Resources": {"F": unknown}})
    (swap,) = plan_return({("F",): [None]}, scope(tree))
    assert "Environment" not in swap.calls[0].arguments
    assert swap.calls[0].arguments["Timeout"] == 5


def test_a_way_back_from_what_is_known_sets_what_differs() -> None:
    tree = DeployedTemplate({"Resources": {"Q": queue(VisibilityTimeout=7, DelaySeconds=1)}})
    once = queue(VisibilityTimeout=8, DelaySeconds=1)
    (swap,) = plan_return({("Q",): [once]}, scope(tree))
    assert swap.calls[0].arguments["Attributes"] == {"VisibilityTimeout": "7"}
    perhaps = queue(VisibilityTimeout=7)
    (swap,) = plan_return({("Q",): [once, perhaps]}, scope(tree))
    assert swap.calls[0].arguments["Attributes"] == {"DelaySeconds": "1", "VisibilityTimeout": "7"}
