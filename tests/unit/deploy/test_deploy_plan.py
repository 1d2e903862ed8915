from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.contract.site import Site
from preamp.deploy.deployed import DeployedStack, DeployedTemplate
from preamp.deploy.plan import (
    Action,
    Plan,
    PlanKind,
    Reason,
    is_up_to_date,
    plan_creation,
    plan_update,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.deploy.conftest import MakeAssembly

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}
SLOWER = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 2}}


def running(**tags: str) -> DeployedStack:
    return DeployedStack("arn:stack", "CREATE_COMPLETE", tags=tags)


def summary(plan: Plan) -> list[tuple[str, Action, Reason, tuple[str, ...]]]:
    return [(c.path, c.action, c.reason, c.properties) for c in plan.changes]


def test_the_same_template_and_tags_are_up_to_date(make_assembly: MakeAssembly) -> None:
    assembly = make_assembly({"Q": QUEUE}, tags={"a": "b"})
    assert is_up_to_date(assembly, running(a="b"), {"Resources": {"Q": dict(QUEUE)}})


@pytest.mark.parametrize(
    ("tags", "template"),
    [
        ({"a": "c"}, {"Resources": {"Q": QUEUE}}),
        ({}, {"Resources": {"Q": QUEUE}}),
        ({"a": "b"}, {"Resources": {"Q": SLOWER}}),
        ({"a": "b"}, {"Resources": {"Q": QUEUE}, "Outputs": {"O": {"Value": "1"}}}),
    ],
)
def test_another_template_or_other_tags_are_not_up_to_date(
    make_assembly: MakeAssembly, tags: dict[str, str], template: dict[str, Any]
) -> None:
    assembly = make_assembly({"Q": QUEUE}, tags={"a": "b"})
    assert not is_up_to_date(assembly, running(**tags), template)


def test_creation_adds_every_resource_of_every_stack(
    make_assembly: MakeAssembly, nested: Callable[[str], dict[str, Any]]
) -> None:
    assembly = make_assembly({"Child": nested("u1"), "Q": QUEUE}, {"Child": {"Inner": QUEUE}})
    plan = plan_creation(assembly, PlanKind.CREATE)
    assert plan.kind is PlanKind.CREATE
    assert [c.path for c in plan.changes] == ["Child", "Child/Inner", "Q"]
    assert {(c.action, c.reason) for c in plan.changes} == {(Action.ADD, Reason.NEW)}


def test_a_changed_property_is_named_with_the_users_line(make_assembly: MakeAssembly) -> None:
    site = Site("backend.py", 7)
    assembly = make_assembly({"Q": SLOWER}, sites={"Q": site})
    plan = plan_update(assembly, running(), DeployedTemplate({"Resources": {"Q": QUEUE}}))
    assert summary(plan) == [("Q", Action.MODIFY, Reason.PROPERTY_CHANGED, ("DelaySeconds",))]
    assert plan.changes[0].site == site


def test_a_change_inside_a_nested_stack_is_shown_with_the_stack_around_it(
    make_assembly: MakeAssembly, nested: Callable[[str], dict[str, Any]]
) -> None:
    assembly = make_assembly({"Child": nested("u2")}, {"Child": {"Inner": SLOWER}})
    before = DeployedTemplate(
        {"Resources": {"Child": nested("u1")}},
        {"Child": DeployedTemplate({"Resources": {"Inner": QUEUE}})},
    )
    assert summary(plan_update(assembly, running(), before)) == [
        ("Child", Action.MODIFY, Reason.NESTED_TEMPLATE_CHANGED, ("TemplateURL",)),
        ("Child/Inner", Action.MODIFY, Reason.PROPERTY_CHANGED, ("DelaySeconds",)),
    ]


def test_a_nested_stack_that_was_not_read_because_it_is_the_same_shows_nothing(
    make_assembly: MakeAssembly, nested: Callable[[str], dict[str, Any]]
) -> None:
    assembly = make_assembly({"Child": nested("u1"), "Q": SLOWER}, {"Child": {"Inner": QUEUE}})
    before = DeployedTemplate({"Resources": {"Child": nested("u1"), "Q": QUEUE}})
    assert [c.path for c in plan_update(assembly, running(), before).changes] == ["Q"]


def test_a_new_nested_stack_adds_what_is_in_it(
    make_assembly: MakeAssembly, nested: Callable[[str], dict[str, Any]]
) -> None:
    assembly = make_assembly({"Q": QUEUE, "Child": nested("u")}, {"Child": {"Inner": QUEUE}})
    plan = plan_update(assembly, running(), DeployedTemplate({"Resources": {"Q": QUEUE}}))
    assert [(c.path, c.action) for c in plan.changes] == [
        ("Child", Action.ADD),
        ("Child/Inner", Action.ADD),
    ]


def test_a_removed_nested_stack_removes_what_was_in_it(
    make_assembly: MakeAssembly, nested: Callable[[str], dict[str, Any]]
) -> None:
    known = {**QUEUE, "Metadata": {"aws:cdk:path": "app/Child/Inner/Resource"}}
    before = DeployedTemplate(
        {"Resources": {"Q": QUEUE, "Child": nested("u")}},
        {"Child": DeployedTemplate({"Resources": {"Inner1A": known, "Other": QUEUE}})},
    )
    plan = plan_update(make_assembly({"Q": QUEUE}), running(), before)
    assert summary(plan) == [
        ("Child", Action.REMOVE, Reason.GONE, ()),
        ("Child/Inner", Action.REMOVE, Reason.GONE, ()),
        ("Child/Other", Action.REMOVE, Reason.GONE, ()),
    ]


def test_a_property_that_cannot_change_replaces_the_resource(make_assembly: MakeAssembly) -> None:
    def replacing(resource_type: str, before: Any, after: Any) -> frozenset[str]:
        assert before != after
        return frozenset({"DelaySeconds"} if resource_type == "AWS::SQS::Queue" else ())

    before = DeployedTemplate({"Resources": {"Q": QUEUE}})
    plan = plan_update(make_assembly({"Q": SLOWER}), running(), before, replacing)
    assert summary(plan) == [
        ("Q", Action.REPLACE, Reason.IMMUTABLE_PROPERTY_CHANGED, ("DelaySeconds",))
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DeletionPolicy": "Retain"}, Reason.POLICY_CHANGED),
        ({"Metadata": {"x": 1}}, Reason.METADATA_CHANGED),
        ({"DependsOn": ["R"]}, Reason.DEPENDENCY_CHANGED),
        ({"Properties": {"DelaySeconds": 1, "Code": {"S3Key": "b"}}}, Reason.CODE_CHANGED),
    ],
)
def test_the_reason_tells_what_differs(
    make_assembly: MakeAssembly, change: dict[str, Any], reason: Reason
) -> None:
    before = DeployedTemplate({"Resources": {"Q": QUEUE}})
    plan = plan_update(make_assembly({"Q": {**QUEUE, **change}}), running(), before)
    assert [c.reason for c in plan.changes] == [reason]


def test_what_is_no_resource_is_a_change_of_the_stack(make_assembly: MakeAssembly) -> None:
    assembly = make_assembly({"Q": QUEUE}, tags={"a": "b"}, Outputs={"O": {"Value": "1"}})
    plan = plan_update(assembly, running(), DeployedTemplate({"Resources": {"Q": QUEUE}}))
    assert [(c.path, c.reason) for c in plan.changes] == [
        ("", Reason.TEMPLATE_CHANGED),
        ("", Reason.TAGS_CHANGED),
    ]
