from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.deploy.conftest import nested_stack

from preamp.deploy.deployed import DeployedStack, DeployedTemplate
from preamp.deploy.plan import Plan, PlanKind, plan_creation, plan_update
from preamp.deploy.telling import tell_plan
from preamp.events import ChangePlanned, Event

if TYPE_CHECKING:
    from tests.unit.deploy.conftest import MakeAssembly

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}
SLOWER = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 2}}


class Recorder:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)


def told(plan: Plan) -> list[tuple[Any, ...]]:
    recorder = Recorder()
    tell_plan(plan, recorder)
    events = [event for event in recorder.events if isinstance(event, ChangePlanned)]
    return [(e.action, e.path, e.properties, e.count, e.via) for e in events]


def test_a_first_deployment_is_summed_up_by_stack(make_assembly: MakeAssembly) -> None:
    inner = {f"I{number}": QUEUE for number in range(9)}
    assembly = make_assembly({"Child": nested_stack("u"), "Q": QUEUE, "R": QUEUE}, {"Child": inner})
    assert told(plan_creation(assembly, PlanKind.CREATE)) == [
        ("add", "", (), 2, "cloudformation"),
        ("add", "Child", (), 9, "cloudformation"),
    ]


def test_stacks_that_come_and_go_are_one_line_each(make_assembly: MakeAssembly) -> None:
    assembly = make_assembly(
        {"New": nested_stack("u"), "Q": QUEUE}, {"New": {"I": QUEUE, "J": QUEUE}}
    )
    running = DeployedTemplate(
        {"Resources": {"Q": QUEUE, "Old": nested_stack("u")}},
        {"Old": DeployedTemplate({"Resources": {"K": QUEUE}})},
    )
    plan = plan_update(assembly, DeployedStack("root", "CREATE_COMPLETE"), running)
    assert told(plan) == [
        ("add", "New", (), 2, "cloudformation"),
        ("remove", "Old", (), 1, "cloudformation"),
    ]


def test_a_change_in_a_nested_stack_is_told_without_the_stack(make_assembly: MakeAssembly) -> None:
    assembly = make_assembly({"Child": nested_stack("u2")}, {"Child": {"I": SLOWER}})
    running = DeployedTemplate(
        {"Resources": {"Child": nested_stack("u1")}},
        {"Child": DeployedTemplate({"Resources": {"I": QUEUE}})},
    )
    plan = plan_update(assembly, DeployedStack("root", "CREATE_COMPLETE"), running)
    assert told(plan) == [("modify", "Child/I", ("DelaySeconds",), 0, "cloudformation")]
    hotswap = Plan(PlanKind.HOTSWAP, plan.changes)
    assert told(hotswap) == [("modify", "Child/I", ("DelaySeconds",), 0, "hotswap")]


def test_where_nothing_changes_nothing_is_told() -> None:
    assert told(Plan(PlanKind.NO_OP)) == []
