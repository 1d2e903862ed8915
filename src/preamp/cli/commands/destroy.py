"""`preamp destroy`: no backend at AWS any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from preamp.cli.deploying import confirm_deletion, tell_deletion
from preamp.cli.environments import account_options, environment_options
from preamp.cli.options import json_option, yes_option
from preamp.cli.render import reporter_for

if TYPE_CHECKING:
    from preamp.cli.environments import AccountOptions, EnvironmentOptions


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
