"""Which services may call a function: what its resource policy says.

AWS: "Viewing resource-based IAM policies in Lambda".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import Final

from preamp.engine.ministack.upstream import Symbol, module

NO_RESOURCE: Final = "NO_RESOURCE"
NO_PERMISSIONS: Final = "NO_PERMISSIONS"

SYMBOLS: Final = (
    Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
    Symbol("services.lambda_svc:_get_base_func_record_for_ref", "function_ref"),
    Symbol("core.iam_evaluator:evaluate_resource_policy", "doc ctx service named_only direct_only"),
    Symbol("core.iam_evaluator:EvalContext"),
)
"""What every mend that asks leans on."""


def refusal(function_arn: str, service: str, source_arn: str) -> str | None:
    """Say why a service cannot call a function, as EventBridge names it; None if it can.

    Args:
        function_arn: The function as the service names it, with its qualifier.
        service: The service's principal, ``sns.amazonaws.com``.
        source_arn: What the service calls for, in the function's account.
    """
    func, _, _ = module("services.lambda_svc")._get_func_record_for_ref(function_arn)
    if func is None:
        return NO_RESOURCE
    account = function_arn.split(":")[4]
    return None if may_call(function_arn, service, source_arn, account) else NO_PERMISSIONS


def may_call(function_arn: str, service: str, source_arn: str, source_account: str) -> bool:
    """Tell whether a function lets a service call it.

    Args:
        function_arn: The function as the service names it, with its qualifier.
        service: The service's principal, ``sns.amazonaws.com``.
        source_arn: What the service calls for: the topic, rule or bucket.
        source_account: Whose that is.
    """
    evaluator = module("core.iam_evaluator")
    func, _, _ = module("services.lambda_svc")._get_base_func_record_for_ref(function_arn)
    if func is None:
        return False
    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=function_arn.split(":")[3],
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_account},
    )
    found = evaluator.evaluate_resource_policy(func["policy"], context, service=service)
    return bool(found.decision == "Allow")
