"""What S3 hands to functions: only to those that permit it.

AWS: "Granting permissions to publish event notification messages to a destination".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import function_permissions
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.engine.pending import PendingWork

_KIND: Final = "notification"
_ACCEPTED: Final[ContextVar[str]] = ContextVar("preamp_notification", default="")
_PRINCIPAL: Final = "s3.amazonaws.com"


def bucket_notifications() -> Mend:
    """Notify no function that does not permit it."""
    return Mend(
        name="notifications of buckets",
        reference="Granting permissions to publish event notification messages to a destination",
        symbols=(
            Symbol("services.s3:_deliver_event_to_lambda", "arn event_payload bucket_region"),
            Symbol("services.s3:_fire_s3_event"),
            Symbol("services.s3:_fire_s3_event_async"),
            Symbol("services.s3:_bucket_notifications"),
            *function_permissions.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    s3 = module("services.s3")
    _remember(s3, tools.pending)
    upstream: Callable[[str, dict[str, Any], str], None] = s3._deliver_event_to_lambda

    def deliver(arn: str, event_payload: dict[str, Any], bucket_region: str) -> None:
        bucket = event_payload["Records"][0]["s3"]["bucket"]["arn"]
        if function_permissions.refusal(arn, _PRINCIPAL, bucket) is None:
            upstream(arn, event_payload, bucket_region)

    s3._deliver_event_to_lambda = deliver


def _remember(s3: Upstream, pending: PendingWork) -> None:
    """Notify of what was answered, even if the engine is killed right after."""
    notify_later: Callable[..., None] = s3._fire_s3_event_async
    notify: Callable[..., None] = s3._fire_s3_event
    responses = module("core.responses")

    def fire_later(bucket_name: str, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        if bucket_name not in s3._bucket_notifications:
            return
        scope = (responses.get_account_id(), responses.get_region())
        content = {"scope": scope, "arguments": (bucket_name, *arguments), "options": options}
        token = _ACCEPTED.set(pending.accept(_KIND, content))
        try:
            # The thread it starts is given what is set here.
            notify_later(bucket_name, *arguments, **options)
        finally:
            _ACCEPTED.reset(token)

    def fire(*arguments: Any, **options: Any) -> None:  # noqa: ANN401
        notify(*arguments, **options)
        pending.done(_ACCEPTED.get())

    def resume(identity: str, content: dict[str, Any]) -> None:
        with responses.request_scope(*content["scope"]):
            token = _ACCEPTED.set(identity)
            try:
                notify_later(*content["arguments"], **content["options"])
            finally:
                _ACCEPTED.reset(token)

    s3._fire_s3_event_async, s3._fire_s3_event = fire_later, fire
    pending.resume_with(_KIND, resume)
