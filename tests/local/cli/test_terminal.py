"""What a deployment looks like on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

from tests.local.cli.commandline import command, environment

if TYPE_CHECKING:
    from tests.local.cli.commandline import Project

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
BACKEND = """
from aws_cdk import aws_sqs as sqs
from preamp import define_backend
print("hello")
sqs.Queue(define_backend().create_stack("jobs"), "Queue")
"""


def on_terminal(project: Project, *words: str) -> str:
    """Run a command on a pseudo-terminal; return all it wrote to it."""
    main, side = pty.openpty()
    running = subprocess.Popen(
        command(*words),
        cwd=project.folder,
        env={**environment(), "TERM": "xterm-256color", "COLUMNS": "80"},
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    written = bytearray()
    while True:
        try:
            part = os.read(main, 4096)
        except OSError:  # the other side was closed: the command has ended
            break
        if not part:
            break
        written += part
    os.close(main)
    assert running.wait() == 0, written.decode()
    return written.decode()


def test_a_live_picture_while_working_and_a_record_that_stays(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    written = on_terminal(project, "sandbox", "--once")
    assert "\x1b[?25l" in written
    plain = _CONTROL.sub("", written).replace("\r", "")
    assert "synthesizing (" in plain
    for line in ("hello", "jobs", "  ✓ Queue  SQS::Queue  created", "deployed 2 changes"):
        assert line in plain
    assert written.rstrip().endswith("preamp sandbox stop")
