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


WHOLE = """
from preamp.cli.live import LiveTree
from preamp.events import ResourceChanged

STACK = "AWS::CloudFormation::Stack"
with LiveTree() as tree:
    for stack, count, last, action in (
        ("Few", 2, "done", "create"),
        ("Many", 9, "done", "create"),
        ("Broken", 9, "failed", "create"),
        ("Many", 9, "done", "delete"),
        ("Many", 1, "done", "update"),
    ):
        def tell(path, progress, kind="AWS::SQS::Queue"):
            tree.report(ResourceChanged(path, kind, action, progress, reason="it is too much"))

        tell(stack, "started", STACK)
        for number in range(count):
            tell(f"{stack}/Queue{number}", "started")
            tell(f"{stack}/Queue{number}", last if number == count - 1 else "done")
        tell(stack, last, STACK)
"""


def test_a_stack_that_comes_or_goes_with_many_resources_is_one_line(tmp_path: Path) -> None:
    written = on_terminal([sys.executable, "-c", WHOLE], tmp_path, os.environ)
    lines = [line.strip() for line in readable(written) if line.strip()]
    assert lines == [
        "Few",
        "✓ Queue0  SQS::Queue  created",
        "✓ Queue1  SQS::Queue  created",
        "✓ Few  CloudFormation::Stack  created",
        "✓ Many  9 resources created",
        "Broken",
        "✗ Queue8  SQS::Queue  create failed",
        "it is too much",
        "✗ Broken  CloudFormation::Stack  create failed",
        "it is too much",
        "✓ Many  9 resources deleted",
        "Many",
        "✓ Queue0  SQS::Queue  updated",
        "✓ Many  CloudFormation::Stack  updated",
    ]
