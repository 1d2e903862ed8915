"""Asks whether a deployment may lose data, or change permissions.

On a terminal the person is asked, elsewhere nobody.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from preamp.cli.keys import Keys
    from preamp.deploy.approval import Approval, DataRisk
    from preamp.deploy.consent import Consent
    from preamp.deploy.permissions import PermissionChange
    from preamp.events import Reporter


@runtime_checkable
class Pausable(Protocol):
    """A reporter that draws, and can leave the terminal alone."""

    def paused(self) -> AbstractContextManager[None]:
        """Draw nothing for a while."""


def approval_for(reporter: Reporter, *, allowed: bool, as_json: bool) -> Approval:
    """Who decides about data at risk.

    Args:
        reporter: What draws on the terminal meanwhile.
        allowed: ``--allow-data-loss`` was given.
        as_json: A script reads the answer, so nobody can be asked.
    """
    from preamp.deploy.approval import FixedApproval

    if allowed or as_json or not _is_somebody_there():
        return FixedApproval(allowed)
    return Question(reporter)


def consent_for(reporter: Reporter, requirement: str, *, as_json: bool) -> Consent:
    """Who decides about changes of permissions.

    Args:
        reporter: What draws on the terminal meanwhile.
        requirement: ``--require-approval``.
        as_json: A script reads the answer, so nobody can be asked.
    """
    from preamp.deploy.consent import Consent, Requirement

    if as_json or not _is_somebody_there():
        return Consent(Requirement(requirement))
    return Consent(Requirement(requirement), PermissionQuestion(reporter).agree)


def _is_somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


class _Asking:
    """Asks on the terminal; no answer is no."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def _ask(self, lines: Iterable[str], question: str) -> bool:
        pausing = self._reporter.paused() if isinstance(self._reporter, Pausable) else nullcontext()
        with pausing:
            for line in lines:
                click.echo(line, err=True)
            return click.confirm(question, default=False, err=True)


class PermissionQuestion(_Asking):
    """Asks whether permissions may change."""

    def agree(self, changes: Sequence[PermissionChange]) -> bool:
        """Show what would be allowed and what no longer, and ask."""
        return self._ask(permission_lines(changes), "Deploy these changes?")


class Question(_Asking):
    """Asks whether data may be lost."""

    def approve(self, risks: Sequence[DataRisk]) -> bool:
        """Show what would be lost, and ask."""
        return self._ask(risk_lines(risks), "Deploy, and lose it?")


class KeyQuestion:
    """Asks in a session, where one key answers; every other key than y is no."""

    def __init__(self, write: Callable[[Iterable[str]], None], keys: Keys) -> None:
        self._write = write
        self._keys = keys

    def approve(self, risks: Sequence[DataRisk]) -> bool:
        """Show what would be lost, and ask."""
        question = click.style("Deploy, and lose it? y or n", bold=True)
        self._write([*risk_lines(risks), question])
        return self._keys.answer() == "y"


def risk_lines(risks: Sequence[DataRisk]) -> Iterator[str]:
    """What would be lost."""
    yield click.style("data would be lost:", fg="red", bold=True)
    for risk in risks:
        yield f"  {risk.holding}"
        yield f"    {risk.fate}" + (f" ({risk.site})" if risk.site else "")


def permission_lines(changes: Sequence[PermissionChange]) -> Iterator[str]:
    """What would be allowed, and what no longer."""
    if changes:
        yield click.style("permissions:", fg="yellow", bold=True)
    for change in changes:
        sign = click.style("+", fg="green") if change.added else click.style("-", fg="red")
        place = f" ({change.site})" if change.site else ""
        yield f"  {sign} {change.path or '(root stack)'}{place}"
        yield f"    {change.statement}"
