"""What follows from findings: errors stop the deployment, told all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preamp.check.finding import Finding


def raise_on_errors(findings: Iterable[Finding]) -> None:
    """Refuse the deployment if a finding is an error; warnings are let pass.

    Args:
        findings: What a check found.

    Raises:
        UserError: ``InvalidTemplateError``; its details tell each error's place, what and hint.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    sites = dict.fromkeys(finding.site for finding in errors)
    raise UserError(
        "InvalidTemplateError",
        _summary(errors),
        errors[0].hint if len(errors) == 1 else "mend each at its place",
        sites=[site for site in sites if site is not None],
        details=[line for finding in errors for line in told(finding)],
    )


def told(finding: Finding) -> Iterator[str]:
    """Yield the lines that tell a finding: where, what, and what to do."""
    kind = f" ({finding.resource_type})" if finding.resource_type else ""
    site = f", {finding.site}" if finding.site else ""
    yield f"{_place(finding)}{kind}{site}"
    yield f"  {finding.message} [{finding.rule}]"
    yield f"  hint: {finding.hint}"


def _summary(errors: list[Finding]) -> str:
    if len(errors) == 1:
        return f"AWS would refuse {_place(errors[0])}: {errors[0].message}"
    return f"AWS would refuse this backend for {len(errors)} mistakes"


def _place(finding: Finding) -> str:
    return finding.path or "the root stack"
