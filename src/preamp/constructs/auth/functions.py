"""Functions that Cognito calls: triggers, and senders of messages with their key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms

from preamp.definition.auth.senders import ByFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from preamp.constructs.auth.user_pool import Naming
    from preamp.definition.auth.senders import Senders
    from preamp.definition.backend import ResourceScope
    from preamp.definition.function import FunctionDefinition


@dataclass(frozen=True)
class SendingFunctions:
    """The functions that send messages.

    Attributes:
        email: The one that sends e-mails.
        sms: The one that sends text messages.
    """

    email: lambda_.Function | None
    sms: lambda_.Function | None


def sending_functions(senders: Senders, scope: ResourceScope) -> SendingFunctions:
    """Build the functions that send messages."""
    email, sms = (
        scope.built(each.handler).resources.lambda_ if isinstance(each, ByFunction) else None
        for each in (senders.email, senders.sms)
    )
    return SendingFunctions(email, sms)


def sender_key(
    scope: Construct, name: Naming, senders: Senders, functions: SendingFunctions
) -> kms.IKey | None:
    """The key that codes are encrypted with which a function sends; None if none does.

    Args:
        scope: Where a given key is looked up. One that is made is in the stack of the function,
            which must know it.
        name: Makes ids of constructs.
        senders: Who sends.
        functions: The functions among them.
    """
    maker = functions.sms or functions.email
    if maker is None:
        return None
    given = next((each.kms_key_arn for each in senders.functions if each.kms_key_arn), None)
    if given:
        return kms.Key.from_key_arn(scope, name("CustomSenderKey"), given)
    return kms.Key(maker.stack, name("CustomSenderKey"), enable_key_rotation=True)


def let_send(
    user_pool: cognito.UserPool, functions: SendingFunctions, key: kms.IKey | None
) -> None:
    """Let functions send a user pool's messages.

    Args:
        user_pool: Whose messages.
        functions: Who sends.
        key: What the codes are encrypted with.
    """
    for operation, function in (
        ("customEmailSender", functions.email),
        ("customSmsSender", functions.sms),
    ):
        if function is not None and key is not None:
            key.grant_decrypt(function)
            key.grant_encrypt(function)
            user_pool.add_trigger(cognito.UserPoolOperation.of(operation), function)


def add_triggers(
    user_pool: cognito.UserPool,
    triggers: Mapping[str, FunctionDefinition],
    scope: ResourceScope,
) -> None:
    """Let a user pool call functions.

    Args:
        user_pool: Who calls.
        triggers: The functions by what for.
        scope: What the backend gives.
    """
    for trigger, function in triggers.items():
        first, *others = trigger.split("_")
        operation = first + "".join(each.capitalize() for each in others)
        user_pool.add_trigger(
            cognito.UserPoolOperation.of(operation), scope.built(function).resources.lambda_
        )
