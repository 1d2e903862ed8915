"""What EventBridge does with an event for a target: hand it over, or keep it as a dead letter.

A target that is gone or does not permit the rule is not tried again, on AWS neither: a retry
policy is for targets that are out of order, and here none is. A function takes the event
asynchronously; that its handler fails is no concern of EventBridge's.

AWS: "How EventBridge retries delivering events", "Using dead-letter queues to process
undelivered events in EventBridge", "Configuring a schedule's dead-letter queue".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import deliveries, function_permissions, role_calls
from preamp.engine.ministack.deliveries import Attribute, Message, send_to_queue
from preamp.engine.ministack.function_permissions import NO_PERMISSIONS, NO_RESOURCE
from preamp.engine.ministack.role_calls import RoleCalls
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PRINCIPAL: Final = "events.amazonaws.com"
_SCHEDULER: Final = "scheduler"
_MESSAGES: Final = {
    NO_RESOURCE: "The target does not exist.",
    NO_PERMISSIONS: "Neither the target's resource policy nor a role allows to use it.",
}


def rule_targets() -> Mend:
    """Hand events to functions asynchronously, keep what a target refuses."""
    return Mend(
        name="targets of rules",
        reference="Using dead-letter queues to process undelivered events in EventBridge",
        symbols=(
            Symbol("services.eventbridge:_invoke_target", "target event rule view"),
            Symbol("services.eventbridge:_dispatch_to_lambda", "arn payload"),
            Symbol("services.eventbridge:_pattern_event_view"),
            Symbol("services.sqs:_queue_by_arn", "arn"),
            Symbol("services.sqs:queue_policy_allows"),
            Symbol("services.sns:_topic_by_arn_any_scope"),
            Symbol("services.lambda_svc:invoke_async_with_retry"),
            Symbol("core.concurrency:spawn_background", "fn args thread_name kwargs"),
            *function_permissions.SYMBOLS,
            *deliveries.SYMBOLS,
            *role_calls.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    roles = RoleCalls(tools)
    events, service = module("services.eventbridge"), module("services.lambda_svc")
    upstream: Callable[..., None] = events._invoke_target

    def invoke_target(
        target: dict[str, Any],
        event: dict[str, Any],
        rule: dict[str, Any],
        view: Any = None,  # noqa: ANN401
    ) -> None:
        refusal = _refusal(target["Arn"], rule["Arn"]) or _role_refusal(roles, target, rule)
        if refusal is None:
            upstream(target, event, rule, view)
        else:
            content = (view or events._pattern_event_view(event)).event_with_detail()
            _keep(refusal, target, rule["Arn"], json.dumps(content))

    def dispatch_to_lambda(arn: str, payload: str) -> None:
        service.invoke_async_with_retry({"FunctionArn": arn}, json.loads(payload))

    events._invoke_target = invoke_target
    events._dispatch_to_lambda = dispatch_to_lambda


def _refusal(target: str, rule: str) -> str | None:
    """Say why a target would not take an event; None if it takes it."""
    service = target.split(":")[2]
    if service == "lambda":
        found = function_permissions.refusal(target, _PRINCIPAL, rule)
        # A schedule calls with a role of its own; the function's policy is not asked.
        return None if found == NO_PERMISSIONS and _is_schedule(rule) else found
    if service == "sqs":
        return None if module("services.sqs")._queue_by_arn(target) else NO_RESOURCE
    if service == "sns":
        return None if module("services.sns")._topic_by_arn_any_scope(target) else NO_RESOURCE
    return None


def _role_refusal(roles: RoleCalls, target: dict[str, Any], rule: dict[str, Any]) -> str | None:
    """Say whether the role of a schedule or target does not let it; None if there is none."""
    role = target.get("RoleArn")
    session = rule["Arn"].rpartition("/")[2]
    is_allowed = not role or roles.may_hand_over(role, session, target["Arn"])
    return None if is_allowed else NO_PERMISSIONS


def _is_schedule(rule: str) -> bool:
    return rule.split(":")[2] == _SCHEDULER


def _keep(refusal: str, target: dict[str, Any], rule: str, event: str) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    attributes = {
        "ERROR_CODE": Attribute(refusal),
        "ERROR_MESSAGE": Attribute(_MESSAGES[refusal]),
        "RETRY_ATTEMPTS": Attribute("0", "Number"),
        "TARGET_ARN": Attribute(target["Arn"]),
    }
    if _is_schedule(rule):
        of_schedule = {
            "SCHEDULE_ARN": Attribute(rule),
            "EXECUTION_ID": Attribute(str(uuid.uuid4())),
        }
        _send(queue, Message(target.get("Input") or event, {**attributes, **of_schedule}))
    elif module("services.sqs").queue_policy_allows(queue, _PRINCIPAL, rule, rule.split(":")[4]):
        _send(queue, Message(event, {**attributes, "RULE_ARN": Attribute(rule)}))


def _send(queue: str, message: Message) -> None:
    # Rules are matched on the emulator's own thread, where nothing can be waited for.
    module("core.concurrency").spawn_background(send_to_queue, queue, message)
