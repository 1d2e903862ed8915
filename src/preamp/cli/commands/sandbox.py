"""`preamp sandbox`: deploy the backend on this machine, and what is done with it afterwards."""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from preamp.cli import wiring
from preamp.cli.approving import approval_for
from preamp.cli.attaching import write_attachments
from preamp.cli.commands import secret
from preamp.cli.commands.denials import denials
from preamp.cli.commands.restore import reset, restore
from preamp.cli.completion import complete_path
from preamp.cli.confirming import confirm
from preamp.cli.deploying import confirm_deletion, tell_deletion, tell_deployment
from preamp.cli.environments import target_options
from preamp.cli.function_logs import LogOptions
from preamp.cli.options import (
    data_loss_option,
    identifier_option,
    json_option,
    log_options,
    outputs_options,
    path_argument,
    yes_option,
)
from preamp.cli.render import Silence, reporter_for
from preamp.cli.summary import write_summary

if TYPE_CHECKING:
    from preamp.cli.environments import AccountOptions
    from preamp.cli.session import Sandbox
    from preamp.sandbox.cloud import CloudStatus
    from preamp.sandbox.control import SandboxStatus
    from preamp.sandbox.outputs import OutputsRequest
    from preamp.sandbox.rounds import SessionOptions

_STRONGER: Final = re.compile(
    r"AWS_(SESSION_TOKEN|SECURITY_TOKEN|PROFILE|DEFAULT_PROFILE|ENDPOINT_URL_\w+"
    r"|IGNORE_CONFIGURED_ENDPOINT_URLS)"
)
"""Variables that would lead tools elsewhere in spite of ours, or be signed with our key."""


