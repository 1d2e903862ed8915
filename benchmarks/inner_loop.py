"""``preamp sandbox``: from saving a file to what was saved being live.

The time of a save runs from before the file is written, in the process that writes it, to the
session's word that everything is deployed and the outputs are written. Beside each stands what a
developer has without a session: the same edit and ``preamp sandbox --once``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Samples, row, title, verdict
from benchmarks.running_session import session
from benchmarks.session_memory import memory_of, wait_for_rest
from benchmarks.workbench import edit

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.workbench import Workbench

_IDENTIFIER: Final = "loop"
_LARGE: Final = "large"
_STACKS: Final = 20
_QUEUES: Final = 25
_PUBLISHER: Final = "CustomNotifications/Publisher"
_EVENT: Final = '{"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}'
_BETWEEN_SAVES: Final = 1.0
_GOAL: Final = 0.4
_START_GOAL: Final = 3.0
_LARGE_GOAL: Final = 2.0
_MEMORY_GOAL: Final = 500.0
LARGE_SIZE: Final = f"{_STACKS} stacks, {_STACKS * _QUEUES} resources"
LARGE_BACKEND: Final = f"""
from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from preamp import define_backend
backend = define_backend()
for number in range({_STACKS}):
    stack = backend.create_stack(f"stack{{number}}")
    for each in range({_QUEUES}):
        sqs.Queue(stack, f"Queue{{each}}")
sqs.Queue(backend.create_stack("edited"), "Queue", retention_period=Duration.seconds(60))
"""


def measure(bench: Workbench, rounds: int) -> None:
    """Measure and print.

    Args:
        bench: Has the example.
        rounds: How often a file is saved; starts are half as many.
    """
    title("The inner loop: preamp sandbox")
    once = Samples([_once(bench) for _ in range(max(1, rounds // 2))])
    live = _saves(bench, bench.project, _IDENTIFIER, bench.backend, rounds)
    row("one property of the example, save to live, p50", live, verdict(live.median, _GOAL))
    row("  the same edit, preamp sandbox --once", once)
    starts = Samples([_start(bench) for _ in range(max(1, rounds // 2))])
    row("start on a deployed project, to ready", starts, verdict(starts.median, _START_GOAL))
    _measure_memory(bench)
    _measure_large(bench, rounds)


def _measure_large(bench: Workbench, rounds: int) -> None:
    folder = bench.folder / _LARGE
    backend = folder / "amplify" / "backend.py"
    backend.parent.mkdir(parents=True)
    backend.write_text(LARGE_BACKEND)
    live = _saves(bench, folder, _LARGE, backend, rounds)
    row(f"{LARGE_SIZE}, save to live, p50", live, verdict(live.median, _LARGE_GOAL))


def _once(bench: Workbench) -> float:
    edit(bench.backend, next(bench.values))
    return bench.sandbox(_IDENTIFIER).seconds


def _saves(bench: Workbench, folder: Path, identifier: str, backend: Path, rounds: int) -> Samples:
    taken = Samples()
    with session(bench, folder, identifier) as running:
        running.until_live()
        for number in range(rounds + 1):
            # nobody saves again within a second; what follows a save at low priority has its time
            time.sleep(_BETWEEN_SAVES)
            began = time.perf_counter()
            edit(backend, next(bench.values))
            running.until_live()
            if number:  # the first round after a start finds less that is warm
                taken.seconds.append(time.perf_counter() - began)
    return taken


def _start(bench: Workbench) -> float:
    began = time.perf_counter()
    with session(bench, bench.project, _IDENTIFIER) as running:
        running.until_live()
        return time.perf_counter() - began


def _measure_memory(bench: Workbench) -> None:
    """Everything at rest, after an edit was deployed and each function was called once."""
    with session(bench, bench.project, _IDENTIFIER) as running:
        running.until_live()
        edit(bench.backend, next(bench.values))
        running.until_live()
        invoke = bench.preamp("invoke", _PUBLISHER, "--event", _EVENT, "--identifier", _IDENTIFIER)
        bench.time(invoke, bench.project)
        wait_for_rest(running.pid)
        parts = memory_of(running.pid)
    whole = sum(parts.values())
    met = "PASS" if whole <= _MEMORY_GOAL else "over goal"
    row("memory of everything at rest", f"{whole:.0f} MB", f"goal {_MEMORY_GOAL:.0f} MB: {met}")
    for name, megabytes in sorted(parts.items(), key=lambda part: -part[1]):
        row(f"  {name}", f"{megabytes:.0f} MB")
