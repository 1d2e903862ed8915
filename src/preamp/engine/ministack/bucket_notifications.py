"""What S3 hands to functions: only to those that permit it.

AWS: "Granting permissions to publish event notification messages to a destination".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import function_permissions
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PRINCIPAL: Final = "s3.amazonaws.com"


def bucket_notifications() -> Mend:
    """Notify no function that does not permit it."""
    return Mend(
        name="notifications of buckets",
        reference="Granting permissions to publish event notification messages to a destination",
        symbols=(
            Symbol("services.s3:_deliver_event_to_lambda", "arn event_payload bucket_region"),
            *function_permissions.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    s3 = module("services.s3")
    upstream: Callable[[str, dict[str, Any], str], None] = s3._deliver_event_to_lambda

    def deliver(arn: str, event_payload: dict[str, Any], bucket_region: str) -> None:
        bucket = event_payload["Records"][0]["s3"]["bucket"]["arn"]
        if function_permissions.refusal(arn, _PRINCIPAL, bucket) is None:
            upstream(arn, event_payload, bucket_region)

    s3._deliver_event_to_lambda = deliver
