"""Shows an error to the person at the keyboard, or to a script."""

from __future__ import annotations

import linecache
import sys
from typing import TYPE_CHECKING, Final

import click

from preamp.errors import Fault, PreampError, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.contract.site import Site

_REPORT: Final = "this is a defect of preamp: please report it with the output of 'preamp info'"


def write_error(error: PreampError, *, as_json: bool) -> None:
    """Write an error: for people to stderr, for scripts as one JSON line to stdout."""
    if as_json:
        from preamp.contract.messages import encode_error

        sys.stdout.write(encode_error(error) + "\n")
        return
    for line in error_lines(error):
        click.echo(line, err=True)


def error_lines(error: PreampError) -> Iterator[str]:
    """An error for people: what happened, where, and what to do."""
    first, *rest = error.message.splitlines() or [""]
    yield f"{click.style('error', fg='red', bold=True)} [{error.code}]: {first}"
    yield from (f"  {line}" for line in rest)
    details = error.details if isinstance(error, UserError | Fault) else ()
    if isinstance(error, UserError):
        for index, site in enumerate(error.sites):
            yield from _place(site, first=index == 0, said=details[:1])
    yield from (f"  {line}" for line in details)
    hint = error.hint if isinstance(error, UserError) else _REPORT
    yield f"{click.style('hint', fg='cyan', bold=True)}: {hint}"


def _place(site: Site, *, first: bool, said: Sequence[str]) -> Iterator[str]:
    yield f"  {'at' if first else 'and'} {click.style(str(site), bold=True)}"
    # whoever watches sources shows errors of files that were saved since
    linecache.checkcache(site.file)
    source = linecache.getline(site.file, site.line).strip()
    if source and source not in {line.strip() for line in said}:
        yield f"      {source}"
