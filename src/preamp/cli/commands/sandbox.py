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
from preamp.cli.function_logs import LogOptions
from preamp.cli.options import (
    data_loss_option,
    form_options,
    identifier_option,
    json_option,
    log_options,
    path_argument,
    yes_option,
)
from preamp.cli.render import Silence, reporter_for
from preamp.cli.summary import write_summary

if TYPE_CHECKING:
    from preamp.outputs.writing import OutputsForm
    from preamp.sandbox.control import SandboxStatus

_STRONGER: Final = re.compile(
    r"AWS_(SESSION_TOKEN|SECURITY_TOKEN|PROFILE|DEFAULT_PROFILE|ENDPOINT_URL_\w+"
    r"|IGNORE_CONFIGURED_ENDPOINT_URLS)"
)
"""Variables that would lead tools elsewhere in spite of ours, or be signed with our key."""


@click.group(
    name="sandbox",
    short_help="Your own deployment of the backend, on this machine.",
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
@form_options
@click.option(
    "--outputs-out-dir",
    "outputs_directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    help="Folder of the outputs file; that of the project by default.",
)
@log_options
@data_loss_option
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
    form: OutputsForm,
    outputs_directory: Path | None,
    logs: LogOptions,
    allow_data_loss: bool,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Deploy the backend to a local cloud on this machine, and again whenever a file is saved.

    No AWS account is needed. Ctrl-C stops it; everything in it is kept for the next time.
    """
    if click.get_current_context().invoked_subcommand:
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
    from preamp.sandbox.outputs import OutputsRequest

    outputs = OutputsRequest(form, outputs_directory)
    if not once:
        from preamp.cli.session import run_session
        from preamp.sandbox.rounds import SessionOptions

        options = SessionOptions(port, watched, exclude, allow_data_loss, not no_iam, outputs)
        run_session(wiring.sandbox(identifier, Silence()), options, logs, as_json=as_json)
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


@command.command(epilog="Example: preamp sandbox status --json")
@identifier_option
@json_option
def status(*, identifier: str | None, as_json: bool) -> None:
    """Say whether the sandbox runs and in what state it is."""
    found = wiring.sandbox(identifier, Silence()).status()
    if as_json:
        click.echo(json.dumps(_public(found), indent=2))
        return
    for name, value in _public(found).items():
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
@identifier_option
@json_option
def stop(*, identifier: str | None, as_json: bool) -> None:
    """Stop the local cloud; what is in it stays for the next start."""
    stopped = wiring.sandbox(identifier, Silence()).stop()
    if as_json:
        click.echo(json.dumps({"stopped": stopped}))
    else:
        click.echo("stopped" if stopped else "the sandbox was not running")


@command.command(epilog="Example: preamp sandbox delete --yes")
@yes_option
@identifier_option
@json_option
def delete(*, yes: bool, identifier: str | None, as_json: bool) -> None:
    """Delete every resource of the sandbox with all data in it."""
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
        "session": session and session["state"],
        "session_pid": session and session["pid"],
        "error": session and session["error"],
    }
