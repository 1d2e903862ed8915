"""Which standby interpreter a function's worker can be a copy of, if of any.

A copy must be what a process started for the function would be. So there is none for a function
with variables that Python or the system's loader read at the start, nor one with the SDK loaded
for a function whose own modules might be meant instead.
"""

from __future__ import annotations

import itertools
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.specification import Standby

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from preamp.contract.interpreters import Interpreter
    from preamp.lambda_host.specification import FunctionSpec

PROGRAM: Final = Path(__file__).with_name("standby_worker.py")
"""What it runs."""

OPTIONS: Final = ("-S", "-X", "utf8")
"""Python's own for every worker; what is installed beside the interpreter is the developer's."""

_READ_AT_START: Final = (
    "PYTHON", "LD_", "LC_", "LANG", "GLIBC_", "MALLOC_", "OPENSSL_", "BOTO_",
)  # fmt: skip
"""How the names of variables begin that count when a process starts, or the SDK is loaded."""

_SDK: Final = b"boto"
_MOST_FILES: Final = 200


def standby_for(
    spec: FunctionSpec, interpreter: Interpreter, support: Path, search: Sequence[str]
) -> Standby | None:
    """The standby interpreter for a function; None if its worker must be started by itself.

    Args:
        spec: The function.
        interpreter: What runs it.
        support: Directory of what handlers find beside their own code.
        search: Where it imports from before that.
    """
    if sys.platform != "linux" or _counts_at_start(spec) or _has_libraries(spec):
        return None
    more = ("sdk",) if _loads_sdk(spec.code, support, search) else ()
    program = (str(interpreter.path), *OPTIONS, str(PROGRAM), str(support), *more)
    return Standby(program, (str(support), *search))


def _counts_at_start(spec: FunctionSpec) -> bool:
    return any(name.startswith(_READ_AT_START) for name in spec.variables)


def _has_libraries(spec: FunctionSpec) -> bool:
    """Whether there is something for the loader, which learns of its places at the start only."""
    places = (spec.code, *(place / "lib" for place in (spec.code, *spec.layers)))
    return any(".so" in name for place in places for name in _names_in(place))


def _loads_sdk(code: Path, support: Path, search: Iterable[str]) -> bool:
    """Whether the sources name the SDK, and nothing of the function's covers what it imports."""
    files = itertools.islice(code.rglob("*.py"), _MOST_FILES)
    if not any(_SDK in _content(file) for file in files):
        return False
    loaded = sys.stdlib_module_names.union(_modules_in(_names_in(support)))
    return all(_leaves_alone(loaded, _names_in(Path(place))) for place in search)


def _leaves_alone(modules: AbstractSet[str], names: Iterable[str]) -> bool:
    """Whether what lies in a place covers none of some modules, nor names further places."""
    return not any(name.endswith(".pth") for name in names) and modules.isdisjoint(
        _modules_in(names)
    )


def _modules_in(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names if not name.startswith((".", "__pycache__"))}


def _names_in(place: Path) -> list[str]:
    with suppress(OSError):
        return os.listdir(place)  # noqa: PTH208 - names are all that is wanted
    return []


def _content(file: Path) -> bytes:
    with suppress(OSError):
        return file.read_bytes()
    return b""
