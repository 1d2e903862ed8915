"""Deployments that a killed engine left unfinished: rolled back when it starts again.

On AWS CloudFormation would carry on by itself. Here what an operation began with is kept with the
stack while it runs, so that the next start can undo it, and the next deployment finds a stack it
can work with.

AWS: "Understand stack creation events", "Continue rolling back an update".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.persistence import mark_everything
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from preamp.engine.durability import Keeper

_PACKAGE: Final = "services.cloudformation"
_OPERATION: Final = "_preamp_operation"
_REASON: Final = "The local cloud was ended in the middle of it"

Stack = dict[str, Any]
Operation = dict[str, Any]


def interrupted_stacks() -> Mend:
    """Keep what an operation needs to be undone, while it runs."""
    return Mend(
        name="interrupted stacks",
        reference="Understand stack creation events",
        symbols=(
            Symbol(
                f"{_PACKAGE}.stacks:_deploy_stack_async",
                "stack_name stack_id template param_values disable_rollback tags is_update"
                " previous_stack retain_except_on_create imports",
            ),
            Symbol(
                f"{_PACKAGE}.stacks:_delete_stack_async",
                "stack_name stack_id retain_resources force",
            ),
            Symbol(
                f"{_PACKAGE}.stacks:_roll_back_operation",
                "stack_name stack_id stack operation reason_override",
            ),
            Symbol(f"{_PACKAGE}.stacks:_failed_operation"),
            Symbol(f"{_PACKAGE}.handlers:_deploy_stack_async"),
            Symbol(f"{_PACKAGE}.handlers:_delete_stack_async"),
            Symbol(f"{_PACKAGE}.changesets:_deploy_stack_async"),
            Symbol(f"{_PACKAGE}:_stacks"),
            Symbol("core.responses:request_scope", "account_id region"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    stacks = module(f"{_PACKAGE}.stacks")
    deploy = _keeping_deployment(tools.keeper, stacks._deploy_stack_async)
    delete = _keeping_deletion(tools.keeper, stacks._delete_stack_async)
    for name in ("stacks", "handlers", "changesets"):
        module(f"{_PACKAGE}.{name}")._deploy_stack_async = deploy
    for name in ("stacks", "handlers"):
        module(f"{_PACKAGE}.{name}")._delete_stack_async = delete


def _keeping_deployment(
    keeper: Keeper, upstream: Callable[..., Coroutine[Any, Any, None]]
) -> Callable[..., Coroutine[Any, Any, None]]:
    def deploy_stack(
        stack_name: str,
        stack_id: str,
        template: Any,  # noqa: ANN401
        param_values: Any,  # noqa: ANN401
        disable_rollback: bool,  # noqa: FBT001
        tags: Any,  # noqa: ANN401
        is_update: bool = False,  # noqa: FBT001, FBT002
        previous_stack: Stack | None = None,
        retain_except_on_create: bool = False,  # noqa: FBT001, FBT002
        imports: dict[str, Any] | None = None,
    ) -> Coroutine[Any, Any, None]:
        arguments = {
            "template": template,
            "param_values": param_values,
            "disable_rollback": disable_rollback,
            "tags": tags,
            "is_update": is_update,
            "previous_stack": previous_stack,
            "retain_except_on_create": retain_except_on_create,
            "imports": imports,
        }
        work = upstream(stack_name, stack_id, **arguments)
        return _kept(keeper, module(_PACKAGE)._stacks[stack_name], {"deploy": arguments}, work)

    return deploy_stack


def _keeping_deletion(
    keeper: Keeper, upstream: Callable[..., Coroutine[Any, Any, None]]
) -> Callable[..., Coroutine[Any, Any, None]]:
    def delete_stack(
        stack_name: str,
        stack_id: str,
        retain_resources: Any = frozenset(),  # noqa: ANN401
        force: bool = False,  # noqa: FBT001, FBT002
    ) -> Coroutine[Any, Any, None]:
        arguments = {"retain_resources": retain_resources, "force": force}
        stack = module(_PACKAGE)._stacks.get(stack_name) or {}
        work = upstream(stack_name, stack_id, **arguments)
        return _kept(keeper, stack, {"delete": arguments}, work)

    return delete_stack


def _kept(
    keeper: Keeper, stack: Stack, operation: Operation, work: Coroutine[Any, Any, None]
) -> Coroutine[Any, Any, None]:
    """Keep an operation with its stack from the moment it is accepted until it has ended."""
    stack[_OPERATION] = operation
    keeper.mark("cloudformation")

    async def run() -> None:
        with keeper.watching():
            try:
                await work
            finally:
                stack.pop(_OPERATION, None)
                mark_everything(keeper)

    return run()


async def settle_interrupted_stacks() -> None:
    """Bring every operation to an end that the last engine was killed in."""
    stacks: Upstream = module(_PACKAGE)._stacks
    interrupted = [(key, stack) for key, stack in list(stacks._data.items()) if _OPERATION in stack]
    # Nested stacks first, the innermost before all: their parents count on them.
    interrupted.sort(key=lambda each: _depth(each[1]), reverse=True)
    for (account, region, name), stack in interrupted:
        with module("core.responses").request_scope(account, region):
            try:
                await _settle(name, stack, stack.pop(_OPERATION))
            except Exception as error:  # noqa: BLE001 - the others are not to blame
                traceback.print_exc()
                is_update = stack["StackStatus"].startswith("UPDATE")
                stack["StackStatus"] = ("UPDATE_" if is_update else "") + "ROLLBACK_FAILED"
                stack["StackStatusReason"] = f"{_REASON}, and it cannot be undone: {error}"


async def _settle(name: str, stack: Stack, operation: Operation) -> None:
    engine, stack_id = module(f"{_PACKAGE}.stacks"), stack["StackId"]
    if "delete" in operation:
        await engine._delete_stack_async(name, stack_id, **operation["delete"])
        return
    arguments = operation["deploy"]
    if _has_begun_to_clean_up(stack, arguments):
        # What it removed cannot be brought back, so it goes on.
        await engine._deploy_stack_async(name, stack_id, **arguments)
        return
    with _kept_rollback(stack, operation):
        await engine._roll_back_operation(
            name, stack_id, stack, _undoing(engine, stack, arguments), f"{_REASON}."
        )
    if stack.get("_parent_stack_name") and not arguments["is_update"]:
        # Its parent never owned it, so nobody else would remove it.
        await engine._delete_stack_async(name, stack_id)


@contextmanager
def _kept_rollback(stack: Stack, operation: Operation) -> Iterator[None]:
    """Should the engine be killed again, the next one takes it up."""
    stack[_OPERATION] = operation
    try:
        yield
    finally:
        stack.pop(_OPERATION, None)


def _has_begun_to_clean_up(stack: Stack, arguments: dict[str, Any]) -> bool:
    before = (arguments["previous_stack"] or {}).get("_resources", {})
    stay = arguments["template"].get("Resources", {})
    return any(name not in stay and name not in stack["_resources"] for name in before)


def _undoing(engine: Upstream, stack: Stack, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    """What the rollback needs to know, as far as it can be told from the stack."""
    previous = arguments["previous_stack"] or {}
    before = previous.get("_resources", {})
    made = [name for name, record in stack["_resources"].items() if before.get(name) != record]
    return engine._failed_operation(
        arguments["is_update"],
        arguments["previous_stack"],
        made,
        None,
        None,
        [],
        False,  # noqa: FBT003
        arguments["template"],
        arguments["param_values"],
        arguments["retain_except_on_create"],
        stack.get("Tags") or [],
        previous.get("Tags") or [],
        arguments["imports"],
    )


def _depth(stack: Stack) -> int:
    stacks, depth = module(_PACKAGE)._stacks, 0
    parent = stack.get("_parent_stack_name")
    while parent and depth < len(stacks._data):
        depth += 1
        parent = next(
            (
                each.get("_parent_stack_name")
                for (_, _, name), each in stacks._data.items()
                if name == parent
            ),
            None,
        )
    return depth
