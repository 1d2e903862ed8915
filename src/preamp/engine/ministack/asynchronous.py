"""Asynchronous invocation: a bounded queue per function, retries, and where events end.

ministack starts a thread per event, loses SNS and EventBridge events whose handler fails, takes
a throttle for a failure and serves no OnSuccess destination. Here every asynchronous event goes
the same way, wherever it comes from.

AWS: "How Lambda handles errors and retries with asynchronous invocation".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
import time
import traceback
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import deliveries, invocation_records, role_calls
from preamp.engine.ministack.calls import Call, calling, current_call
from preamp.engine.ministack.event_queues import Again, EventQueues
from preamp.engine.ministack.invocation_records import Ended, send_record
from preamp.engine.ministack.role_calls import RoleCalls
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.engine.pending import PendingWork

_KIND: Final = "event"
_THROTTLE_SECONDS: Final = 0.1
_DEFAULT_RETRIES: Final = 2
_DEFAULT_AGE_SECONDS: Final = 6 * 60 * 60
_UNQUALIFIED_PARTS: Final = 7

Result = dict[str, Any]


def asynchronous_invocations() -> Mend:
    """Queue, retry and account for every asynchronous event."""
    return Mend(
        name="asynchronous invocations",
        reference="How Lambda handles errors and retries with asynchronous invocation",
        symbols=(
            Symbol("services.lambda_svc:invoke_async_with_retry", "func event"),
            Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
            Symbol("services.lambda_svc:_execution_record_for_config", "func config"),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_get_base_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_reserved_concurrency", "func config"),
            Symbol("services.lambda_svc:_LAMBDA_ASYNC_RETRY_BASE_SECONDS"),
            Symbol("services.lambda_svc:_invoke_depth"),
            Symbol("core.responses:_request_account_id"),
            Symbol("core.responses:_request_region"),
            *deliveries.SYMBOLS,
            *role_calls.SYMBOLS,
        ),
        apply=_apply,
    )


@dataclass
class _Event:
    """An event on its way.

    Attributes:
        arn: The function, with the qualifier that was asked for.
        payload: The event itself.
        call: The call it came by; the same for each attempt.
        context: The emulator's context: account, region, depth of recursion.
        accepted_at: When it was accepted, in seconds since the epoch.
        attempts: How many have ended.
        pending: Its id among what is accepted and not done.
    """

    arn: str
    payload: object
    call: Call
    context: contextvars.Context
    accepted_at: float = field(default_factory=time.time)
    attempts: int = 0
    pending: str = ""
    last: Result = field(default_factory=dict)

    @property
    def queue(self) -> str:
        """All versions of a function share its concurrency, so they share a queue."""
        return ":".join(self.arn.split(":")[:_UNQUALIFIED_PARTS])

    @property
    def qualifier(self) -> str:
        return ":".join(self.arn.split(":")[_UNQUALIFIED_PARTS:])

    def ended(self, condition: str, version: str) -> Ended:
        return Ended(
            condition=condition,
            payload=self.payload,
            request_id=self.call.request_id,
            function_arn=self.arn,
            version=version,
            attempts=self.attempts,
            result=self.last,
        )


class AsynchronousInvocations:
    """Accepts events and sees them through.

    Args:
        service: ministack's Lambda.
        role_calls: Tells what a function's role may do.
        pending: Remembers them, should the engine not live to see them through.
    """

    def __init__(self, service: Upstream, role_calls: RoleCalls, pending: PendingWork) -> None:
        self._service = service
        self.role_calls = role_calls
        self._pending = pending
        self._queues: EventQueues[_Event] = EventQueues(self._run)

    def accept(self, arn: str, payload: object, call: Call | None = None) -> None:
        """Take an event; the caller need not wait.

        Args:
            arn: The function, qualified if that was asked for.
            payload: The event.
            call: The call it came by; a new one if it came by none.
        """
        call = call or Call(str(uuid.uuid4()))
        event = _Event(arn, payload, call, contextvars.copy_context())
        event.pending = self._pending.accept(_KIND, self._content(event))
        self._queues.add(event.queue, event)

    def resume(self, identity: str, content: dict[str, Any]) -> None:
        """Take an event again that was accepted before the engine was started."""
        context = contextvars.copy_context()
        context.run(self._enter, content["scope"])
        call = Call(**content["call"])
        event = _Event(content["arn"], content["payload"], call, context, pending=identity)
        event.accepted_at, event.attempts = content["accepted_at"], content["attempts"]
        self._queues.add(event.queue, event)

    def _content(self, event: _Event) -> dict[str, Any]:
        responses = module("core.responses")
        depth = self._service._invoke_depth.get()
        return {
            "arn": event.arn,
            "payload": event.payload,
            "call": asdict(event.call),
            "scope": (responses.get_account_id(), responses.get_region(), depth),
            "accepted_at": event.accepted_at,
            "attempts": event.attempts,
        }

    def _enter(self, scope: tuple[str, str, Any]) -> None:
        account, region, depth = scope
        responses = module("core.responses")
        responses._request_account_id.set(account)
        responses._request_region.set(region)
        self._service._invoke_depth.set(depth)

    def _run(self, event: _Event) -> Again | None:
        again = None
        try:
            again = event.context.run(self._attempt, event)
        except Exception:  # noqa: BLE001 - an event that ends badly must not end its queue
            traceback.print_exc()
        if again is None:
            self._pending.done(event.pending)
        elif not again.is_throttled:
            content = event.context.run(self._content, event)
            self._pending.update(event.pending, _KIND, content)
        return again

    def _attempt(self, event: _Event) -> Again | None:
        func, config, _ = self._service._get_func_record_for_ref(event.arn)
        if func is None or config is None:
            # It was deleted meanwhile, and its events with it.
            return None
        base, _, _ = self._service._get_base_func_record_for_ref(event.arn)
        end = _End(self, event, base, config)
        if self._service._reserved_concurrency(base, config) == 0:
            end.fail(invocation_records.NO_CONCURRENCY)
            return None
        if end.is_too_late(0.0):
            end.fail(invocation_records.TOO_OLD)
            return None
        record = self._service._execution_record_for_config(
            func, {**config, "FunctionArn": event.arn}
        )
        with calling(event.call):
            event.last = self._service._execute_function_with_config_scope(record, event.payload)
        if event.last.get("throttle"):
            # Lambda keeps a throttled event for hours; it is no failed attempt.
            return Again(_THROTTLE_SECONDS, is_throttled=True)
        event.attempts += 1
        return self._judge(event, end)

    def _judge(self, event: _Event, end: _End) -> Again | None:
        if not event.last.get("error"):
            end.succeed()
            return None
        if event.attempts > end.retries:
            end.fail(invocation_records.RETRIES_EXHAUSTED)
            return None
        base: float = self._service._LAMBDA_ASYNC_RETRY_BASE_SECONDS
        seconds = base * 2 ** (event.attempts - 1)
        if end.is_too_late(seconds):
            end.fail(invocation_records.TOO_OLD)
            return None
        return Again(seconds)


@dataclass(frozen=True)
class _End:
    """How an event may end: its function's settings."""

    invocations: AsynchronousInvocations
    event: _Event
    function: dict[str, Any]
    config: dict[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """The event invoke configuration of what was asked for."""
        of_qualifiers = self.function.get("event_invoke_configs") or {}
        found = of_qualifiers.get(self.event.qualifier)
        if found is None and self.event.qualifier in {"", "$LATEST"}:
            found = of_qualifiers.get("") or of_qualifiers.get("$LATEST")
            found = found or self.function.get("event_invoke_config")
        return found or {}

    @property
    def retries(self) -> int:
        retries = self.settings.get("MaximumRetryAttempts")
        return _DEFAULT_RETRIES if retries is None else int(retries)

    def is_too_late(self, seconds: float) -> bool:
        most = self.settings.get("MaximumEventAgeInSeconds") or _DEFAULT_AGE_SECONDS
        return time.time() + seconds - self.event.accepted_at > float(most)

    def succeed(self) -> None:
        self._send("OnSuccess", self.event.ended(invocation_records.SUCCESS, self._version))

    def fail(self, condition: str) -> None:
        ended = self.event.ended(condition, self._version)
        self._send("OnFailure", ended)
        dead_letters = (self.config.get("DeadLetterConfig") or {}).get("TargetArn")
        if dead_letters and self._may_send(dead_letters):
            deliveries.send_to_queue_or_topic(dead_letters, ended.dead_letter())

    @property
    def _version(self) -> str:
        return str(self.config.get("Version", "$LATEST"))

    def _may_send(self, target: str) -> bool:
        """Whether the function's role lets Lambda send there."""
        role, name = self.config.get("Role", ""), self.config["FunctionName"]
        return self.invocations.role_calls.may_hand_over(role, name, target)

    def _send(self, kind: str, ended: Ended) -> None:
        destinations = self.settings.get("DestinationConfig") or {}
        destination = (destinations.get(kind) or {}).get("Destination")
        if destination and self._may_send(destination):
            send_record(destination, ended, self.invocations.accept)


def _apply(tools: Tools) -> None:
    service = module("services.lambda_svc")
    invocations = AsynchronousInvocations(service, RoleCalls(tools), tools.pending)
    tools.pending.resume_with(_KIND, invocations.resume)
    service.invoke_async_with_retry = _accept_record(invocations.accept)


def _accept_record(
    accept: Callable[[str, object, Call | None], None],
) -> Callable[[dict[str, Any], object], None]:
    def invoke_async_with_retry(func: dict[str, Any], event: object) -> None:
        accept((func.get("config") or func)["FunctionArn"], event, current_call())

    return invoke_async_with_retry
