"""From an edit of the definition to the assembly on disk: warm, and in a new process each time.

Measured within the process that holds the warm one, as the inner loop does: from the moment the
file is written to the new assembly being in its place. How soon an edit is noticed, and what its
deployment takes, is measured with the inner loop.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import psutil

from benchmarks.figures import Samples, row, title, verdict
from benchmarks.inner_loop import LARGE_BACKEND, LARGE_SIZE
from benchmarks.session_memory import megabytes_of
from benchmarks.workbench import edit
from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.assembly.warm import WarmSynthesizer
from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.workbench import Workbench
    from preamp.assembly.synthesizer import Synthesizer
    from preamp.events import Event

_WHOSE: Final = BackendId("bench", "me", "sandbox")
_PATIENCE: Final = 120.0
_GOAL: Final = 0.1
_LARGE_GOAL: Final = 0.4
_OFFICIAL: Final = "0.76 s, and 7 s of type check"


def measure(bench: Workbench, rounds: int) -> None:
    """Measure and print.

    Args:
        bench: Has the example.
        rounds: How often each definition is edited for each way of synthesizing it.
    """
    title("An edit of the definition, to the assembly written")
    _compare(bench, bench.project, bench.backend, rounds, "the example", _GOAL)
    print(f"note: the watch loop of Amplify's own library took {_OFFICIAL}, for another backend")
    large = bench.folder / "large_synthesis"
    backend = large / "amplify" / "backend.py"
    backend.parent.mkdir(parents=True)
    backend.write_text(LARGE_BACKEND)
    _compare(bench, large, backend, rounds, LARGE_SIZE, _LARGE_GOAL)


def _compare(
    bench: Workbench, folder: Path, backend: Path, rounds: int, what: str, goal: float
) -> None:
    with WarmSynthesizer(folder) as warm, ColdSynthesizer() as cold:
        warm.start()

        def synthesize(synthesizer: Synthesizer) -> float:
            # what goes on beside it after a run is for the next one
            warm.wait_until_warm(_PATIENCE)
            began = time.perf_counter()
            edit(backend, next(bench.values))
            produce_assembly(
                find_project(folder),
                _WHOSE,
                folder / "assembly",
                _Silence(),
                local=True,
                synthesizer=synthesizer,
            )
            return time.perf_counter() - began

        first = synthesize(warm)
        # not in turns: a new process is still ending when its assembly is there
        quick = Samples([synthesize(warm) for _ in range(rounds)])
        slow = Samples([synthesize(cold) for _ in range(rounds)])
        row(f"{what}: warm, p50", quick, verdict(quick.median, goal))
        row("  in a new process", slow, f"warm {slow.median / quick.median:.0f} x faster")
        row("  warm, the first after the start", f"{first:.2f} s")
        _show_memory(warm)


def _show_memory(warm: WarmSynthesizer) -> None:
    warm.wait_until_warm(_PATIENCE)
    server = psutil.Process(warm.process_id)
    row("  memory at rest: its server", f"{megabytes_of(server):.0f} MB")
    for child in server.children():
        what = "the next run" if child.exe() == server.exe() else "its Node"
        row(f"  memory at rest: {what}", f"{megabytes_of(child):.0f} MB")


class _Silence:
    def report(self, event: Event) -> None:
        """Drop the event."""
