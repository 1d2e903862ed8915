"""Leaving a session at once: what its terminal is like afterwards."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios

SESSION = """
import signal
from preamp.cli.keys import Keys
from preamp.cli.session import until_interrupted

with Keys() as keys, until_interrupted(keys, lambda: None):
    assert keys.there
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
print("the body went on")
"""


def test_a_second_interrupt_gives_the_terminal_back() -> None:
    main, side = pty.openpty()
    try:
        before = termios.tcgetattr(side)
        left = subprocess.run(
            [sys.executable, "-c", SESSION], stdin=side, capture_output=True, text=True, check=False
        )
        assert (left.returncode, left.stdout) == (130, ""), left.stderr
        assert termios.tcgetattr(side) == before
    finally:
        os.close(main)
        os.close(side)
