"""A terminal: runs a program on one, and tells what is to be read on it afterwards."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROWS: Final = 40
COLUMNS: Final = 80
_PIECE: Final = re.compile(r"\x1b\[(?P<number>[0-9;?]*)(?P<code>[A-Za-z])|\r|\n|[^\x1b\r\n]+|\x1b.")


def on_terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a program on a pseudo-terminal to its good end; return all it wrote to it."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    running = subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "TERM": "xterm-256color"},
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    written = bytearray()
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # the other side was closed: the program has ended
            break
        if not part:
            break
        written += part
    os.close(main)
    assert running.wait() == 0, written.decode()
    return written.decode()


def readable(written: str) -> list[str]:
    """The lines that are left of what a program wrote: the screen and what was scrolled off it.

    Knows the controls that redrawing needs: up, erase a line, and back to its start.
    """
    lines, row, column = [""], 0, 0
    for piece in _PIECE.finditer(written):
        text = piece[0]
        if text == "\r":
            column = 0
        elif text == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif piece["code"] == "A":
            row = max(0, row - int(piece["number"] or 1))
        elif piece["code"] == "K":
            lines[row] = ""
        elif not text.startswith("\x1b"):
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text) :]
            column += len(text)
    return lines
