"""The `preamp` command and the one place where errors end."""

from __future__ import annotations

import gc
import sys
import traceback
from typing import TYPE_CHECKING, Final

import click

from preamp.contract.unexpected import unexpected
from preamp.errors import PreampError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEBUG: Final = "--debug"
_INTERRUPTED: Final = 130
_EPILOG: Final = "Start with: preamp init shop"

_COMMANDS: Final = {
    "deploy": "Deploy the backend to AWS.",
    "destroy": "Delete a backend at AWS with all its data.",
    "diff": "Show what a deployment to AWS would change.",
    "generate": "Files that frontends need.",
    "info": "Versions and paths, for a bug report.",
    "init": "Start a project, or add a backend to one.",
    "invoke": "Invoke a function of the sandbox.",
    "logs": "Show what functions logged.",
    "mail": "Show e-mails the sandbox accepted.",
    "pipeline-deploy": "Deploy a branch of an Amplify app, in CI.",
    "sandbox": "Your own deployment of the backend, on this machine.",
    "synth": "Write the cloud assembly.",
}


class _Verbs(click.Group):
    """The commands, each imported only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        module = cmd_name.replace("-", "_")
        command: click.Command = import_module(f"preamp.cli.commands.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Verbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="preamp")
@click.option(_DEBUG, is_flag=True, help="Show whole tracebacks of errors.")
def preamp(*, debug: bool) -> None:
    """AWS Amplify Gen 2 for Python: a whole backend in Python, live on this machine."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 if all is well, 1 if the user's backend or input is wrong, 2 for a wrong command
        line, 3 if preamp is at fault, 130 after Ctrl-C.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # wherever it stands: nobody remembers before which word a global option goes
    words = [word for word in given if word != _DEBUG]
    try:
        status = preamp.main(args=words, prog_name="preamp", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("\ninterrupted\n")
        return _INTERRUPTED
    except PreampError as error:
        return _fail(error, given)
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is not ours is our fault
        return _fail(unexpected(error), given)
    return status if isinstance(status, int) else 0


def run() -> None:
    """The process `preamp`: run the command line and end."""
    status = main()
    # nothing made here needs collecting any more: without this the end takes 0.1 s
    gc.freeze()
    sys.exit(status)


def _fail(error: PreampError, words: Sequence[str]) -> int:
    from preamp.cli.errors import write_error

    write_error(error, as_json="--json" in words)
    if _DEBUG in words:
        sys.stderr.write("".join(traceback.format_exception(error)))
    return error.exit_status


if __name__ == "__main__":
    run()