@click.group(
    name="sandbox",
    short_help="Your own deployment of the backend, on this machine or at AWS.",
    epilog="Example: preamp sandbox",
    invoke_without_command=True,
)
@click.option("--once", is_flag=True, help="Deploy once and return.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the local cloud.")
@click.option(
    "--debug-function",
    "debugged",
    multiple=True,
    metavar="PATH",
    shell_complete=complete_path,
    help="With --once: let the function at PATH wait for a debugger; may be given again.",
)
@click.option(
    "--dir-to-watch",
    "watched",
    type=click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True),
    help="Folder to watch; that of the backend file by default.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Files to pass over, as in a .gitignore; may be given more than once.",
)
@click.option("--no-iam", is_flag=True, help="Let every role do everything.")
@outputs_options
@log_options
@data_loss_option
@target_options
@identifier_option
@json_option
def command(
    *,
    once: bool,
    port: int | None,
    debugged: tuple[str, ...],
    watched: Path | None,
    exclude: tuple[str, ...],
    no_iam: bool,
    outputs: OutputsRequest,
    logs: LogOptions,
    allow_data_loss: bool,
    account: AccountOptions | None,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Deploy the backend to a local cloud on this machine, and again whenever a file is saved.

    No AWS account is needed. Ctrl-C stops it; everything in it is kept for the next time.
    With --target aws it is deployed to your account instead.
    """
    context = click.get_current_context()
    if context.invoked_subcommand:
        if account is not None:
            raise click.UsageError(
                f"--target goes behind the command: preamp sandbox {context.invoked_subcommand} …"
            )
        return
    if debugged and not once:
        raise click.UsageError(
            "--debug-function goes with --once; while the sandbox runs, say "
            "'preamp sandbox debug PATH' in another terminal"
        )
    if once and logs != LogOptions():
        raise click.UsageError(
            "logs are shown while the sandbox runs: --once goes without --stream-function-logs, "
            "--logs-filter and --logs-out-file; see 'preamp logs' for what was logged"
        )
    if account is not None and (port or no_iam or debugged):
        raise click.UsageError("--port, --no-iam and --debug-function are of the local cloud")
    from preamp.sandbox.rounds import SessionOptions

    options = SessionOptions(port, watched, exclude, allow_data_loss, not no_iam, outputs)
    if not once:
        from preamp.cli.session import run_session

        run_session(_sandbox(identifier, account), options, logs, as_json=as_json)
        return
    if account is not None:
        _deploy_to_aws(identifier, account, options, as_json=as_json)
        return
    started = time.monotonic()
    with reporter_for(as_json=as_json) as reporter:
        deploying = wiring.sandbox(identifier, reporter)
        approval = approval_for(reporter, allowed=allow_data_loss, as_json=as_json)
        deployment = deploying.deploy(
            port=port, approval=approval, enforce_iam=not no_iam, outputs=outputs
        )
        attachments = [deploying.debug(path) for path in debugged]
    sandbox = wiring.sandbox(identifier, Silence())
    write_summary(deployment, sandbox.place, time.monotonic() - started, as_json=as_json)
    write_attachments(attachments, sandbox.place, as_json=as_json)


def _sandbox(identifier: str | None, account: AccountOptions | None) -> Sandbox:
    """The sandbox that is meant, whose commands tell by themselves what happens."""
    if account is None:
        return wiring.sandbox(identifier, Silence())
    return wiring.cloud_sandbox(identifier, account, Silence())


def _deploy_to_aws(
    identifier: str | None,
    account: AccountOptions,
    options: SessionOptions,
    *,
    as_json: bool,
) -> None:
    started = time.monotonic()
    with reporter_for(as_json=as_json) as reporter:
        sandbox = wiring.cloud_sandbox(identifier, account, reporter)
        approval = approval_for(reporter, allowed=options.allow_data_loss, as_json=as_json)
        deployment = sandbox.deploy(approval=approval, outputs=options.outputs)
    seconds = time.monotonic() - started
    tell_deployment(deployment, sandbox.environment, sandbox.target, seconds, as_json=as_json)


@command.command(epilog="Example: preamp sandbox status --json")
@target_options
@identifier_option
@json_option
def status(*, account: AccountOptions | None, identifier: str | None, as_json: bool) -> None:
    """Say whether the sandbox runs and in what state it is."""
    told = (
        _public(wiring.sandbox(identifier, Silence()).status())
        if account is None
        else _public_at_aws(wiring.cloud_sandbox(identifier, account, Silence()).status())
    )
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):<13} {'-' if value is None else value}")


@command.command(
    short_help="Let a function wait for a debugger.",
    epilog="Example: preamp sandbox debug CustomNotifications/Publisher",
)
@path_argument
@click.option("--off", is_flag=True, help="Run it as always again.")
@identifier_option
@json_option
def debug(*, path: str, off: bool, identifier: str | None, as_json: bool) -> None:
    """Let the function at construct PATH wait for a debugger, from its next call on."""
    with reporter_for(as_json=as_json) as reporter:
        sandbox = wiring.sandbox(identifier, reporter)
        attachment = None if off else sandbox.debug(path)
        ended = off and sandbox.end_debugging(path)
    if attachment:
        write_attachments([attachment], sandbox.place, as_json=as_json)
    elif as_json:
        click.echo(json.dumps({"ended": ended}))
    else:
        click.echo("runs as always again" if ended else "it was not debugged")


@command.command(epilog="Example: preamp sandbox stop")
@target_options
@identifier_option
@json_option
def stop(*, account: AccountOptions | None, identifier: str | None, as_json: bool) -> None:
    """Stop the sandbox; what is in it stays for the next start.

    On this machine the local cloud ends with its session; at AWS the session alone does.
    """
    stopped = _sandbox(identifier, account).stop()
    if as_json:
        click.echo(json.dumps({"stopped": stopped}))
    else:
        click.echo("stopped" if stopped else "the sandbox was not running")


@command.command(epilog="Example: preamp sandbox delete --yes")
@yes_option
@target_options
@identifier_option
@json_option
def delete(
    *, yes: bool, account: AccountOptions | None, identifier: str | None, as_json: bool
) -> None:
    """Delete every resource of the sandbox with all data in it."""
    if account is not None:
        _delete_at_aws(identifier, account, yes=yes, as_json=as_json)
        return
    place = wiring.sandbox(identifier, Silence()).place
    exists = place.directory.exists()
    if exists and not yes:
        confirm(f"Delete the sandbox {place.identifier!r} with all its data?")
    with reporter_for(as_json=as_json) as reporter:
        wiring.sandbox(identifier, reporter).delete()
    if as_json:
        click.echo(json.dumps({"deleted": exists}))
    else:
        done = "deleted the sandbox" if exists else "there is no sandbox"
        click.echo(f"{done} {place.identifier!r}")


def _delete_at_aws(
    identifier: str | None, account: AccountOptions, *, yes: bool, as_json: bool
) -> None:
    with reporter_for(as_json=as_json) as reporter:
        sandbox = wiring.cloud_sandbox(identifier, account, reporter)
        if not yes:
            confirm_deletion(sandbox.environment, sandbox.target)
        deleted = sandbox.delete()
    tell_deletion(sandbox.environment, deleted=deleted, as_json=as_json)


@command.command(
    short_help="Print variables that point AWS tools at the sandbox.",
    epilog='Example: eval "$(preamp sandbox env)" && aws s3 ls',
)
@identifier_option
@json_option
def env(*, identifier: str | None, as_json: bool) -> None:
    """Print variables that point any AWS tool at the sandbox, for the shell to take over."""
    variables = wiring.sandbox(identifier, Silence()).variables()
    if as_json:
        click.echo(json.dumps(variables, indent=2))
        return
    for name in sorted(filter(_STRONGER.fullmatch, os.environ)):
        click.echo(f"unset {name}")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


command.add_command(denials)
command.add_command(reset)
command.add_command(restore)
command.add_command(secret.command)


def _public_at_aws(status: CloudStatus) -> dict[str, object]:
    found = asdict(status)
    session = found.pop("session")
    return {**found, **_of_session(session)}


def _public(status: SandboxStatus) -> dict[str, object]:
    """What may be shown of a status: no keys."""
    found = asdict(status)
    connection, session = found.pop("connection"), found.pop("session")
    return {
        "running": connection is not None,
        "endpoint": connection and connection["endpoint"],
        "pid": connection and connection["pid"],
        "enforces_iam": connection and connection["enforces_iam"],
        **found,
        **_of_session(session),
    }


def _of_session(session: dict[str, object] | None) -> dict[str, object]:
    return {
        "session": session and session["state"],
        "session_pid": session and session["pid"],
        "error": session and session["error"],
    }
