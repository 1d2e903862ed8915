"""Text messages that SNS accepts are kept beside the e-mails, to be read in one place.

AWS: "Mobile text messaging with Amazon SNS", "Publish" (Amazon SNS API reference).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.ministack.user_pool_messages import Messenger
from preamp.engine.ministack.user_pools import OK, Response

if TYPE_CHECKING:
    from collections.abc import Callable


def text_messages() -> Mend:
    """Keep the text messages that go to phone numbers."""
    return Mend(
        name="text messages",
        reference="Publish, Amazon SNS API reference",
        symbols=(Symbol("services.sns:_publish", "params"), Symbol("services.sns:_p")),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    sns, messenger = module("services.sns"), Messenger.of(tools)
    upstream: Callable[[Any], Response] = sns._publish

    def publish(params: Any) -> Response:  # noqa: ANN401 - upstream's
        response = upstream(params)
        number, topic = sns._p(params, "PhoneNumber"), sns._p(params, "TopicArn")
        if response[0] == OK and number and not topic:
            messenger.text(number, sns._p(params, "Message"))
        return response

    sns._publish = publish
