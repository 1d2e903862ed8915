"""What decides which packages an interpreter on this machine can load; asked once, then cached."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from preamp.bundling.store import Store, use, write_text
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.bundling.request import BundleRequest

_QUESTION: Final = (
    "import json, platform, sysconfig as s;"
    "print(json.dumps([platform.python_version(), s.get_platform(),"
    " s.get_config_var('SOABI') or platform.python_implementation()]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python interpreter on this machine.

    Attributes:
        path: The program.
        version: For example ``3.13.1``.
        identity: Interpreters with the same identity load the same packages.
    """

    path: str
    version: str
    identity: str


def inspect_interpreter(python: Path, request: BundleRequest, store: Store) -> Interpreter:
    """Learn what an interpreter is.

    Raises:
        UserError: It does not run.
    """
    try:
        status = python.stat()
        real = os.path.realpath(python)
        key = repr((str(python), real, status.st_size, status.st_mtime_ns))
        place = store.interpreter(sha256(key.encode()).hexdigest()[:32])
        if use(place):
            return Interpreter(**json.loads(place.read_text(encoding="utf-8")))
        found = _ask(python)
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise UserError(
            "InterpreterError",
            f"the Python interpreter {python} does not run",
            "install it again, or name another",
            sites=request.sites,
            details=str(error).splitlines(),
        ) from error
    write_text(place, json.dumps(asdict(found)))
    return found


def _ask(python: Path) -> Interpreter:
    done = subprocess.run(
        [python, "-I", "-S", "-c", _QUESTION], capture_output=True, encoding="utf-8", check=True
    )
    version, platform, abi = json.loads(done.stdout)
    return Interpreter(str(python), version, f"{version} {platform} {abi}")
