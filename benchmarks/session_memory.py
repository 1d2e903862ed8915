"""How much memory a running session takes, with all that it started, and who has it."""

from __future__ import annotations

from collections import defaultdict

import psutil

from preamp.contract.node import node_binary

_MEGABYTE = 1e6


def memory_of(pid: int) -> dict[str, float]:
    """Megabytes by who has them; what processes share is counted in parts (PSS).

    Args:
        pid: The session's process; the engine, which is not its child, is found by the project.
    """
    session = psutil.Process(pid)
    engines = [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if _is_engine(process) and (process.info["cwd"] or "").startswith(session.cwd())
    ]
    found: defaultdict[str, float] = defaultdict(float)
    for process in (session, *engines):
        for each in (process, *process.children(recursive=True)):
            found[_name(each, session, engines)] += megabytes_of(each)
    return dict(found)


def _is_engine(process: psutil.Process) -> bool:
    return any(word.endswith("bootstrap.py") for word in process.info["cmdline"] or ())


def _name(process: psutil.Process, session: psutil.Process, engines: list[psutil.Process]) -> str:
    if process == session:
        return "session"
    if process in engines:
        return "engine"
    if session not in process.parents():
        return "functions' environments, and what waits to be one"
    if any(word.endswith("validate.cjs") for word in process.cmdline()):
        return "template validator"
    is_node = process.exe() == str(node_binary().resolve())
    return "Node of the synthesis" if is_node else "Python of the synthesis"


def megabytes_of(process: psutil.Process) -> float:
    """Megabytes of one process; what it shares counts in part."""
    try:
        return float(process.memory_full_info().pss) / _MEGABYTE
    except (AttributeError, psutil.Error):  # no PSS on this system, or it has just ended
        return 0.0
