"""How a ``provided.*`` function is started: by the ``bootstrap`` in its package or a layer.

AWS: "Building a custom runtime for AWS Lambda".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.specification import Command, RuntimeUnavailableError

if TYPE_CHECKING:
    from preamp.lambda_host.specification import FunctionSpec

_PROGRAM: Final = "bootstrap"


def provided_command(spec: FunctionSpec) -> Command:
    """Start the bootstrap of a package, or that of the last layer that has one.

    Raises:
        RuntimeUnavailableError: There is none, or it cannot be executed.
    """
    places = [spec.code, *reversed(spec.layers)]
    program = next((place / _PROGRAM for place in places if (place / _PROGRAM).is_file()), None)
    if program is None:
        raise RuntimeUnavailableError(
            "there is no file named bootstrap in the package or its layers; build the function to "
            "an executable of this name"
        )
    if not os.access(program, os.X_OK):
        raise RuntimeUnavailableError(
            "the file bootstrap is not executable; set its mode to 755 before it is zipped"
        )
    path = [str(place / "bin") for place in reversed(spec.layers) if (place / "bin").is_dir()]
    env = {"PATH": os.pathsep.join([*path, os.environ.get("PATH", os.defpath)])}
    return Command((str(program),), env if path else {})
