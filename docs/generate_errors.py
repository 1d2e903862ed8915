"""Writes errors.md from the table of error codes: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from preamp.errors import CODES

_HEAD = """# Errors

Every error has a stable code, shown in brackets, a message and a hint that says what to do.
A code ending in `Error` is something you can mend; one ending in `Fault` is ours: please report
it with the output of `preamp info`. `--debug` shows the whole traceback, and with `--json` the
error is a JSON object on standard output.

| exit status | meaning |
|---|---|
| 0 | all is well |
| 1 | something of yours needs mending: the backend, a handler, an argument |
| 2 | the command line was not understood |
| 3 | a fault of preamp |
| 130 | interrupted |

| code | when |
|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (f"| `{code}` | {meaning} |\n" for code, meaning in CODES.items())
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    place = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("errors.md")
    Path(place).write_text(page(), encoding="utf-8")
