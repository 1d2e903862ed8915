"""What AWS refuses although the resource schemas let it pass.

One function per kind of resource, in one table. Each rule was met on AWS's own services; the page
that defines it is named. Must not repeat what the template validator finds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from preamp.check.finding import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preamp.assembly.read import AssemblyStack

Problem = tuple[str, str, str, str]
"""Rule, message, hint and property path."""

_CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource")
_CODE_SOURCES: Final = {"ZipFile", "S3Bucket", "ImageUri"}
_PROTOCOLS: Final = (
    "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs",
)  # fmt: skip
_QUEUE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo")
_TOPIC_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo")


def refusals(stack: AssemblyStack) -> Iterator[Mistake]:
    """Find what AWS refuses beyond the schemas."""
    for logical_id, resource in stack.resources.items():
        found = resource.get("Properties")
        properties: dict[str, Any] = found if isinstance(found, dict) else {}
        for rule in _rules_for(str(resource.get("Type"))):
            for name, message, hint, path in rule(properties):
                yield Mistake(stack, logical_id, name, message, hint, path)


def _rules_for(resource_type: str) -> tuple[Callable[[Mapping[str, Any]], Iterator[Problem]], ...]:
    if resource_type.startswith(_CUSTOM):
        return (_service_token,)
    return {
        "AWS::IAM::Role": (_trust_policy,),
        "AWS::Lambda::Function": (_code,),
        "AWS::SNS::Subscription": (_protocol,),
        "AWS::S3::BucketPolicy": (_resource_policy,),
        "AWS::SNS::Topic": (_topic_name,),
        "AWS::SNS::TopicPolicy": (_resource_policy,),
        "AWS::SQS::Queue": (_queue_name,),
        "AWS::SQS::QueuePolicy": (_resource_policy,),
    }.get(resource_type, ())


def _service_token(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "AWS::CloudFormation::CustomResource" of the CloudFormation reference."""
    if "ServiceToken" not in properties:
        hint = "set ServiceToken to the ARN of the function that provides the resource"
        yield "missing-property", "the required property ServiceToken is missing", hint, ""


def _trust_policy(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "IAM JSON policy elements reference" of the IAM guide."""
    path = "AssumeRolePolicyDocument"
    document = properties.get(path)
    if isinstance(document, dict) and document.get("Statement") == []:
        hint = "say who may assume the role, for example assumed_by=iam.ServicePrincipal(...)"
        yield "trust-policy", "the trust policy has no statement", hint, path
    for statement in _statements(document):
        for name in sorted(statement.keys() & {"Resource", "NotResource"}):
            message = f"the trust policy names a {name}, which a trust policy must not"
            hint = "take it out: the resource is the role"
            yield "trust-policy", message, hint, f"{path}.Statement.{name}"
        yield from _effect(statement, "trust-policy", path)


def _resource_policy(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "IAM JSON policy elements reference" of the IAM guide."""
    path = "PolicyDocument"
    for statement in _statements(properties.get(path)):
        yield from _effect(statement, "policy", path)
        for name in ("Principal", "Action"):
            if not statement.keys() & {name, f"Not{name}"}:
                hint = f"say {'who' if name == 'Principal' else 'what'} the statement is about"
                message = f"a statement of the policy has no {name}"
                yield "policy", message, hint, f"{path}.Statement"


def _statements(document: object) -> list[Mapping[str, Any]]:
    found = document.get("Statement") if isinstance(document, dict) else None
    statements = found if isinstance(found, list) else [found]
    computed = {"Fn::If", "Ref"}
    return [s for s in statements if isinstance(s, dict) and not s.keys() & computed]


def _effect(statement: Mapping[str, Any], rule: str, path: str) -> Iterator[Problem]:
    effect = statement.get("Effect")
    if isinstance(effect, str) and effect not in {"Allow", "Deny"}:
        message = f"a statement of the policy has the effect {effect!r}"
        yield rule, message, "an effect is Allow or Deny", f"{path}.Statement.Effect"


def _code(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "AWS::Lambda::Function Code" of the CloudFormation reference."""
    code = properties.get("Code")
    if isinstance(code, dict) and not code.keys() & (_CODE_SOURCES | {"Fn::If"}):
        hint = "give it code, for example lambda_.Code.from_asset(...)"
        yield "missing-code", "the function has no code", hint, "Code"


def _protocol(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "Subscribe" of the SNS API reference."""
    protocol = properties.get("Protocol")
    if isinstance(protocol, str) and protocol not in _PROTOCOLS:
        hint = f"it may be {', '.join(_PROTOCOLS)}"
        yield "value-not-allowed", f"Protocol may not be {protocol!r}", hint, "Protocol"


def _queue_name(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "CreateQueue" of the SQS API reference."""
    return _name(properties, "QueueName", _QUEUE_NAME, 80)


def _topic_name(properties: Mapping[str, Any]) -> Iterator[Problem]:
    """Follows "CreateTopic" of the SNS API reference."""
    return _name(properties, "TopicName", _TOPIC_NAME, 256)


def _name(
    properties: Mapping[str, Any], key: str, allowed: re.Pattern[str], length: int
) -> Iterator[Problem]:
    name = properties.get(key)
    if isinstance(name, str) and not name.startswith("{{") and not allowed.fullmatch(name):
        hint = f"use up to {length} letters, digits, hyphens and underscores"
        yield "invalid-name", f"{name!r} is no valid {key}", hint, key
