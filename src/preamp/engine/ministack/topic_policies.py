"""The policy a topic has before anyone gives it one: for its owner's services, not for every role.

ministack's topics of a stack may be published to by every role of the account, so that a missing
permission is found on AWS only.

AWS: "Identity and access management in Amazon SNS", the default access policy.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"


def topic_policies() -> Mend:
    """Condition a topic's first policy on its owner, as a topic made by a call has it."""
    return Mend(
        name="default policy of topics",
        reference="Identity and access management in Amazon SNS",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_sns_create", "logical_id props stack_name"),
            Symbol("services.sns:_topics"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    provisioners, topics = module(_PROVISIONERS), module("services.sns")._topics
    upstream: Callable[..., tuple[str, dict[str, Any]]] = provisioners._sns_create

    def create(
        logical_id: str, props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        arn, attributes = upstream(logical_id, props, stack_name)
        topic = topics[arn]["attributes"]
        policy = json.loads(topic["Policy"])
        owner = {"StringEquals": {"AWS:SourceOwner": topic["Owner"]}}
        policy["Statement"] = [{**one, "Condition": owner} for one in policy["Statement"]]
        topic["Policy"] = json.dumps(policy)
        return arn, attributes

    # An update that replaces the topic takes it by its name.
    provisioners._sns_create = create
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"]["create"] = create
