"""Offers the CDK's `NodejsFunction` an esbuild: the command that it looks for on the PATH.

It comes last there, so that one of the user's own is taken first. It is found or fetched only when
it is called.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Final

from preamp.contract.cache import cache_root

_MODULE: Final = "preamp.bundling.node"


def offer() -> None:
    """Put the command on the PATH of this process and of all that it starts."""
    if os.name != "posix":
        return
    script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {_MODULE} "$@"\n'
    digest = hashlib.sha256(script.encode()).hexdigest()[:16]
    place = cache_root() / "commands" / digest / "esbuild"
    with contextlib.suppress(OSError):  # without a cache, the CDK says that there is no esbuild
        if not place.is_file():
            _write(place, script)
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(place.parent)])


def _write(place: Path, script: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(script)
    Path(name).chmod(0o755)
    Path(name).replace(place)
