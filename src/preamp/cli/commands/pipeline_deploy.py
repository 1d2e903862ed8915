"""`preamp pipeline-deploy`: a branch of an Amplify app, deployed by a pipeline.

Amplify Gen 2, "Custom pipelines": Amplify Hosting and other CI run this, people do not.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.deploying import DeploymentOptions, run_deployment
from preamp.cli.environments import EnvironmentOptions, account_options
from preamp.cli.options import (
    approval_option,
    data_loss_option,
    form_options,
    json_option,
    outputs_folder_option,
)
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.cli.environments import AccountOptions
    from preamp.outputs.writing import OutputsForm

# by these the CI services are known that do not set CI
_MARKS: Final = (
    "BUILD_ID",
    "BUILD_NUMBER",
    "CI_APP_ID",
    "CI_BUILD_ID",
    "CI_BUILD_NUMBER",
    "CI_NAME",
    "CODEBUILD_BUILD_ARN",
    "CONTINUOUS_INTEGRATION",
    "RUN_ID",
    "TF_BUILD",
)


@click.command(
    name="pipeline-deploy",
    short_help="Deploy a branch of an Amplify app, in CI.",
    epilog='Example: preamp pipeline-deploy --branch "$AWS_BRANCH" --app-id "$AWS_APP_ID"',
)
@click.option("--branch", metavar="NAME", required=True, help="Branch that is deployed.")
@click.option("--app-id", metavar="ID", required=True, help="Amplify app of the branch.")
@account_options
@approval_option("never")
@data_loss_option
@form_options
@outputs_folder_option
@json_option
def command(
    *,
    branch: str,
    app_id: str,
    account: AccountOptions,
    require_approval: str,
    allow_data_loss: bool,
    form: OutputsForm,
    directory: Path,
    as_json: bool,
) -> None:
    """Deploy a branch of an Amplify app from a pipeline, where nobody can be asked.

    What would delete data is refused unless --allow-data-loss is said.
    """
    named = EnvironmentOptions(branch, app_id)
    named.check()
    if not is_ci(os.environ):
        raise UserError(
            "RunningPipelineDeployNotInCiError",
            "this is no CI, as far as the environment tells",
            "deploy from here with 'preamp deploy', or set CI=true in a pipeline that does not",
        )
    options = DeploymentOptions(require_approval, allow_data_loss, form, directory, as_json)
    run_deployment(named.environment(), account.target(), options)


def is_ci(environment: Mapping[str, str]) -> bool:
    """Tell whether a CI service runs this process.

    Args:
        environment: The process's variables.
    """
    said = environment.get("CI", "")
    if said.lower() == "false":
        return False
    return bool(said) or any(environment.get(name) for name in _MARKS)
