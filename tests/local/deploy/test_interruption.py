"""Deployments that somebody breaks off, and what the next one makes of it."""

from __future__ import annotations

import json
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from preamp.deploy.apply import deploy, make_plan
from preamp.deploy.deployed import read_stack
from preamp.deploy.plan import PlanKind
from preamp.events import AssetPublished, Event, Notice, ResourceChanged, StageStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.deploy.conftest import Recorder, Written

    from preamp.deploy.target import Target

QUEUE = {"Type": "AWS::SQS::Queue"}
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
HELD = {
    "Handle": HANDLE,
    "Held": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"},
    },
}
"""Resources that keep a deployment busy until `let_go`."""


def interrupt_on(recorder: Any, matches: Callable[[Event], bool]) -> None:
    """Raise KeyboardInterrupt, once, while a matching event is reported."""

    def on_event(event: Event) -> None:
        if matches(event):
            recorder.on_event = lambda _event: None
            raise KeyboardInterrupt

    recorder.on_event = on_event


def started(path: str) -> Callable[[Event], bool]:
    return lambda e: isinstance(e, ResourceChanged) and (e.path, e.progress) == (path, "started")


def let_go(target: Any, stack_name: str) -> None:
    """Signal the handle, so that `HELD` is completed."""
    described = target.clients.cloudformation.describe_stack_resource(
        StackName=stack_name, LogicalResourceId="Handle"
    )
    url = described["StackResourceDetail"]["PhysicalResourceId"]
    body = {"Status": "SUCCESS", "UniqueId": "1", "Data": "", "Reason": ""}
    request = urllib.request.Request(url, json.dumps(body).encode(), method="PUT")  # noqa: S310
    request.add_header("Content-Type", "")
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        assert answer.status == 200


def status(target: Any, stack_name: str) -> str | None:
    stack = read_stack(target.clients.cloudformation, stack_name)
    return stack.status if stack else None


def test_interrupted_before_anything_was_changed(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write({"Q": QUEUE})
    interrupt_on(recorder, lambda event: isinstance(event, AssetPublished))
    with pytest.raises(KeyboardInterrupt):
        deploy(assembly, target, recorder)
    assert status(target, stack_name) is None
    assert not deploy(assembly, target, recorder).no_op


def test_interrupted_while_it_runs_the_next_deployment_waits_for_it(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write(HELD)
    interrupt_on(recorder, started("Held"))
    with pytest.raises(KeyboardInterrupt):
        deploy(assembly, target, recorder)
    assert status(target, stack_name) == "CREATE_IN_PROGRESS"

    waiting = threading.Event()
    recorder.on_event = lambda e: waiting.set() if isinstance(e, Notice) else None
    results: list[Any] = []
    larger = write({**HELD, "Q": QUEUE})
    thread = threading.Thread(target=lambda: results.append(deploy(larger, target, recorder)))
    thread.start()
    assert waiting.wait(10)
    let_go(target, stack_name)
    thread.join(20)
    assert [result.no_op for result in results] == [False]
    assert status(target, stack_name) == "UPDATE_COMPLETE"
    (notice,) = recorder.of(Notice)
    assert f"{stack_name} is still being changed (CREATE_IN_PROGRESS)" in notice.message


def test_an_interrupted_update_is_cancelled(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    first = write({"Q": QUEUE})
    deploy(first, target, recorder)
    held = {"Q": QUEUE, **HELD, "After": {**QUEUE, "DependsOn": ["Held"]}}
    interrupt_on(recorder, started("Held"))
    with pytest.raises(KeyboardInterrupt):
        deploy(write(held), target, recorder)
    let_go(target, stack_name)
    assert deploy(write({"Q": QUEUE}), target, recorder).no_op
    assert status(target, stack_name) == "UPDATE_ROLLBACK_COMPLETE"


def test_a_change_set_that_was_never_executed_is_in_nobodys_way(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    body = json.dumps({"Resources": {"Old": QUEUE}})
    target.clients.cloudformation.create_change_set(
        StackName=stack_name, ChangeSetName="left-over", ChangeSetType="CREATE", TemplateBody=body
    )
    assert status(target, stack_name) == "REVIEW_IN_PROGRESS"
    assembly = write({"Q": QUEUE})
    assert make_plan(assembly, target, recorder).kind is PlanKind.RECREATE
    deploy(assembly, target, recorder)
    assert status(target, stack_name) == "CREATE_COMPLETE"


def test_a_left_over_change_set_of_a_running_stack_is_in_nobodys_way(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    deploy(write({"Q": QUEUE}), target, recorder)
    body = json.dumps({"Resources": {"Old": QUEUE}})
    target.clients.cloudformation.create_change_set(
        StackName=stack_name, ChangeSetName="left-over", ChangeSetType="UPDATE", TemplateBody=body
    )
    deploy(write({"Q": QUEUE, "R": QUEUE}), target, recorder)
    assert status(target, stack_name) == "UPDATE_COMPLETE"
    listed = target.clients.cloudformation.list_change_sets(StackName=stack_name)["Summaries"]
    assert "left-over" not in [summary["ChangeSetName"] for summary in listed]


def test_an_interrupted_change_set_takes_the_empty_stack_with_it(
    target: Target, write: Written, recorder: Recorder, stack_name: str
) -> None:
    assembly = write({"Q": QUEUE})
    client = target.clients.cloudformation

    def interrupt(**_kwargs: Any) -> None:
        client.meta.events.unregister("after-call.cloudformation.CreateChangeSet", interrupt)
        raise KeyboardInterrupt

    # The moment at which the change set exists and nobody was told its id yet.
    client.meta.events.register("after-call.cloudformation.CreateChangeSet", interrupt)
    with pytest.raises(KeyboardInterrupt):
        deploy(assembly, target, recorder)
    assert [event.stage for event in recorder.of(StageStarted)][-1] == "deploy"
    assert status(target, stack_name) is None
    assert not deploy(assembly, target, recorder).no_op
