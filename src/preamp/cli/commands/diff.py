"""`preamp diff`: what a deployment would change, before it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.differences import difference_facts, difference_lines
from preamp.cli.environments import account_options, environment_options
from preamp.cli.options import json_option
from preamp.cli.render import reporter_for

if TYPE_CHECKING:
    from preamp.cli.environments import AccountOptions, EnvironmentOptions

DIFFERENT: Final = 4
"""Exit status if a deployment would change something."""


@click.command(
    name="diff",
    short_help="Show what a deployment to AWS would change.",
    epilog="Example: preamp diff --branch main --app-id d1a2b3c4",
)
@environment_options
@account_options
@click.option("--drift", is_flag=True, help="Show what was changed by hand, too.")
@json_option
def command(
    *, named: EnvironmentOptions, account: AccountOptions, drift: bool, as_json: bool
) -> None:
    """Show what a deployment to AWS would change: resources, permissions, data at risk.

    The exit status is 0 if nothing, and 4 if there are changes,
    or if something was changed by hand.
    """
    from preamp.environment.deployment import compare_environment

    environment, target = named.environment(), account.target()
    with reporter_for(quiet=as_json) as reporter:
        foreseen = compare_environment(environment, target, reporter, drift=drift)
    if as_json:
        click.echo(json.dumps(difference_facts(foreseen, environment.stack_name), indent=2))
    else:
        for line in difference_lines(foreseen):
            click.echo(line)
    if foreseen.plan.changes or foreseen.drifts:
        raise click.exceptions.Exit(DIFFERENT)
