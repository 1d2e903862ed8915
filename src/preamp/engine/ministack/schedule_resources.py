"""A stack's schedules keep their time zone, their beginning and their end.

ministack's CloudFormation passes neither on.

AWS: "AWS::Scheduler::Schedule".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_TYPE: Final = "AWS::Scheduler::Schedule"
_PASSED_OVER: Final = {"ScheduleExpressionTimezone": "UTC", "StartDate": None, "EndDate": None}
"""Properties, and what they are if left out."""


def schedule_resources() -> Mend:
    """Let the schedules of a stack have all of their properties."""
    return Mend(
        name="schedule resources",
        reference="AWS::Scheduler::Schedule",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol("services.scheduler:_schedules"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    scheduler = module("services.scheduler")
    handlers = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., tuple[str, dict[str, str]]] = handlers["create"]
    update: Callable[..., tuple[str, dict[str, str]]] = handlers["update"]

    def whole_create(
        logical_id: str, props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = create(logical_id, props, stack_name)
        _complete(scheduler, name, props)
        return name, attributes

    def whole_update(
        physical_id: str, old_props: dict[str, Any], new_props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = update(physical_id, old_props, new_props, stack_name)
        _complete(scheduler, name, new_props)
        return name, attributes

    handlers.update(create=whole_create, update=whole_update)


def _complete(scheduler: Upstream, name: str, props: Mapping[str, Any]) -> None:
    key = f"{props.get('GroupName', 'default')}/{name}"
    made = scheduler._schedules.get(key)
    if made is not None:
        given = {each: props.get(each, default) for each, default in _PASSED_OVER.items()}
        scheduler._schedules[key] = {**made, **given}
