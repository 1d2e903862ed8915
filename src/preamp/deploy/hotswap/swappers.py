"""The table of what can be hotswapped, by CloudFormation's resource type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.deploy.hotswap.functions import FUNCTION
from preamp.deploy.hotswap.mappings import EVENT_SOURCE_MAPPING
from preamp.deploy.hotswap.parameters import PARAMETER
from preamp.deploy.hotswap.policies import POLICY
from preamp.deploy.hotswap.queues import QUEUE
from preamp.deploy.hotswap.rules import RULE
from preamp.deploy.hotswap.state_machines import STATE_MACHINE
from preamp.deploy.hotswap.topics import SUBSCRIPTION, TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.assembly.read import AssemblyStack
    from preamp.deploy.hotswap.operation import Swapper

SWAPPERS: Final[Mapping[str, Swapper]] = {
    "AWS::Events::Rule": RULE,
    "AWS::IAM::Policy": POLICY,
    "AWS::Lambda::EventSourceMapping": EVENT_SOURCE_MAPPING,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::SNS::Subscription": SUBSCRIPTION,
    "AWS::SNS::Topic": TOPIC,
    "AWS::SQS::Queue": QUEUE,
    "AWS::SSM::Parameter": PARAMETER,
    "AWS::StepFunctions::StateMachine": STATE_MACHINE,
}
"""How each type is changed in place; a type that is not here is CloudFormation's to change."""


def services_of(stack: AssemblyStack) -> frozenset[str]:
    """Return the services that hotswaps of a stack may call, as botocore names them.

    Args:
        stack: A stack; those nested in it are looked at too.
    """
    types = {resource.get("Type") for each in stack.tree() for resource in each.resources.values()}
    return frozenset(swapper.service for kind, swapper in SWAPPERS.items() if kind in types)
