from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.unit.deploy.event_source import CHILD, PAGE, ROOT, EventSource

from preamp.contract.site import Site
from preamp.deploy.progress import StackFollower
from preamp.events import Event, ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.deploy.conftest import MakeAssembly

TEMPLATE = {"Type": "AWS::SQS::Queue"}


class Heard:
    def __init__(self) -> None:
        self.events: list[ResourceChanged] = []

    def report(self, event: Event) -> None:
        assert isinstance(event, ResourceChanged)
        self.events.append(event)

    def told(self) -> list[tuple[str, str, str]]:
        return [(event.path, event.action, event.progress) for event in self.events]


@pytest.fixture
def source() -> EventSource:
    return EventSource()


@pytest.fixture
def heard() -> Heard:
    return Heard()


Follow: TypeAlias = "Callable[[], StackFollower]"


@pytest.fixture
def follow(
    source: EventSource,
    heard: Heard,
    make_assembly: MakeAssembly,
    nested: Callable[[str], dict[str, Any]],
) -> Follow:
    assembly = make_assembly(
        {"Child": nested("u"), "Q": TEMPLATE},
        {"Child": {"Inner": TEMPLATE, "Other": TEMPLATE}},
        sites={"Child/Inner": Site("backend.py", 8)},
    )

    def begin() -> StackFollower:
        return StackFollower(source, ROOT, assembly, heard)  # type: ignore[arg-type]

    return begin


def test_what_happened_before_is_skipped(source: EventSource, heard: Heard, follow: Follow) -> None:
    source.add(ROOT, "Q", "CREATE_COMPLETE")
    source.own(ROOT, "CREATE_COMPLETE")
    follower = follow()
    assert follower.poll() == 0
    before = follower.begun
    source.own(ROOT, "UPDATE_IN_PROGRESS")
    source.add(ROOT, "Q", "UPDATE_IN_PROGRESS")
    assert follower.poll() == 2
    assert (before, follower.begun) == (False, True)
    assert not follower.ended
    assert heard.told() == [("Q", "update", "started")]


def test_every_page_is_read_and_nothing_twice(
    source: EventSource, heard: Heard, follow: Follow
) -> None:
    follower = follow()
    for number in range(3 * PAGE):
        source.add(ROOT, f"Q{number}", "CREATE_IN_PROGRESS")
    assert follower.poll() == 3 * PAGE
    assert [path for path, _, _ in heard.told()] == [f"Q{number}" for number in range(3 * PAGE)]
    assert follower.poll() == 0


def test_a_resource_is_told_once_as_started_and_with_the_seconds_it_took(
    source: EventSource, heard: Heard, follow: Follow
) -> None:
    follower = follow()
    source.add(ROOT, "Q", "CREATE_IN_PROGRESS")
    source.add(ROOT, "Q", "CREATE_IN_PROGRESS", reason="Resource creation Initiated")
    source.add(ROOT, "Q", "CREATE_COMPLETE")
    follower.poll()
    assert heard.told() == [("Q", "create", "started"), ("Q", "create", "done")]
    assert heard.events[-1].seconds == 2.0


def test_a_nested_stack_is_followed_as_soon_as_it_is_known(
    source: EventSource, heard: Heard, follow: Follow
) -> None:
    follower = follow()
    source.nested("CREATE_IN_PROGRESS", known=False)
    source.nested("CREATE_IN_PROGRESS")
    source.own(CHILD, "CREATE_IN_PROGRESS")
    source.add(CHILD, "Inner", "CREATE_IN_PROGRESS")
    follower.poll()
    assert heard.told() == [("Child", "create", "started"), ("Child/Inner", "create", "started")]
    assert heard.events[-1].site == Site("backend.py", 8)
    source.add(CHILD, "Inner", "CREATE_COMPLETE")
    source.own(CHILD, "CREATE_COMPLETE")
    source.nested("CREATE_COMPLETE")
    follower.poll()
    assert heard.told()[2:] == [("Child/Inner", "create", "done"), ("Child", "create", "done")]


def test_earlier_events_of_a_nested_stack_are_skipped(
    source: EventSource, heard: Heard, follow: Follow
) -> None:
    source.add(CHILD, "Inner", "CREATE_COMPLETE")
    source.own(CHILD, "CREATE_COMPLETE")
    follower = follow()
    source.nested("UPDATE_IN_PROGRESS")
    source.own(CHILD, "UPDATE_IN_PROGRESS")
    source.add(CHILD, "Inner", "UPDATE_IN_PROGRESS")
    follower.poll()
    assert heard.told() == [("Child", "update", "started"), ("Child/Inner", "update", "started")]


def test_the_resource_that_failed_by_itself_is_the_failure(
    source: EventSource, heard: Heard, follow: Follow
) -> None:
    follower = follow()
    source.own(ROOT, "CREATE_IN_PROGRESS")
    source.nested("CREATE_IN_PROGRESS")
    source.add(CHILD, "Other", "CREATE_FAILED", reason="Resource creation cancelled")
    source.add(CHILD, "Inner", "CREATE_FAILED", reason="no such key")
    source.own(CHILD, "ROLLBACK_IN_PROGRESS")
    source.add(CHILD, "Other", "DELETE_IN_PROGRESS")
    source.nested("CREATE_FAILED", reason="Embedded stack was not successfully created")
    source.add(ROOT, "Q", "CREATE_FAILED", reason="Resource creation cancelled")
    source.own(ROOT, "ROLLBACK_IN_PROGRESS")
    source.add(ROOT, "Q", "DELETE_COMPLETE")
    follower.poll()
    assert [(f.path, f.reason) for f in follower.failures] == [("Child/Inner", "no such key")]
    assert ("Child/Other", "create", "skipped") in heard.told()
    assert ("Child/Other", "rollback", "started") in heard.told()
    assert ("Q", "create", "skipped") in heard.told()
    assert ("Q", "rollback", "done") in heard.told()


def test_a_nested_stack_that_failed_as_a_whole_is_the_failure_itself(
    source: EventSource, follow: Follow
) -> None:
    follower = follow()
    source.nested("CREATE_FAILED", known=False, reason="TemplateURL must be a supported URL")
    follower.poll()
    assert [failure.path for failure in follower.failures] == ["Child"]


def test_a_failed_nested_stack_that_its_parent_does_not_name_is_found(
    source: EventSource, follow: Follow
) -> None:
    source.add(CHILD.replace("Child-X", "Child-Old"), "Inner", "CREATE_FAILED", reason="old")
    follower = follow()
    source.nested("CREATE_IN_PROGRESS", known=False)
    source.add(CHILD, "Inner", "CREATE_FAILED", reason="no such key")
    source.nested("CREATE_FAILED", known=False, reason="no such key")
    follower.poll()
    assert [failure.path for failure in follower.failures] == ["Child/Inner"]


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", False),
        ("REVIEW_IN_PROGRESS", False),
        ("UPDATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_FAILED", True),
        ("DELETE_COMPLETE", True),
    ],
)
def test_the_stacks_own_status_tells_the_end(
    source: EventSource, follow: Follow, status: str, *, ended: bool
) -> None:
    follower = follow()
    source.own(ROOT, status)
    follower.poll()
    assert follower.ended is ended
