"""The live picture of a deployment, on a terminal of its own."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tests.terminal import on_terminal, readable

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 600
STACKS = 3
# threads take turns often, so that few redrawings meet many lines
PROGRAM = f"""
import sys
from preamp.cli.live import LiveTree
from preamp.events import ResourceChanged

sys.setswitchinterval(1e-5)
with LiveTree() as tree:
    for round in range({ROUNDS}):
        for progress in ("started", "done"):
            for stack in range({STACKS}):
                path = f"Stack{{stack}}/Round{{round}}"
                tree.report(ResourceChanged(path, "AWS::SQS::Queue", "create", progress))
"""


def test_redrawing_the_tree_loses_none_of_the_lines_above_it(tmp_path: Path) -> None:
    written = on_terminal([sys.executable, "-c", PROGRAM], tmp_path, os.environ)
    assert "└── " in written, "there was a tree"
    lines = [line for line in readable(written) if "created" in line]
    assert len(lines) == ROUNDS * STACKS
