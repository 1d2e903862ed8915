"""Asks whether a deployment may lose data: on a terminal the person, elsewhere nobody."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from preamp.cli.keys import Keys
    from preamp.deploy.approval import Approval, DataRisk
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

    if allowed or as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return FixedApproval(allowed)
    return Question(reporter)


class Question:
    """Asks on the terminal; no answer is no."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def approve(self, risks: Sequence[DataRisk]) -> bool:
        """Show what would be lost, and ask."""
        pausing = self._reporter.paused() if isinstance(self._reporter, Pausable) else nullcontext()
        with pausing:
            for line in risk_lines(risks):
                click.echo(line, err=True)
            return click.confirm("Deploy, and lose it?", default=False, err=True)


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
