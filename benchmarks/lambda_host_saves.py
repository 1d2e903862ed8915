"""Code that reloads: from saving a handler of a deployed project to the new code's answer."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from benchmarks.lambda_host_clouds import Cloud
from benchmarks.lambda_host_functions import Functions
from benchmarks.workbench import CommandFailedError, Workbench

if TYPE_CHECKING:
    from pathlib import Path

_IDENTIFIER: Final = "saves"
_RELOAD_SECONDS: Final = 5.0
_BETWEEN_SAVES: Final = 0.3
_BACKEND: Final = """
from preamp import define_backend
from preamp.constructs import PythonFunction

functions = define_backend().create_stack("functions")
for name in ("plain", "sdk"):
    PythonFunction(functions, name, entry=f"{name}.py", memory_size=256)
"""
_HANDLERS: Final = {
    "plain": "NUMBER = {}\n\n\ndef handler(event, context):\n    return NUMBER\n",
    "sdk": "import boto3\n\nNUMBER = {}\n\n\ndef handler(event, context):\n    return NUMBER\n",
}


def measure(folder: Path, times: int) -> dict[str, list[float]]:
    """Seconds from a save to the first answer, for a no-op and for one that imports boto3.

    Args:
        folder: The project is written below it.
        times: How often each is saved.
    """
    bench = Workbench(folder)
    sources = bench.project / "amplify"
    sources.mkdir(parents=True)
    (sources / "backend.py").write_text(_BACKEND)
    for name in _HANDLERS:
        _save(sources, name, 0)
    try:
        bench.sandbox(_IDENTIFIER)
        functions = Functions(_cloud(bench.variables(_IDENTIFIER)))
        return {name: _saves(functions, sources, name, times) for name in _HANDLERS}
    finally:
        bench.stop(_IDENTIFIER)


def _cloud(variables: dict[str, str]) -> Cloud:
    keys = (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
    return Cloud(
        name="preamp",
        endpoint=variables["AWS_ENDPOINT_URL"],
        pid=os.getpid(),
        keys=keys,
        outbox=list,
        region=variables["AWS_REGION"],
    )


def _saves(functions: Functions, sources: Path, name: str, times: int) -> list[float]:
    listed = functions.cloud.client("lambda").list_functions()["Functions"]
    [deployed] = [each["FunctionName"] for each in listed if name in each["FunctionName"]]
    functions.invoke(deployed)
    taken: list[float] = []
    for number in range(1, times + 1):
        time.sleep(_BETWEEN_SAVES)
        began = time.perf_counter()
        _save(sources, name, number)
        while functions.invoke(deployed) != number:
            if time.perf_counter() - began > _RELOAD_SECONDS:
                raise CommandFailedError(f"{deployed} does not run the code that was saved")
        taken.append(time.perf_counter() - began)
    return taken


def _save(sources: Path, name: str, number: int) -> None:
    """Save as editors do: beside, then in its place."""
    source = sources / f"{name}.py"
    draft = source.with_suffix(".draft")
    draft.write_text(_HANDLERS[name].format(number))
    draft.replace(source)
