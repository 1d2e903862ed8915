"""A synth child that has done all it can before it is asked; it serves one request."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from preamp.synth import kernel, warm_up
from preamp.synth.kernel import DirectKernel

if TYPE_CHECKING:
    from preamp.synth.kernel import Kernel


def warm_up_until_asked() -> Kernel:
    """Warm up until there is something on stdin, or nothing left to do; the kernel."""
    prepared = kernel.prepare(Path.cwd())
    # what fails here fails again when it is asked, and is told then
    with suppress(Exception):
        warm_up.load()
        for step in warm_up.steps():
            if _is_asked():
                break
            step()
    if isinstance(prepared, DirectKernel):
        prepared.begin_run()
    return prepared


def _is_asked() -> bool:
    # on Windows only sockets can be looked at without waiting
    return os.name == "posix" and bool(select.select([0], [], [], 0)[0])
