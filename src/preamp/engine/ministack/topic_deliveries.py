"""What SNS hands to functions: asynchronously, and only to those that permit it.

ministack runs the handler once, whatever becomes of it, and asks nobody. It starts a thread for
that, which would do nothing here but put an event in a queue.

AWS: "Fanout Amazon SNS notifications to Lambda functions", "Amazon SNS dead-letter queues".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
import threading
import traceback
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import deliveries, function_permissions
from preamp.engine.ministack.deliveries import Message, send_to_queue
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.threads import LingeringThreads

if TYPE_CHECKING:
    from collections.abc import Callable

_PRINCIPAL: Final = "sns.amazonaws.com"


def topic_deliveries() -> Mend:
    """Hand notifications to functions as asynchronous events."""
    return Mend(
        name="notifications for functions",
        reference="Fanout Amazon SNS notifications to Lambda functions",
        symbols=(
            Symbol(
                "services.sns:_deliver_to_lambda",
                "endpoint envelope topic_arn sub_arn msg_id raw_message message_attributes",
            ),
            Symbol("services.sns:_threading.Thread"),
            Symbol("services.sns:_topic_by_arn_any_scope"),
            Symbol("services.sqs:queue_policy_allows"),
            Symbol("services.lambda_svc:invoke_async_with_retry"),
            *function_permissions.SYMBOLS,
            *deliveries.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service, topics = module("services.lambda_svc"), module("services.sns")
    threads = LingeringThreads("dead letters")

    def deliver_to_lambda(
        endpoint: str,
        envelope: str,
        topic_arn: str,
        sub_arn: str,
        msg_id: str,  # noqa: ARG001
        raw_message: str,  # noqa: ARG001
        message_attributes: object,  # noqa: ARG001
    ) -> None:
        if function_permissions.refusal(endpoint, _PRINCIPAL, topic_arn):
            # it calls SQS, which nobody may wait for who serves requests
            threads.run(partial(_send_dead_letter, topic_arn, sub_arn, envelope))
            return
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": sub_arn,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        service.invoke_async_with_retry({"FunctionArn": endpoint}, {"Records": [record]})

    topics._deliver_to_lambda = deliver_to_lambda
    topics._threading = _Threading(deliver_to_lambda)


class _Threading:
    """Stands where SNS has the module of this name: what does not wait runs at once."""

    def __init__(self, quick: Callable[..., None]) -> None:
        self._quick = quick

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(threading, name)

    def Thread(  # noqa: N802 - the module's name for it
        self, *, target: Callable[..., object], args: tuple[Any, ...], daemon: bool
    ) -> threading.Thread | _Now:
        """Make what SNS starts next."""
        if args and args[0] is self._quick:
            return _Now(target, args)
        return threading.Thread(target=target, args=args, daemon=daemon)


@dataclass(frozen=True)
class _Now:
    """Work that is done when it is started."""

    target: Callable[..., object]
    args: tuple[Any, ...]

    def start(self) -> None:
        try:
            self.target(*self.args)
        except Exception:  # noqa: BLE001 - as in a thread, whoever starts it hears of nothing
            traceback.print_exc()


def _send_dead_letter(topic_arn: str, subscription_arn: str, envelope: str) -> None:
    topic = module("services.sns")._topic_by_arn_any_scope(topic_arn) or {}
    for subscription in topic.get("subscriptions", []):
        if subscription["arn"] == subscription_arn:
            queue = _dead_letter_queue(subscription.get("attributes") or {})
            account = topic_arn.split(":")[4]
            allows = module("services.sqs").queue_policy_allows
            if queue and allows(queue, _PRINCIPAL, topic_arn, account):
                send_to_queue(queue, Message(envelope))


def _dead_letter_queue(attributes: dict[str, Any]) -> str | None:
    policy = attributes.get("RedrivePolicy") or "{}"
    policy = json.loads(policy) if isinstance(policy, str) else policy
    found: str | None = policy.get("deadLetterTargetArn")
    return found
