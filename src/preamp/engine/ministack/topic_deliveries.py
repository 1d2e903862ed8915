"""What SNS hands to functions: asynchronously, and only to those that permit it.

ministack runs the handler once, whatever becomes of it, and asks nobody.

AWS: "Fanout Amazon SNS notifications to Lambda functions", "Amazon SNS dead-letter queues".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from typing import Any, Final

from preamp.engine.ministack import deliveries, function_permissions
from preamp.engine.ministack.deliveries import Message, send_to_queue
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

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
            Symbol("services.sns:_topic_by_arn_any_scope"),
            Symbol("services.sqs:queue_policy_allows"),
            Symbol("services.lambda_svc:invoke_async_with_retry"),
            *function_permissions.SYMBOLS,
            *deliveries.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")

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
            _send_dead_letter(topic_arn, sub_arn, envelope)
            return
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": sub_arn,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        service.invoke_async_with_retry({"FunctionArn": endpoint}, {"Records": [record]})

    module("services.sns")._deliver_to_lambda = deliver_to_lambda


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
