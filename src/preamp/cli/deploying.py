"""A deployment to AWS from the command line: who is asked, what is shown, what came of it."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from preamp.cli.approving import approval_for, consent_for
from preamp.cli.confirming import confirm
from preamp.cli.render import reporter_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.deploy.target import Target
    from preamp.environment.deployment import EnvironmentDeployment
    from preamp.environment.place import Environment
    from preamp.outputs.writing import OutputsForm


@dataclass(frozen=True)
class DeploymentOptions:
    """How a deployment is made.

    Attributes:
        require_approval: What needs somebody's agreement.
        allow_data_loss: Whether data may be lost without asking.
        form: In which form the outputs are wanted.
        directory: Where they go.
        as_json: Whether a script reads the answer.
    """

    require_approval: str
    allow_data_loss: bool
    form: OutputsForm
    directory: Path
    as_json: bool


def run_deployment(environment: Environment, target: Target, options: DeploymentOptions) -> None:
    """Deploy, and say what came of it.

    Args:
        environment: Which deployment.
        target: The account.
        options: How.

    Raises:
        UserError: As `deploy_environment`.
    """
    from preamp.environment.deployment import deploy_environment

    started = time.monotonic()
    as_json = options.as_json
    with reporter_for(as_json=as_json) as reporter:
        deployment = deploy_environment(
            environment,
            target,
            reporter,
            approval=approval_for(reporter, allowed=options.allow_data_loss, as_json=as_json),
            consent=consent_for(reporter, options.require_approval, as_json=as_json),
            form=options.form,
            directory=options.directory,
        )
    seconds = time.monotonic() - started
    tell_deployment(deployment, environment, target, seconds, as_json=as_json)


def tell_deployment(
    deployment: EnvironmentDeployment,
    environment: Environment,
    target: Target,
    seconds: float,
    *,
    as_json: bool,
) -> None:
    """Say what came of a deployment.

    Args:
        deployment: What came of it.
        environment: Which it is.
        target: The account.
        seconds: How long it took.
        as_json: Whether a script reads the answer.
    """
    if as_json:
        click.echo(json.dumps(_facts(deployment, target, seconds)))
        return
    for line in _lines(deployment, environment, target, seconds):
        click.echo(line)


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


def _facts(deployment: EnvironmentDeployment, target: Target, seconds: float) -> dict[str, object]:
    return {
        "result": "unchanged" if deployment.result.no_op else "deployed",
        "changes": len(deployment.result.changes),
        "seconds": round(seconds, 3),
        "account": target.account,
        "region": target.region,
        "stack": deployment.result.stack_name,
        "stack_id": deployment.result.stack_id,
        "outputs_file": str(deployment.files[0]),
    }


def _lines(
    deployment: EnvironmentDeployment, environment: Environment, target: Target, seconds: float
) -> Iterator[str]:
    result = deployment.result
    count = len(result.changes)
    changes = f"deployed {count} change{'' if count == 1 else 's'}"
    headline = "nothing changed" if result.no_op else changes
    yield ""
    yield f"{click.style(headline, fg='green', bold=True)} in {seconds:.1f} s"
    yield f"  backend  {environment.told}"
    yield f"  account  {target.account} in {target.region}, {target.name}"
    yield f"  stack    {result.stack_name}"
    yield f"  outputs  {os.path.relpath(deployment.files[0])}"
