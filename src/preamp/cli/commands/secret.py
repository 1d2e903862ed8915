"""`preamp sandbox secret`: the secrets of a sandbox. A value is never an argument."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from preamp.cli import wiring
from preamp.cli.confirming import confirm
from preamp.cli.environments import target_options
from preamp.cli.options import identifier_option, json_option, yes_option
from preamp.cli.render import PlainLines
from preamp.contract.secret_names import check_secret_name
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.cli.environments import AccountOptions
    from preamp.sandbox.secrets import SecretStore, StoredSecret


@click.group(
    name="secret",
    short_help="Secrets that the backend's definition names.",
    epilog="Example: preamp sandbox secret set API_KEY",
)
def command() -> None:
    """Set, show and remove the secrets that the backend's definition names."""


@command.command(
    name="set",
    short_help="Store a secret; its value is asked for.",
    epilog="Example: pass show api-key | preamp sandbox secret set API_KEY",
)
@click.argument("name")
@target_options
@identifier_option
@json_option
def set_command(
    *, name: str, account: AccountOptions | None, identifier: str | None, as_json: bool
) -> None:
    """Store the secret NAME; its value is asked for, or read from standard input.

    What uses it gets the new value with the next deployment.
    """
    check_secret_name(name)
    value = _given_value(name)
    stored = _secrets(identifier, account).set(name, value)
    if as_json:
        click.echo(json.dumps(_told(stored)))
    else:
        click.echo(f"set {name}")


@command.command(name="get", epilog="Example: preamp sandbox secret get API_KEY --json")
@click.argument("name")
@target_options
@identifier_option
@json_option
def get_command(
    *, name: str, account: AccountOptions | None, identifier: str | None, as_json: bool
) -> None:
    """Show the secret NAME with its value."""
    stored = _secrets(identifier, account).get(name)
    told = {**_told(stored), "value": stored.value}
    if as_json:
        click.echo(json.dumps(told))
        return
    for key, shown in told.items():
        click.echo(f"{key.replace('_', ' '):<13} {shown}")


@command.command(name="list", epilog="Example: preamp sandbox secret list")
@target_options
@identifier_option
@json_option
def list_command(*, account: AccountOptions | None, identifier: str | None, as_json: bool) -> None:
    """List the names of all secrets."""
    names = _secrets(identifier, account).names()
    if as_json:
        click.echo(json.dumps(names))
        return
    for name in names:
        click.echo(name)
    if not names:
        click.echo("no secrets yet", err=True)


@command.command(name="remove", epilog="Example: preamp sandbox secret remove API_KEY")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Remove all secrets of the sandbox.")
@yes_option
@target_options
@identifier_option
@json_option
def remove_command(
    *,
    name: str | None,
    every: bool,
    yes: bool,
    account: AccountOptions | None,
    identifier: str | None,
    as_json: bool,
) -> None:
    """Forget the secret NAME, or all with --all, which asks first."""
    if (name is None) != every:
        raise click.UsageError("name one secret, or say --all")
    secrets = _secrets(identifier, account)
    names = secrets.names() if name is None else [name]
    if name is None and names and not yes:
        confirm(f"Remove {', '.join(names)}?")
    for each in names:
        secrets.remove(each)
        if not as_json:
            click.echo(f"removed {each}")
    if as_json:
        click.echo(json.dumps({"removed": names}))


def _secrets(identifier: str | None, account: AccountOptions | None) -> SecretStore:
    if account is not None:
        return wiring.cloud_sandbox(identifier, account, PlainLines()).secrets()
    # what a script reads is the answer alone: how the local cloud starts goes to stderr
    return wiring.sandbox(identifier, PlainLines()).secrets()


def _given_value(name: str) -> str:
    if sys.stdin.isatty():
        value: str = click.prompt(f"Value of {name}", hide_input=True, err=True)
        return value
    try:
        given = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise UserError(
            "InvalidSecretValueError",
            f"the value for the secret {name!r} is no text in UTF-8",
            "encode it, for example with base64",
        ) from None
    # One line's end is the shell's; more, as a key file may have, are the value's own.
    return given.removesuffix("\n").removesuffix("\r")


def _told(stored: StoredSecret) -> dict[str, object]:
    """What may be shown of a secret."""
    return {
        "name": stored.name,
        "version": stored.version,
        "last_updated": stored.last_updated.isoformat(timespec="milliseconds"),
    }
