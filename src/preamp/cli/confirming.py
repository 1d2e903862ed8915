"""Asks before something is done that cannot be undone."""

from __future__ import annotations

import sys

import click

from preamp.errors import UserError


def confirm(question: str) -> None:
    """Ask, and go on only if the answer is yes. The question is no data: it goes to stderr.

    Args:
        question: What will be done, as a question.

    Raises:
        UserError: ``NotConfirmedError`` if there is nobody to answer.
    """
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise UserError(
            "NotConfirmedError",
            f"nobody answered: {question}",
            "say --yes to go on without being asked",
        ) from None
    if not agreed:
        click.echo("nothing was done", err=True)
        raise click.exceptions.Exit(1)
