"""Options that several commands share, each defined once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from preamp.cli.completion import complete_identifier, complete_path
from preamp.contract.entries import DEFAULT_OUTPUTS_VERSION
from preamp.outputs.formats import DEFAULT_FORMAT, FORMATS
from preamp.outputs.versions import VERSIONS
from preamp.outputs.writing import OutputsForm

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

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


def form_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that say in which form the outputs are wanted, as one argument ``form``."""

    @functools.wraps(command)
    def with_form(*arguments: P.args, **options: P.kwargs) -> R:
        form = OutputsForm(str(options.pop("format")), str(options.pop("outputs_version")))
        return command(*arguments, **{**options, "form": form})  # type: ignore[arg-type]

    for option in (_version_option, _format_option):
        option(with_form)
    return with_form


_format_option = click.option(
    "--format",
    type=click.Choice(FORMATS),
    default=DEFAULT_FORMAT,
    show_default=True,
    help="Format of the outputs file.",
)

_version_option = click.option(
    "--outputs-version",
    type=click.Choice(VERSIONS),
    default=DEFAULT_OUTPUTS_VERSION,
    show_default=True,
    help="Its version; 0 is the classic amplifyconfiguration.",
)
