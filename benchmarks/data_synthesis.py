"""Backends with 1, 10 and 50 models: from an edit to the assembly, warm and in a new process.

Amplify's own library takes its turns with the same schemas where a folder is given for it, as it is
1.2 GB of packages; without one, ours are held against what it took on such a machine at rest.
"""

from __future__ import annotations

import time
from itertools import count as counting
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Samples, in_turns, row, title
from benchmarks.workbench import check_stacks
from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.assembly.warm import WarmSynthesizer
from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.amplify_library import AmplifyLibrary
    from preamp.assembly.synthesizer import Synthesizer
    from preamp.events import Event

_WHOSE: Final = BackendId("bench", "me", "sandbox")
_PATIENCE: Final = 120.0
_COLD_GOAL: Final = 3
_WARM_GOAL: Final = 20
OFFICIAL_SECONDS: Final = {1: 3.8, 10: 4.7, 50: 8.9}
"""What one synthesis with Amplify's library 1.25.1 took on Node.js 24, by the number of models."""

BACKEND: Final = """\
from preamp import define_auth, define_backend, define_data
from preamp.data import AWSDateTime, Index, Model, allow

{models}

auth = define_auth(login_with={{"email": True}})
data = define_data(
    schema=[{names}],
    authorization_modes={{
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {{"expires_in_days": 30}},
    }},
)
define_backend(auth=auth, data=data)
"""
MODEL: Final = """
class M{number}(
    Model, indexes=[Index("name")], authorization=[allow.owner(), allow.public_api_key()]
):
    name: str
    count: int | None = {edited}
    price: float | None
    at: AWSDateTime | None
"""


def measure(folder: Path, rounds: int, library: AmplifyLibrary | None) -> None:
    """Measure and print.

    Args:
        folder: Projects are made in it.
        rounds: How often each definition is edited for each way of synthesizing it.
        library: Amplify's, if it is to be measured too.
    """
    title("An edit of a data model, to the assembly written")
    if library is not None:
        library.install()
    for count in OFFICIAL_SECONDS:
        project = folder / f"models{count}"
        (project / "amplify").mkdir(parents=True)
        _compare(project, count, rounds, library)


def _compare(project: Path, count: int, rounds: int, library: AmplifyLibrary | None) -> None:
    edits = counting(1)
    with WarmSynthesizer(project) as warm:
        warm.start()

        def edit(synthesizer: Synthesizer) -> float:
            return _synthesize(project, count, next(edits), synthesizer)

        def run_warm() -> float:
            warm.wait_until_warm(_PATIENCE)
            return edit(warm)

        def run_cold() -> float:
            warm.wait_until_warm(_PATIENCE)
            # left only when its process has ended: the next turn has the machine to itself
            with ColdSynthesizer() as cold:
                return edit(cold)

        variants: dict[str, Callable[[], float]] = {}
        if library is not None:
            name = project.name
            variants["official"] = lambda: library.synthesize(name, count, next(edits))
        variants |= {"warm": run_warm, "cold": run_cold}
        _show(count, in_turns(variants, rounds))


def _synthesize(project: Path, count: int, edited: int, synthesizer: Synthesizer) -> float:
    assembly = project / "assembly"
    began = time.perf_counter()
    (project / "amplify" / "backend.py").write_text(_text(count, edited))
    produce_assembly(
        find_project(project), _WHOSE, assembly, _Silence(), local=True, synthesizer=synthesizer
    )
    taken = time.perf_counter() - began
    check_stacks(assembly, count)
    return taken


def _show(count: int, taken: dict[str, Samples]) -> None:
    what = f"{count} model{'s' if count > 1 else ''}"
    official = OFFICIAL_SECONDS[count]
    if "official" in taken:
        official = taken["official"].median
        row(f"{what}: Amplify's library", taken["official"])
    for name, verb, goal in (
        ("warm", "warm", _WARM_GOAL),
        ("cold", "in a new process", _COLD_GOAL),
    ):
        row(f"{what}: {verb}, p50", taken[name], _verdict(taken[name].median, official, goal))


def _text(count: int, edited: int) -> str:
    models = "".join(
        MODEL.format(number=number, edited=edited if number == 0 else 0) for number in range(count)
    )
    names = ", ".join(f"M{number}" for number in range(count))
    return BACKEND.format(models=models, names=names)


def _verdict(seconds: float, official: float, times: int) -> str:
    found = official / seconds
    outcome = "PASS" if found >= times else "over goal"
    return f"{found:.1f} x faster than Amplify's {official:.1f} s, goal {times} x: {outcome}"


class _Silence:
    def report(self, event: Event) -> None:
        """Drop the event."""
