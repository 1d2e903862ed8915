"""Libraries of constructs as jsii loads them, and which ones this environment's Python asks for.

Whoever imports the CDK has jsii load the same libraries each time, in the same order, before
anything is made of them. So they can be loaded before anybody asks.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from preamp.contract.cache import cache_root

if TYPE_CHECKING:
    from collections.abc import Sequence


class Library(NamedTuple):
    """One of them.

    Attributes:
        name: Of the package.
        version: Its version.
        file: The package's file.
    """

    name: str
    version: str
    file: str

    def request(self) -> bytes:
        """What tells jsii's program to load it."""
        asked = {"name": self.name, "version": self.version, "tarball": self.file}
        return json.dumps({"api": "load", **asked}).encode() + b"\n"


def jsii_folder() -> Path:
    """Where all that belongs to this version of jsii is kept."""
    return cache_root() / "jsii" / version("jsii")


def remembered() -> list[Library]:
    """What was loaded the last time in this environment, as far as it is there still."""
    known = _read().get(sys.prefix, ())
    with contextlib.suppress(TypeError):
        libraries = [Library(*each) for each in known]
        return libraries if all(Path(each.file).is_file() for each in libraries) else []
    return []


def remember(libraries: Sequence[Library]) -> None:
    """Keep what was loaded, for the next time."""
    known, loaded = _read(), [list(each) for each in libraries]
    if known.get(sys.prefix) == loaded:
        return
    there = {prefix: each for prefix, each in known.items() if Path(prefix).is_dir()}
    with contextlib.suppress(OSError):
        _write({**there, sys.prefix: loaded})


def _file() -> Path:
    return jsii_folder() / "loaded.json"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(content: dict[str, Any]) -> None:
    descriptor, draft = tempfile.mkstemp(dir=_file().parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    Path(draft).replace(_file())
