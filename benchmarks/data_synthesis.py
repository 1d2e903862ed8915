"""Backends with 1, 10 and 50 models: from an edit to the assembly, warm and in a new process.

Amplify's own library was measured with the same schemas on such a machine; it is 1.2 GB of npm
packages, so that it is not installed for this.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Samples, row, title
from benchmarks.workbench import CommandFailedError
from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.assembly.warm import WarmSynthesizer
from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from pathlib import Path

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


def measure(folder: Path, rounds: int) -> None:
    """Measure and print.

    Args:
        folder: Projects are made in it.
        rounds: How often each definition is edited for each way of synthesizing it.
    """
    title("An edit of a data model, to the assembly written")
    for count, official in OFFICIAL_SECONDS.items():
        project = folder / f"models{count}"
        (project / "amplify").mkdir(parents=True)
        _compare(project, count, official, rounds)


def _compare(project: Path, count: int, official: float, rounds: int) -> None:
    backend, assembly = project / "amplify" / "backend.py", project / "assembly"
    edits = 0
    with WarmSynthesizer(project) as warm, ColdSynthesizer() as cold:
        warm.start()

        def synthesize(synthesizer: Synthesizer) -> float:
            nonlocal edits
            edits += 1
            warm.wait_until_warm(_PATIENCE)
            began = time.perf_counter()
            backend.write_text(_text(count, edits))
            produce_assembly(
                find_project(project),
                _WHOSE,
                assembly,
                _Silence(),
                local=True,
                synthesizer=synthesizer,
            )
            taken = time.perf_counter() - began
            if len(list(assembly.glob("*.template.json"))) < count:
                raise CommandFailedError(f"{assembly} has no stack for each model")
            return taken

        synthesize(warm)
        quick = Samples([synthesize(warm) for _ in range(rounds)])
        slow = Samples([synthesize(cold) for _ in range(rounds)])
    what = f"{count} model{'s' if count > 1 else ''}"
    row(f"{what}: warm, p50", quick, _verdict(quick.median, official, _WARM_GOAL))
    row("  in a new process", slow, _verdict(slow.median, official, _COLD_GOAL))


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
