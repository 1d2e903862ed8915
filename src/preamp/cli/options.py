"""Options that several commands share, each defined once."""

from __future__ import annotations

import click

from preamp.cli.completion import complete_identifier, complete_path

identifier_option = click.option(
    "--identifier",
    metavar="NAME",
    help="Which sandbox of the project; your user name by default.",
    shell_complete=complete_identifier,
)

path_argument = click.argument("path", shell_complete=complete_path)

json_option = click.option("--json", "as_json", is_flag=True, help="JSON for scripts, on stdout.")

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")

data_loss_option = click.option(
    "--allow-data-loss",
    is_flag=True,
    help="Let a change delete tables, buckets, user pools that hold data, without asking.",
)
