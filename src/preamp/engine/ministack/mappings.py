"""What the readers of queues and of streams share: which mappings are in force, what fails one.

Knows neither queues nor streams.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Iterator

SYMBOLS: Final = (
    Symbol("services.lambda_svc:_iter_all_esms", ""),
    Symbol("services.lambda_svc:_get_func_record_for_qualifier", "name qualifier"),
    Symbol("services.lambda_svc:_apply_filter_criteria", "records esm"),
    Symbol("services.lambda_svc:_dispatch_esm_batch", "esm_id fn args"),
    Symbol("services.lambda_svc:_execute_function", "func event"),
    Symbol("services.lambda_svc:_esm_backoff_until"),
    Symbol("services.lambda_svc:_esm_wake"),
    Symbol("core.responses:request_scope", "account_id region"),
)
"""What every mend of event source mappings leans on."""

FAILED: Final = "FAILED"


@dataclass(frozen=True)
class Mapping:
    """An event source mapping that is in force.

    Attributes:
        record: The mapping, as ministack keeps it.
        function: The function, version or alias it is for.
        config: That one's configuration.
    """

    record: dict[str, Any]
    function: dict[str, Any]
    config: dict[str, Any]

    @property
    def identity(self) -> str:
        """Its UUID."""
        return str(self.record["UUID"])

    @property
    def source(self) -> str:
        """The ARN of what it reads."""
        return str(self.record["EventSourceArn"])

    @property
    def window(self) -> float:
        """Seconds it waits for a batch to become full."""
        return float(self.record.get("MaximumBatchingWindowInSeconds") or 0)

    @property
    def reports_failures(self) -> bool:
        """Whether the function tells which records failed."""
        return "ReportBatchItemFailures" in (self.record.get("FunctionResponseTypes") or [])

    def number(self, name: str, default: int) -> int:
        """Read one of its settings.

        Args:
            name: The setting's name.
            default: What holds if it is not set.
        """
        value = self.record.get(name)
        return default if value is None else int(value)


def active_mappings(service: Upstream, source: str) -> Iterator[Mapping]:
    """Go through the mappings in force, each in the scope of its account and region.

    Args:
        service: ministack's Lambda.
        source: The service whose sources are asked for: ``sqs``, ``dynamodb``, ``kinesis``.
    """
    scope = module("core.responses").request_scope
    for account, region, record in service._iter_all_esms():
        is_on = str(record.get("Enabled", True)).lower() != "false"
        if not is_on or record.get("EventSourceArn", "").split(":")[2:3] != [source]:
            continue
        with scope(account, region):
            name, qualifier = record["FunctionName"], record.get("Qualifier")
            function, config = service._get_func_record_for_qualifier(name, qualifier)
            if function is not None and config is not None:
                yield Mapping(record, function, config)


def failed_items(result: dict[str, Any], known: set[str]) -> list[str] | None:
    """Read which records a function reports as failed; None if that makes no sense.

    AWS takes an answer that makes no sense for the failure of the whole batch.

    Args:
        result: What the executor gave.
        known: The identifiers of the batch.
    """
    body = result.get("body")
    if not body:
        return []
    failures = body.get("batchItemFailures", []) if isinstance(body, dict) else None
    if failures is None:
        return []
    if not isinstance(failures, list) or not all(isinstance(each, dict) for each in failures):
        return None
    named = [each.get("itemIdentifier") for each in failures]
    return None if any(name not in known for name in named) else [str(name) for name in named]


def wake_after(service: Upstream, seconds: float) -> None:
    """Let the readers look again.

    Args:
        service: ministack's Lambda.
        seconds: How long from now.
    """
    timer = threading.Timer(seconds, service._esm_wake.set)
    timer.daemon = True
    timer.start()


@dataclass
class Window:
    """The time a source's records may still wait for more."""

    opened_at: float | None = None

    def is_over(self, service: Upstream, seconds: float) -> bool:
        """Tell whether what is there must go now; opens the window if it is not open.

        Args:
            service: ministack's Lambda.
            seconds: How long the window is open.
        """
        now = time.monotonic()
        if seconds <= 0:
            return True
        if self.opened_at is None:
            self.opened_at = now
            wake_after(service, seconds)
        return now >= self.opened_at + seconds
