"""`preamp destroy`: no backend at AWS any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from preamp.cli.confirming import confirm
from preamp.cli.environments import account_options, environment_options
from preamp.cli.options import json_option, yes_option
from preamp.cli.render import reporter_for

if TYPE_CHECKING:
    from preamp.cli.environments import AccountOptions, EnvironmentOptions
    from preamp.deploy.target import Target
    from preamp.environment.place import Environment


@click.command(
    name="destroy",
    short_help="Delete a backend at AWS with all its data.",
    epilog="Example: preamp destroy --branch feature-1 --app-id d1a2b3c4",
)
@environment_options
@account_options
@yes_option
@json_option
def command(
    *, named: EnvironmentOptions, account: AccountOptions, yes: bool, as_json: bool
) -> None:
    """Delete the backend of a branch, or one that stands alone, with all data in it.

    Resources with the removal policy RETAIN stay. Termination protection has to be taken off
    first.
    """
    from preamp.environment.deployment import destroy_environment

    if not named.named:
        raise click.UsageError("name what is deleted, by --branch or by --identifier")
    environment, target = named.environment(), account.target()
    if not yes:
        confirm_deletion(environment, target)
    with reporter_for(as_json=as_json) as reporter:
        deleted = destroy_environment(environment, target, reporter)
    tell_deletion(environment, deleted=deleted, as_json=as_json)


def confirm_deletion(environment: Environment, target: Target) -> None:
    """Ask whether a deployment shall go.

    Args:
        environment: Which one.
        target: The account.

    Raises:
        Abort: It shall not.
    """
    confirm(
        f"Delete the {environment.told} in the account {target.account}, {target.region} "
        f"({target.name}), with all its data?"
    )


def tell_deletion(environment: Environment, *, deleted: bool, as_json: bool) -> None:
    """Say that a deployment is gone.

    Args:
        environment: Which one.
        deleted: Whether it was there.
        as_json: Whether a script reads the answer.
    """
    if as_json:
        click.echo(json.dumps({"deleted": deleted, "stack": environment.stack_name}))
    else:
        done = "deleted" if deleted else "there is no"
        click.echo(f"{done} {environment.stack_name}")
