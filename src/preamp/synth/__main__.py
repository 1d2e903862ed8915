"""The synth child: one request on stdin, events and at most one error as JSON lines on stdout.

What the user's code prints goes to stderr, which the parent shows line by line. With the argument
``standby`` the child warms up before it reads its request; with ``serve`` and the number of a
socket it serves one request after the other, each in a child of its own.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from preamp.synth import run

if TYPE_CHECKING:
    from preamp.synth.kernel import Kernel

_GARBAGE: Final = 500_000
"""How many new objects make Python look for garbage, of which a synthesis makes little."""


def main() -> int:
    """Do what the arguments say; exit status as that of the error, 0 without one."""
    gc.set_threshold(_GARBAGE)
    arguments = sys.argv[1:]
    del sys.argv[1:]
    match arguments:
        case ["serve", number]:
            from preamp.synth.server import serve

            return serve(int(number))
        case ["standby"]:
            from preamp.synth.standby import warm_up_until_asked

            return _answer(warm_up_until_asked())
        case _:
            return _answer(None)


def _answer(prepared: Kernel | None) -> int:
    request = run.read_request()
    if request is None:
        return 0
    parent = run.take_stdin()
    answered = threading.Event()
    threading.Thread(target=_end_with, args=(parent, answered), daemon=True).start()
    status = run.answer(request, run.LineReporter(run.take_stdout()), prepared)
    answered.set()
    if status == 0:
        from preamp.synth.kernel import let_index_finish

        let_index_finish()
    return status


def _end_with(parent: int, answered: threading.Event) -> None:
    """End when the parent does, unless it has its answer already."""
    while os.read(parent, 1):
        continue
    if not answered.is_set():
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
