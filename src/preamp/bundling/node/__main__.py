"""The command `esbuild`, for whoever looks for one on the PATH, as the CDK's `NodejsFunction` does.

Started as ``python -m preamp.bundling.node ARGUMENTS`` in the folder of the project.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from preamp.bundling.node.esbuild import find_esbuild
from preamp.contract.node import node_binary
from preamp.errors import PreampError
from preamp.events import StageStarted

if TYPE_CHECKING:
    from preamp.events import Event


class _Telling:
    """Says on standard error that something is fetched."""

    def report(self, event: Event) -> None:
        """Say it."""
        if isinstance(event, StageStarted):
            sys.stderr.write(f"fetching {event.stage}\n")


def main(arguments: list[str]) -> int:
    """Run esbuild.

    Args:
        arguments: esbuild's own.

    Returns:
        Its exit status.
    """
    try:
        program = find_esbuild(Path.cwd(), _Telling()).package / "bin" / "esbuild"
        # npm may have put the executable itself in the script's place
        is_script = program.read_bytes()[:2] == b"#!"
        command = [str(node_binary()), str(program)] if is_script else [str(program)]
    except (PreampError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return subprocess.run([*command, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
