"""Events of an update speak of what changes, and of nothing else.

ministack reports the update of every resource of a stack: of one that stays as it is, and of
one that is new. So nobody can see from its events what a deployment did.

AWS: "View CloudFormation stack events".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_STACKS: Final = "services.cloudformation.stacks"
_STARTED: Final = "UPDATE_IN_PROGRESS"
_ENDED: Final = "UPDATE_COMPLETE"
_OF_A_CREATION: Final = {
    _ENDED: "CREATE_COMPLETE",
    "UPDATE_FAILED": "CREATE_FAILED",
}

_Resource = tuple[str, str]
"""Stack name and logical id."""


def update_events() -> Mend:
    """Report no update of a resource that stays as it is, nor of one that is created."""
    return Mend(
        name="update events",
        reference="View CloudFormation stack events",
        symbols=(
            Symbol(
                f"{_STACKS}:_add_event",
                "stack_id stack_name logical_id resource_type status reason physical_id"
                " detailed_status",
            ),
            Symbol(f"{_STACKS}:_update_keeping_seed", "args"),
            Symbol(f"{_STACKS}:_provision_keeping_seed", "args"),
        ),
        apply=_apply,
    )


@dataclass
class _Events:
    """Holds back the start of an update until it is known whether anything changes."""

    upstream: Callable[..., None]
    held: dict[_Resource, tuple[Any, ...]] = field(default_factory=dict)
    unchanged: set[_Resource] = field(default_factory=set)
    created: set[_Resource] = field(default_factory=set)

    def add(
        self,
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        resource = (stack_name, logical_id)
        if resource in self.created and status in _OF_A_CREATION:
            self.created.discard(resource)
            status = _OF_A_CREATION[status]
        event = (
            stack_id, stack_name, logical_id, resource_type, status, reason, physical_id,
            detailed_status,
        )  # fmt: skip
        if status == _STARTED and not reason and logical_id != stack_name:
            self.held[resource] = event
        elif status == _ENDED and resource in self.unchanged:
            self.unchanged.discard(resource)
        else:
            self.release(resource)
            self.upstream(*event)

    def release(self, resource: _Resource) -> None:
        event = self.held.pop(resource, None)
        if event is not None:
            self.upstream(*event)

    def create(self, resource: _Resource) -> None:
        """A resource that is held to be updated is new: say so, now and when it ends."""
        if resource in self.held:
            self.created.add(resource)
            stack_id, name, logical_id, kind, _, *rest = self.held.pop(resource)
            self.upstream(stack_id, name, logical_id, kind, "CREATE_IN_PROGRESS", *rest)

    def drop(self, resource: _Resource) -> None:
        self.held.pop(resource, None)
        self.unchanged.add(resource)


def _apply(_: Tools) -> None:
    stacks = module(_STACKS)
    events = _Events(stacks._add_event)
    stacks._add_event = events.add
    update, provision = stacks._update_keeping_seed, stacks._provision_keeping_seed

    def update_keeping_seed(*arguments: Any) -> object:  # noqa: ANN401
        _, _, old, new, stack_name, logical_id, _ = arguments
        if old == new:
            events.drop((stack_name, logical_id))
        else:
            events.release((stack_name, logical_id))
        return update(*arguments)

    def provision_keeping_seed(*arguments: Any) -> object:  # noqa: ANN401
        _, logical_id, _, stack_name = arguments
        events.create((stack_name, logical_id))
        return provision(*arguments)

    stacks._update_keeping_seed = update_keeping_seed
    stacks._provision_keeping_seed = provision_keeping_seed
