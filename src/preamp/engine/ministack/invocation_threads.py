"""Invoke requests run in threads that are there already.

ministack starts a thread for each of them, and its event loop stands still until that runs.

AWS has no page for this.
"""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.threads import LingeringThreads

if TYPE_CHECKING:
    from collections.abc import Callable


def invocation_threads() -> Mend:
    """Take threads that ended their work for the next."""
    return Mend(
        name="threads of invocations",
        reference="none: it is about this machine",
        symbols=(Symbol("services.lambda_svc:run_reentrant", "fn args thread_name"),),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    threads = LingeringThreads("invocation")

    async def run_reentrant(
        fn: Callable[..., Any],
        *args: Any,  # noqa: ANN401
        thread_name: str = "",  # noqa: ARG001 - part of the contract
    ) -> Any:  # noqa: ANN401
        return await run_to_its_end(threads, partial(fn, *args))

    module("services.lambda_svc").run_reentrant = run_reentrant


async def run_to_its_end(threads: LingeringThreads, work: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Run something that blocks, in a copy of this context.

    Who waits is cancelled only when it has ended: it uses what they would let go of.

    Args:
        threads: Where it runs.
        work: What to run.

    Returns:
        What it returned; what it raised is raised.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            told = partial(future.set_result, context.run(work))
        except BaseException as error:  # noqa: BLE001 - it is for who waits
            told = partial(future.set_exception, error)
        # a loop that is closed has nobody left who waits
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(told)

    threads.run(run)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({future})
        future.exception()
        raise
