"""Calls that services make with a role: held against its policies like a caller's own.

ministack carries out what a schedule, a state machine or Lambda itself does for a function
without asking the role that AWS would do it with.

AWS: "IAM roles", "Policy evaluation logic" of the IAM user guide.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.denials import call_denied
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from preamp.engine.activity import ActivityFeed
    from preamp.engine.ministack.upstream import Tools

SYMBOLS: Final = (
    Symbol("core.iam_evaluator:EvalContext"),
    Symbol("core.iam_evaluator:evaluate", "ctx policies limits"),
    Symbol("core.iam_evaluator:combine_resource_policy"),
    Symbol("core.iam_evaluator:_gather_role_policies", "role_name account_id"),
    Symbol("core.iam_evaluator:_permissions_boundary", "store name account_id"),
    Symbol("core.iam_evaluator:_resource_policy", "service resource_arn"),
    Symbol("core.iam_evaluator:_POLICY_REQUIRED"),
    Symbol("services.iam:_roles"),
)
"""What every mend that asks leans on."""

_ACTIONS: Final = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""How something is handed to what an ARN names, by the service in it."""


class RoleCalls:
    """Tells whether a role may make a call, and tells of it if it may not.

    Args:
        tools: The feed to tell, and whether policies are enforced.
    """

    def __init__(self, tools: Tools) -> None:
        self._activity: ActivityFeed = tools.activity
        self._enforces = tools.setup.enforce_iam

    def may_hand_over(self, role: str, session: str, target: str) -> bool:
        """Tell whether a role may give something to what an ARN names.

        Args:
            role: The role's ARN.
            session: What its session is called; a function's name if it calls for one.
            target: A queue, topic, function, event bus or state machine. Anything else is not
                asked for.
        """
        action = _ACTIONS.get(target.split(":")[2])
        return action is None or self.refusal(role, session, action, target) is None

    def refusal(self, role: str, session: str, action: str, resource: str) -> str | None:
        """Say why a role may not make a call, as AWS does; None if it may.

        Args:
            role: The role's ARN.
            session: What its session is called.
            action: The call, such as ``sqs:SendMessage``.
            resource: ARN of what it is made on.
        """
        if not self._enforces:
            return None
        evaluator = module("core.iam_evaluator")
        account, name = role.split(":")[4], role.rpartition("/")[2]
        principal = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
        context = evaluator.EvalContext(
            principal_arn=principal,
            principal_type="AssumedRole",
            principal_account=account,
            action=action,
            resource_arn=resource,
            region=resource.split(":")[3],
            secure_transport=True,
        )
        result = _decision(evaluator, context, name, account)
        if result.decision == "Allow":
            return None
        result.principal_arn = principal
        self._activity.add(call_denied(evaluator, result, action, resource))
        return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


def _decision(evaluator: Upstream, context: Upstream, role: str, account: str) -> Upstream:
    policies = evaluator._gather_role_policies(role, account)
    limits = evaluator._permissions_boundary(module("services.iam")._roles, role, account)
    result = evaluator.evaluate(context, policies, *limits)
    service = context.action.partition(":")[0]
    found = evaluator._resource_policy(service, context.resource_arn)
    if found is None:
        return result
    required = service in evaluator._POLICY_REQUIRED
    return evaluator.combine_resource_policy(
        result, context, *found, required=required, limits=limits
    )
