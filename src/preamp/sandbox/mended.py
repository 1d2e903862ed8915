"""Which denied calls would be denied again: what has been allowed since is of no interest.

AWS Identity and Access Management, "SimulatePrincipalPolicy".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_iam import IAMClient

    from preamp.contract.activity import CallDenied


def still_denied(denials: Iterable[CallDenied], iam: IAMClient) -> list[CallDenied]:
    """The denied calls that their roles may not make now either.

    What a resource's own policy denies, or a session's, is not looked at: it stays.

    Args:
        denials: What was denied.
        iam: Knows the roles as they are now.
    """
    known: dict[tuple[str, str, str], bool] = {}
    found = []
    for denial in denials:
        key = (denial.role, denial.action, denial.resource)
        if key not in known:
            known[key] = denial.reason == "not allowed" and _is_mended(denial, iam)
        if not known[key]:
            found.append(denial)
    return found


def _is_mended(denial: CallDenied, iam: IAMClient) -> bool:
    """Whether the role is gone, or may do it now."""
    try:
        role = iam.get_role(RoleName=denial.role)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        return True
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[denial.action], ResourceArns=[denial.resource]
    )
    results = answer["EvaluationResults"]
    return bool(results) and all(each["EvalDecision"] == "allowed" for each in results)
