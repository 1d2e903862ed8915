"""How much memory a running session takes, with all that it started, and who has it."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import suppress
from typing import Final

import psutil

from preamp.contract.node import node_binary

_MEGABYTE: Final = 1e6
_ENGINE: Final = "bootstrap.py"
_VALIDATOR: Final = "validate.cjs"


def memory_of(pid: int) -> dict[str, float]:
    """Megabytes by who has them; what processes share is counted in parts (PSS).

    Args:
        pid: The session's process.
    """
    session = psutil.Process(pid)
    found: defaultdict[str, float] = defaultdict(float)
    for process in _processes(session):
        found[_name(process, session)] += megabytes_of(process)
    return dict(found)


def wait_for_rest(pid: int, patience: float = 90.0) -> None:
    """Wait until what is only there for a while has ended: the template validator.

    Args:
        pid: The session's process.
        patience: Seconds to wait at most.
    """
    session, latest = psutil.Process(pid), time.monotonic() + patience
    while any(_is(each, _VALIDATOR) for each in _processes(session)):
        if time.monotonic() > latest:
            return
        time.sleep(1)


def _processes(session: psutil.Process) -> set[psutil.Process]:
    """The session's own, the engine, which may be nobody's child, and all that they started."""
    engines = [
        process
        for process in psutil.process_iter(["cwd"])
        if _is(process, _ENGINE) and (process.info["cwd"] or "").startswith(session.cwd())
    ]
    return {each for root in (session, *engines) for each in (root, *root.children(recursive=True))}


def _is(process: psutil.Process, program: str) -> bool:
    with suppress(psutil.Error):
        return any(word.endswith(program) for word in process.cmdline())
    return False


def _name(process: psutil.Process, session: psutil.Process) -> str:
    if process == session:
        return "session"
    if _is(process, _ENGINE):
        return "engine"
    if any(_is(each, _ENGINE) for each in process.parents()):
        return "functions' environments, and what waits to be one"
    if _is(process, _VALIDATOR):
        return "template validator"
    is_node = process.exe() == str(node_binary().resolve())
    return "Node of the synthesis" if is_node else "Python of the synthesis"


def megabytes_of(process: psutil.Process) -> float:
    """Megabytes of one process; what it shares counts in part."""
    try:
        return float(process.memory_full_info().pss) / _MEGABYTE
    except (AttributeError, psutil.Error):  # no PSS on this system, or it has just ended
        return 0.0
