"""What a deployment looks like on a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.local.cli.commandline import command, environment
from tests.terminal import on_terminal

if TYPE_CHECKING:
    from tests.local.cli.commandline import Project

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
BACKEND = """
from aws_cdk import aws_sqs as sqs
from preamp import define_backend
print("hello")
sqs.Queue(define_backend().create_stack("jobs"), "Queue")
"""


def test_a_live_picture_while_working_and_a_record_that_stays(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    written = on_terminal(command("sandbox", "--once"), project.folder, environment())
    assert "\x1b[?25l" in written
    plain = _CONTROL.sub("", written).replace("\r", "")
    assert "synthesizing (" in plain
    for line in ("hello", "jobs", "  ✓ Queue  SQS::Queue  created", "deployed 2 changes"):
        assert line in plain
    assert written.rstrip().endswith("preamp sandbox stop")
