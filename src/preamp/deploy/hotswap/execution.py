"""Making the calls of a hotswap, and waiting until they have taken effect.

Must not decide what is swapped.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.target import PARALLEL_REQUESTS
from preamp.events import ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from botocore.exceptions import ClientError

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.deployed import Address
    from preamp.deploy.hotswap.operation import Call, Settling, Swap
    from preamp.deploy.target import Target
    from preamp.events import Reporter, ResourceProgress

_PATIENCE: Final = 300
_LOOK_AGAIN_SECONDS: Final = 0.5
"""A function whose code was given to Lambda has it within a second."""
_NOT_THERE: Final = re.compile(r"NotFound|NonExist|DoesNotExist|NoSuchEntity")


class SwapFailedError(Exception):
    """A service refused a call; other calls may have been made.

    Attributes:
        path: Construct path of the resource.
        reason: What the service said.
        untouched: Resources that are as they were, for all that was to be changed of them.
    """

    def __init__(self, path: str, reason: str, untouched: frozenset[Address] = frozenset()) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.untouched = untouched


class SwapExecutor:
    """Makes the calls of swaps at one target."""

    def __init__(self, target: Target, assembly: CloudAssembly, reporter: Reporter) -> None:
        self._target = target
        self._assembly = assembly
        self._reporter = reporter

    def carry_out(self, swaps: Sequence[Swap]) -> None:
        """Change resources, several at a time, and tell of each.

        Args:
            swaps: What to change.

        Raises:
            SwapFailedError: A service refused; every other call was made.
        """

        def swap_one(swap: Swap) -> None:
            begun = time.perf_counter()
            self._tell(swap, "started", 0.0)
            self._make(swap)
            self._tell(swap, "done", time.perf_counter() - begun)

        failures = self._each(swap_one, swaps)
        if failures:
            failures[0].untouched = frozenset().union(*(each.untouched for each in failures))
            raise failures[0]

    def set_back(self, swaps: Sequence[Swap]) -> list[SwapFailedError]:
        """Set resources to what CloudFormation knows; what is not there any more is left out.

        Args:
            swaps: What to set.

        Returns:
            What services refused.
        """
        return self._each(lambda swap: self._make(swap, ignore_missing=True), swaps)

    def _each(self, act: Callable[[Swap], None], swaps: Sequence[Swap]) -> list[SwapFailedError]:
        effective = [swap for swap in swaps if swap.calls]
        for service in {call.service for swap in effective for call in swap.calls}:
            # Made here, in one thread, as making a client is not safe in many.
            self._target.clients.client(service)
        with ThreadPoolExecutor(PARALLEL_REQUESTS, thread_name_prefix="preamp-swap") as pool:
            futures = [pool.submit(act, swap) for swap in effective]
            try:
                errors = [future.exception() for future in futures]
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        for error in errors:
            if error is not None and not isinstance(error, SwapFailedError):
                raise error
        return [error for error in errors if isinstance(error, SwapFailedError)]

    def _make(self, swap: Swap, *, ignore_missing: bool = False) -> None:
        from botocore.exceptions import ClientError, ParamValidationError, WaiterError

        made = 0
        try:
            for call in swap.calls:
                self._call(call)
                made += 1
        except ClientError as error:
            if not (ignore_missing and _is_missing(error)):
                refused = made == 0 and _is_refusal(error)
                untouched = frozenset([swap.address]) if refused else frozenset()
                raise SwapFailedError(swap.path, _message(error), untouched) from error
        except (ParamValidationError, WaiterError) as error:
            raise SwapFailedError(swap.path, str(error)) from error

    def _call(self, call: Call) -> None:
        client = self._target.clients.client(call.service)
        answer = getattr(client, call.operation)(**call.arguments)
        if call.settling and answer.get(call.settling.key) == call.settling.busy:
            self._await(client, call.settling)

    def _await(self, client: Any, settling: Settling) -> None:  # noqa: ANN401 - one class each
        interval = min(self._target.poll_interval, _LOOK_AGAIN_SECONDS)
        client.get_waiter(settling.waiter).wait(
            **settling.arguments,
            WaiterConfig={"Delay": interval, "MaxAttempts": int(_PATIENCE / interval)},
        )

    def _tell(self, swap: Swap, progress: ResourceProgress, seconds: float) -> None:
        site = self._assembly.site_of(swap.path)
        event = ResourceChanged(
            path=swap.path,
            resource_type=swap.resource_type,
            action="update",
            progress=progress,
            seconds=seconds,
            site=site,
            via="hotswap",
        )
        self._reporter.report(event)


def _is_refusal(error: ClientError) -> bool:
    """Whether the service would not do it; otherwise it may have, and failed then."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return 400 <= status < 500  # noqa: PLR2004 - HTTP's


def _is_missing(error: ClientError) -> bool:
    return _NOT_THERE.search(error.response.get("Error", {}).get("Code", "")) is not None


def _message(error: ClientError) -> str:
    told = error.response.get("Error", {})
    return told.get("Message") or told.get("Code") or str(error)
