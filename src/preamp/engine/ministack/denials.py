"""Calls that policies deny are told to whoever watches, with the reason; or allowed, if asked.

ministack decides, and says to the caller alone that it may not. AWS: "Policy evaluation logic" of
the IAM user guide.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
import time
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.activity import CallDenied
from preamp.contract.trace import request_of
from preamp.engine.ministack.principals import function_of, role_of
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.contract.activity import DenialReason

_TRACE: Final = "x-amzn-trace-id"
_NEEDS_ITS_OWN: Final = "kms:"
"""Where the resource's policy must allow what the role's policies allow."""


def denials() -> Mend:
    """Tell of denied calls, or let them pass where permissions are not enforced."""
    return Mend(
        name="denied calls",
        reference="Policy evaluation logic",
        symbols=(
            Symbol(
                "core.iam_evaluator:enforce",
                "access_key_id iam_action service region resource_arn service_context",
            ),
            Symbol("core.iam_evaluator:evaluate", "ctx policies limits"),
            Symbol("core.iam_evaluator:EvalResult"),
            Symbol("core.iam_evaluator:_signed_request"),
            Symbol("core.iam_evaluator:_first_match", "ctx stmts effect"),
            Symbol("core.iam_evaluator:parse_policy_document", "doc"),
            Symbol("core.iam_evaluator:resource_policy_allows", "raw_policy ctx same_account"),
            Symbol("core.iam_evaluator:_resolve_managed_policy_document", "policy_arn account_id"),
            Symbol("services.iam:_roles"),
            Symbol("services.lambda_svc:_functions"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    if tools.setup.enforce_iam:
        _remember_contexts()
        _tell(tools)
    else:
        _allow()


def _allow() -> None:
    """Check who calls, as always, and let everyone known do everything."""
    evaluator = module("core.iam_evaluator")
    upstream = evaluator.enforce

    def enforce(*args: Any, **options: Any) -> object:  # noqa: ANN401
        denied = upstream(*args, **options)
        return None if isinstance(denied, evaluator.EvalResult) else denied

    evaluator.enforce = enforce
    evaluator.resource_policy_allows = lambda *_, **__: True


def _remember_contexts() -> None:
    """Let a result that denies carry what it was found from."""
    evaluator = module("core.iam_evaluator")
    upstream = evaluator.evaluate

    def evaluate(ctx: object, policies: object, *limits: object) -> Upstream:
        result = upstream(ctx, policies, *limits)
        if result.decision != "Allow":
            result.context = ctx
        return result

    evaluator.evaluate = evaluate


def _tell(tools: Tools) -> None:
    evaluator = module("core.iam_evaluator")
    upstream = evaluator.enforce
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("preamp_trace", default="")

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> object:
        request = evaluator._signed_request.get()
        if request is not None:
            # It is there for the first of a request's checks alone.
            trace.set(request.headers.get(_TRACE, ""))
        denied = upstream(access_key_id, iam_action, service, region, resource_arn, service_context)
        if isinstance(denied, evaluator.EvalResult) and role_of(denied.principal_arn):
            # One call may be held against several resources.
            context = getattr(denied, "context", None)
            resource = context.resource_arn if context else resource_arn
            happened = call_denied(evaluator, denied, iam_action, resource, trace.get())
            tools.activity.add(happened)
        return denied

    evaluator.enforce = enforce


def call_denied(
    evaluator: Upstream, denied: Upstream, action: str, resource: str, trace: str = ""
) -> CallDenied:
    """Write down a denied call.

    Args:
        evaluator: What decided.
        denied: Its result, with the caller.
        action: The call.
        resource: ARN of what it was made on.
        trace: The trace header it came with.
    """
    principal = denied.principal_arn
    role, account = role_of(principal), principal.split(":")[4]
    reason, policy, statement = _Policies(evaluator, role, account).explain(denied)
    return CallDenied(
        time=time.time(),
        action=action,
        resource=resource,
        principal=principal,
        role=role,
        function=function_of(principal),
        request_id=request_of(trace),
        reason=reason,
        policy=policy,
        statement=statement,
    )


class _Policies:
    """The policies of a role, to be held against a call."""

    def __init__(self, evaluator: Upstream, role: str, account: str) -> None:
        self._evaluator = evaluator
        self._account = account
        roles = module("services.iam")._roles
        self._role: dict[str, Any] = roles.get_scoped(account, None, role) or {}

    def explain(self, denied: Upstream) -> tuple[DenialReason, str, str]:
        """Say why the call was denied: the reason, the policy and the statement."""
        if denied.resource_policy_arn:
            return "denied by resource", "", denied.matched_sid
        context = denied.context
        if denied.decision == "Deny":
            policy = self._first(self._all(), "Deny", context)
            return "denied", policy or "", denied.matched_sid
        if self._first(self._own(), "Allow", context) is None:
            return "not allowed", "", ""
        # The role's own policies allow it; something else would have to as well.
        if context.action.startswith(_NEEDS_ITS_OWN):
            return "denied by resource", "", ""
        return "limited", str(self._role.get("PermissionsBoundary") or "").rpartition("/")[2], ""

    def _first(
        self, policies: Iterator[tuple[str, object]], effect: str, context: Upstream
    ) -> str | None:
        """Name the first of some policies with a statement for a call; None if there is none."""
        parse, match = self._evaluator.parse_policy_document, self._evaluator._first_match
        return next((name for name, doc in policies if match(context, parse(doc), effect)), None)

    def _own(self) -> Iterator[tuple[str, object]]:
        yield from (self._role.get("InlinePolicies") or {}).items()
        yield from self._managed(self._role.get("AttachedPolicies") or [])

    def _all(self) -> Iterator[tuple[str, object]]:
        yield from self._own()
        boundary = self._role.get("PermissionsBoundary")
        yield from self._managed([boundary] if boundary else [])

    def _managed(self, arns: list[str]) -> Iterator[tuple[str, object]]:
        for arn in arns:
            document = self._evaluator._resolve_managed_policy_document(arn, self._account)
            if document:
                yield arn.rpartition("/")[2], document
