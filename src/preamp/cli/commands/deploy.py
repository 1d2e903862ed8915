"""`preamp deploy`: the backend of a branch, or one that stands alone, at AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from preamp.cli.deploying import DeploymentOptions, run_deployment
from preamp.cli.environments import account_options, environment_options
from preamp.cli.options import (
    approval_option,
    data_loss_option,
    form_options,
    json_option,
    outputs_folder_option,
)

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.cli.environments import AccountOptions, EnvironmentOptions
    from preamp.outputs.writing import OutputsForm


@click.command(
    name="deploy",
    short_help="Deploy the backend to AWS.",
    epilog="Example: preamp deploy --branch main --app-id d1a2b3c4 --profile work",
)
@environment_options
@account_options
@approval_option("broadening")
@data_loss_option
@form_options
@outputs_folder_option
@json_option
def command(
    *,
    named: EnvironmentOptions,
    account: AccountOptions,
    require_approval: str,
    allow_data_loss: bool,
    form: OutputsForm,
    directory: Path,
    as_json: bool,
) -> None:
    """Deploy the backend to AWS, by CloudFormation, and write its outputs file.

    A branch of an Amplify app is shown in Amplify's console. Without --branch the backend stands
    alone, by its identifier.
    """
    options = DeploymentOptions(require_approval, allow_data_loss, form, directory, as_json)
    environment = named.environment()
    if not named.named and not as_json:
        click.echo(f"deploying {environment.told}; --identifier gives it another name", err=True)
    run_deployment(environment, account.target(), options)
