"""`preamp sandbox restore` and `reset`: bring the sandbox's data back, or forget all of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from preamp.cli import wiring
from preamp.cli.confirming import confirm
from preamp.cli.options import identifier_option, json_option, yes_option
from preamp.cli.render import Silence, reporter_for

if TYPE_CHECKING:
    from preamp.sandbox.restoring import Snapshot


@click.command(
    short_help="Bring all data back as it was in a snapshot.",
    epilog="Example: preamp sandbox restore before-reset",
)
@click.argument("name", required=False)
@yes_option
@identifier_option
@json_option
def restore(*, name: str | None, yes: bool, identifier: str | None, as_json: bool) -> None:
    """Bring back all resources and data as they were in the snapshot NAME.

    Without a name, list the snapshots.
    """
    if name is None:
        _list(wiring.sandbox(identifier, Silence()).restoring().snapshots(), as_json=as_json)
        return
    sandbox = wiring.sandbox(identifier, Silence())
    snapshot = sandbox.restoring().find(name)
    if not yes:
        confirm(
            f"Bring the sandbox {sandbox.place.identifier!r} back to {_moment(snapshot)}?"
            " What changed since then is lost."
        )
    with reporter_for(as_json=as_json) as reporter:
        ended = wiring.sandbox(identifier, reporter).restore(name)
    if as_json:
        click.echo(json.dumps(asdict(snapshot)))
    else:
        click.echo(f"as it was at {_moment(snapshot)}")
        if ended:
            click.echo(
                "the session in the other terminal was ended: it would have deployed over it"
            )


@click.command(epilog="Example: preamp sandbox reset --yes")
@yes_option
@identifier_option
@json_option
def reset(*, yes: bool, identifier: str | None, as_json: bool) -> None:
    """Forget all resources and data; the next deployment starts afresh."""
    if not yes:
        place = wiring.sandbox(identifier, Silence()).place
        confirm(
            f"Forget all resources of the sandbox {place.identifier!r} with their data:"
            " tables, objects, messages, users, secrets, e-mails?"
        )
    with reporter_for(as_json=as_json) as reporter:
        snapshot = wiring.sandbox(identifier, reporter).reset()
    if as_json:
        click.echo(json.dumps({"snapshot": snapshot}))
        return
    click.echo("forgotten; the next deployment starts afresh")
    if snapshot:
        click.echo(f"`preamp sandbox restore {snapshot}` brings it back")


def _list(snapshots: list[Snapshot], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(snapshot) for snapshot in snapshots], indent=2))
        return
    if not snapshots:
        click.echo("no snapshots yet", err=True)
    for snapshot in snapshots:
        click.echo(f"{_moment(snapshot)}  {snapshot.name}")


def _moment(snapshot: Snapshot) -> str:
    return f"{datetime.fromtimestamp(snapshot.taken_at, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
