"""SNS topics and subscriptions: attributes.

Defined by the Amazon SNS API reference, "SetTopicAttributes" and "SetSubscriptionAttributes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Swapper, document_text, text

if TYPE_CHECKING:
    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "sns"


def _topic_calls(wanted: Wanted) -> list[Call]:
    return [
        Call(
            _SERVICE,
            "set_topic_attributes",
            {
                "TopicArn": wanted.physical_id,
                "AttributeName": name,
                "AttributeValue": text(wanted.value(name)),
            },
        )
        for name in sorted(wanted.names)
    ]


def _subscription_calls(wanted: Wanted) -> list[Call]:
    return [
        Call(
            _SERVICE,
            "set_subscription_attributes",
            {
                "SubscriptionArn": wanted.physical_id,
                "AttributeName": name,
                "AttributeValue": document_text(wanted.value(name)),
            },
        )
        # The scope before the policy that it applies to.
        for name in sorted(wanted.names, reverse=True)
    ]


TOPIC: Final = Swapper(_SERVICE, {"DisplayName": ""}, _topic_calls, frozenset({"DisplayName"}))
"""``AWS::SNS::Topic``."""

SUBSCRIPTION: Final = Swapper(
    _SERVICE,
    {
        "FilterPolicy": {},
        "FilterPolicyScope": "MessageAttributes",
        # Some protocols have none of it.
        "RawMessageDelivery": REQUIRED,
    },
    _subscription_calls,
)
"""``AWS::SNS::Subscription``."""
