"""Synthesis in a new process: preamp's against the same constructs in plain CDK."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from benchmarks.figures import in_turns, ratio, row, title
from benchmarks.workbench import CommandFailedError, edit
from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.workbench import Workbench

_OFFICIAL: Final = "4.37 s"
_PLAIN: Final = "plain CDK, as it comes"


def measure(bench: Workbench, rounds: int) -> float:
    """Measure and print.

    Before each synthesis the backend is edited, so that its templates are new and the checks
    of both sides have to look at them.

    Returns:
        Seconds of plain CDK, as it comes.
    """
    title("Synthesis of the example in a new process, after an edit")
    preamp, plain = _Preamp(bench), _PlainCdk(bench)
    preamp.run()
    plain.run(validation=True)
    _check_equal(preamp.output, plain.output)
    taken = in_turns(
        {
            "preamp synth": preamp.run,
            _PLAIN: lambda: plain.run(validation=True),
            "plain CDK, CDK_VALIDATION=false": lambda: plain.run(validation=False),
        },
        rounds,
    )
    ours = taken["preamp synth"]
    for name, samples in taken.items():
        row(name, samples, "" if samples is ours else ratio(ours.median, samples.median))
    print(
        f"note: Amplify's own library in TypeScript took {_OFFICIAL} for a backend of 92 resources"
    )
    print("      with auth and data: another machine's figure for another backend, so no ratio")
    return taken[_PLAIN].median


class _Preamp:
    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.output = bench.folder / "synthesized"

    def run(self) -> float:
        edit(self._bench.backend, next(self._bench.values))
        command = self._bench.preamp("synth", "--quiet", "--out", str(self.output))
        return self._bench.time(command, self._bench.project)


class _PlainCdk:
    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.output = bench.plain / "cdk.out"

    def run(self, *, validation: bool) -> float:
        edit(self._bench.plain / "app.py", next(self._bench.values))
        extra = {"JSII_NODE": str(node_binary()), "CDK_OUTDIR": str(self.output)}
        if not validation:
            extra["CDK_VALIDATION"] = "false"
        return self._bench.time([sys.executable, "app.py"], self._bench.plain, extra)


def _check_equal(ours: Path, theirs: Path) -> None:
    """Refuse to compare what is not alike.

    Raises:
        CommandFailedError: The templates hold different resources.
    """
    if _templates(ours) != _templates(theirs):
        raise CommandFailedError("preamp's and the plain CDK's templates hold different resources")


def _templates(assembly: Path) -> list[Counter[str]]:
    """How many resources of which type each template holds, largest template first."""
    templates = (json.loads(file.read_bytes()) for file in assembly.glob("*.template.json"))
    counts = [Counter(one["Type"] for one in each["Resources"].values()) for each in templates]
    return sorted(counts, key=lambda types: sorted(types.items()))
