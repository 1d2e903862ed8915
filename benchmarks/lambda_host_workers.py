"""What stock ministack has no counterpart of: the lambda host by itself, and code that reloads."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import preamp
from benchmarks.lambda_host_clouds import Quiet
from benchmarks.lambda_host_functions import NO_OP, zipped
from benchmarks.workbench import CommandFailedError
from preamp.contract.cache import cache_root
from preamp.contract.local_code import LocalCode
from preamp.contract.uv import uv_binary, uv_variables
from preamp.engine.environment import ensure_environment

if TYPE_CHECKING:
    from benchmarks.lambda_host_functions import Functions

_ALONE: Final = Path(__file__).with_name("lambda_host_alone.py")
_RELOAD_SECONDS: Final = 2.0
_BETWEEN_SAVES: Final = 0.3


def alone(folder: Path, calls: int) -> float:
    """Median seconds of a call to preamp's lambda host, with no AWS API between."""
    code = folder / "code"
    code.mkdir(parents=True)
    (code / "app.py").write_text(NO_OP)
    given = {
        "package": str(Path(preamp.__file__).parent),
        "temporary": str(folder),
        "cache": str(cache_root()),
        "uv": str(uv_binary()),
        "uv_variables": uv_variables(),
        "path": "/usr/bin:/bin",
        "code": str(code),
        "calls": calls,
    }
    command = [str(ensure_environment(Quiet())), "-I", str(_ALONE), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailedError(f"the lambda host alone failed:\n{done.stdout}{done.stderr}")
    milliseconds: list[float] = json.loads(done.stdout)
    return median(milliseconds) / 1000


def saves(functions: Functions, folder: Path, times: int) -> list[float]:
    """Seconds from saving a handler's source to its answer; nothing if it is not run from there."""
    folder.mkdir(parents=True)
    source, code = folder / "app.py", folder / "code"
    code.mkdir()
    _save(source, 0)
    LocalCode(sources={"app.py": source}).write(code)
    files = {each.name: each.read_text() for each in code.iterdir()}
    name = functions.create(zipped({**files, "app.py": source.read_text()}))
    functions.invoke(name)
    taken: list[float] = []
    for number in range(1, times + 1):
        time.sleep(_BETWEEN_SAVES)
        began = time.perf_counter()
        _save(source, number)
        while functions.invoke(name) != number:
            if time.perf_counter() - began > _RELOAD_SECONDS:
                return []
        taken.append(time.perf_counter() - began)
    return taken


def _save(source: Path, number: int) -> None:
    draft = source.with_suffix(".draft")
    draft.write_text(f"NUMBER = {number}\n\n\ndef handler(event, context):\n    return NUMBER\n")
    draft.replace(source)
