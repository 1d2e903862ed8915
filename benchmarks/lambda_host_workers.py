"""What stock ministack has no counterpart of: the lambda host by itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median
from typing import Final

import preamp
from benchmarks.lambda_host_clouds import Quiet
from benchmarks.lambda_host_functions import NO_OP
from benchmarks.workbench import CommandFailedError
from preamp.contract.cache import cache_root
from preamp.contract.uv import uv_binary, uv_variables
from preamp.engine.environment import ensure_environment

_ALONE: Final = Path(__file__).with_name("lambda_host_alone.py")


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
