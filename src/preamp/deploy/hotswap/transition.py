"""From one state that is remembered to the next: the record before and after the calls.

Owns the order of writing and calling, so that a process that dies in between leaves a record that
tells what may have been changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.deploy.hotswap.execution import SwapFailedError
from preamp.deploy.hotswap.state import Hotswapped
from preamp.errors import UserError
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preamp.assembly.read import FileAsset
    from preamp.deploy.deployed import Address, DeployedStack
    from preamp.deploy.hotswap.execution import SwapExecutor
    from preamp.deploy.hotswap.operation import Swap
    from preamp.deploy.hotswap.state import HotswapState
    from preamp.deploy.plan import Plan, Resource
    from preamp.events import Reporter


class Transition:
    """Hotswaps resources of one stack, and sets them back."""

    def __init__(
        self,
        state: HotswapState,
        stack: DeployedStack,
        executor: SwapExecutor,
        reporter: Reporter,
    ) -> None:
        """Begin where the stack is.

        Args:
            state: The record.
            stack: The stack, at rest.
            executor: Makes the calls.
            reporter: Told of what could not be made sure.
        """
        self._state = state
        self._stack = stack
        self._executor = executor
        self._reporter = reporter

    def swap(self, plan: Plan) -> None:
        """Carry out a hotswap.

        Args:
            plan: A plan of that kind; its assets are published.

        Raises:
            SwapFailedError: A service refused; the record tells what may have been changed.
            UserError: ``HotswapRecordError``; nothing was changed.
        """
        known = self._state.read(self._stack) or Hotswapped()
        self._write_ahead(known, plan.swaps, plan.remaining)
        try:
            self._executor.carry_out(plan.swaps)
        except SwapFailedError as error:
            tried = [swap for swap in plan.swaps if swap.address not in error.untouched]
            self._write_ahead(known, tried, plan.remaining)
            raise
        self._state.settle(self._stack, plan.remaining)

    def set_back(self, plan: Plan) -> None:
        """Make what runs what CloudFormation believes to run.

        Args:
            plan: Its `returns` are carried out.

        Raises:
            UserError: ``HotswapError`` if a service refused to set back what is known to have been
                swapped, ``HotswapRecordError`` if the record cannot be written.
        """
        known = self._state.read(self._stack)
        self._write_ahead(known or Hotswapped(), plan.returns, {})
        failures = self._executor.set_back(plan.returns)
        if failures and known is not None:
            raise _not_set_back(failures[0])
        for failure in failures:
            # Most likely it never was anything else.
            told = f"it could not be made sure that {failure.path} is as CloudFormation knows it"
            self._reporter.report(Notice(f"{told}: {failure.reason}"))
        self._state.settle(self._stack, {})

    def _write_ahead(
        self, known: Hotswapped, swaps: Iterable[Swap], wanted: Mapping[Address, Resource]
    ) -> None:
        """Remember what may be different by now, besides what is known, should this process end."""
        touched: dict[Address, Resource | None] = dict(known.touched)
        for swap in swaps:
            before = touched.get(swap.address, known.resources.get(swap.address))
            touched[swap.address] = wanted.get(swap.address, before)
        self._state.write(self._stack, known.resources, touched)


def needed_assets(plan: Plan, assets: Iterable[FileAsset]) -> list[FileAsset]:
    """Return the assets that a hotswap refers to; templates are not among them.

    Args:
        plan: A plan of that kind.
        assets: All assets of the assembly.
    """
    told = "\n".join(str(call.arguments) for swap in plan.swaps for call in swap.calls)
    return [asset for asset in assets if asset.object_key in told]


def _not_set_back(failure: SwapFailedError) -> UserError:
    return UserError(
        "HotswapError",
        f"{failure.path} was hotswapped and cannot be set back to what CloudFormation knows: "
        f"{failure.reason}",
        "see what keeps it from being changed, then deploy again",
    )
