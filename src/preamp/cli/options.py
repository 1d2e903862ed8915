"""Options that several commands share, each defined once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from preamp.cli.completion import complete_identifier, complete_path
from preamp.cli.function_logs import LogOptions
from preamp.cli.patterns import compiled
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


def approval_option(default: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The option that says what needs somebody's agreement.

    Args:
        default: What does if nothing is said.
    """
    return click.option(
        "--require-approval",
        type=click.Choice(("never", "broadening", "any-change")),
        default=default,
        show_default=True,
        help="Ask before permissions widen, before any change, or never.",
    )


outputs_folder_option = click.option(
    "--outputs-out-dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=".",
    help="Folder of the outputs file; the working directory by default.",
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


def outputs_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that say how a sandbox's outputs are wanted, as one argument ``outputs``."""

    @functools.wraps(command)
    def with_outputs(*arguments: P.args, **options: P.kwargs) -> R:
        from preamp.sandbox.outputs import OutputsRequest

        given: dict[str, Any] = options
        outputs = OutputsRequest(given.pop("form"), given.pop("outputs_directory"))
        return command(*arguments, **{**options, "outputs": outputs})  # type: ignore[arg-type]

    return form_options(_sandbox_folder_option(with_outputs))


def log_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that say which logs a session shows, as one argument ``logs``.

    Amplify: "Streaming logs".
    """

    @functools.wraps(command)
    def with_logs(*arguments: P.args, **options: P.kwargs) -> R:
        given: dict[str, Any] = options
        logs = LogOptions(
            given.pop("stream_function_logs"),
            tuple(compiled("--logs-filter", each) for each in given.pop("logs_filter")),
            given.pop("logs_out_file"),
        )
        return command(*arguments, **{**options, "logs": logs})  # type: ignore[arg-type]

    for option in (_log_file_option, _log_filter_option, _stream_option):
        option(with_logs)
    return with_logs


_sandbox_folder_option = click.option(
    "--outputs-out-dir",
    "outputs_directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    help="Folder of the outputs file; that of the project by default.",
)

_stream_option = click.option(
    "--stream-function-logs",
    is_flag=True,
    help="Show what functions log from the beginning on, as the key l does.",
)

_log_filter_option = click.option(
    "--logs-filter",
    multiple=True,
    metavar="REGEX",
    help="Only logs of functions whose name or path matches; may be given again.",
)

_log_file_option = click.option(
    "--logs-out-file",
    type=click.Path(dir_okay=False, path_type=Path, resolve_path=True),
    help="Add the logs to this file instead of showing them.",
)

_format_option = click.option(
    "--format",
    "--outputs-format",
    "format",
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
