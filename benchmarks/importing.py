"""What `import preamp` costs a definition, beside an interpreter that imports nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from benchmarks.figures import in_turns, row, title

_GOAL_SECONDS: Final = 0.06


def measure(rounds: int) -> None:
    """Measure and print."""
    title("import preamp, seconds of the processor's time")
    taken = in_turns(
        {"import preamp": lambda: _seconds("import preamp"), "nothing": lambda: _seconds("pass")},
        rounds,
    )
    ours, nothing = taken["import preamp"], taken["nothing"]
    cost = ours.median - nothing.median
    word = "PASS" if cost < _GOAL_SECONDS else "over goal"
    row("import preamp", ours, f"goal {_GOAL_SECONDS * 1000:.0f} ms: {word}")
    row("nothing", nothing)


def _seconds(statement: str) -> float:
    code = f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)
