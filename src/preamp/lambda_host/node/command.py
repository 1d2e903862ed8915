"""How a Node.js worker is started: its program, Node's options, and where it finds packages.

AWS: "Building Lambda functions with Node.js", "Packaging your layer content", "Defined runtime
environment variables".
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.specification import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.lambda_host.specification import FunctionSpec

RUNTIME: Final = Path(__file__).with_name("runtime.cjs")
"""The program every Node.js function runs in."""

_HEAP_SHARE: Final = 0.9
"""AWS leaves a tenth of a function's memory to what is not JavaScript's heap."""

_YOUNG_SHARE: Final = 0.05
_MOST_YOUNG_MB: Final = 16
"""Node's default, far too much for a small function."""

_WARNINGS_OF_24: Final = ("DEP0169",)
"""Deprecations that the Node of an older runtime does not warn of, and libraries run into."""

_FIRST_WITH_DETECTION: Final = 24
_DISABLED: Final = ("experimental-require-module", "experimental-detect-module")
"""What AWS switches off up to Node.js 22, unless a function's NODE_OPTIONS ask for it."""

_OPT: Final = PurePosixPath("/opt")


def node_command(
    spec: FunctionSpec, node: Path, sdk: Path | None, options: Sequence[str] = ()
) -> Command:
    """Return how to start a worker of a Node.js function.

    Args:
        spec: The function.
        node: Node's executable.
        sdk: The folder the AWS SDK's ``node_modules`` is kept in, whether it is there yet or
            not; None if there is none.
        options: More of Node's own options, for example for its inspector.
    """
    problem = _sdk_problem(sdk)
    flags = (*_heap_options(spec), *_feature_options(spec), *_map_options(spec), *options)
    return Command(
        argv=(str(node), *flags, str(RUNTIME), *((problem,) if problem else ())),
        env={"NODE_PATH": os.pathsep.join(_search_path(spec, sdk))},
    )


def _version_of(spec: FunctionSpec) -> int | None:
    found = re.match(r"nodejs(\d+)", spec.runtime)
    return int(found[1]) if found else None


def _heap_options(spec: FunctionSpec) -> Iterator[str]:
    own = spec.variables.get("NODE_OPTIONS", "").replace("_", "-")
    if "--max-old-space-size" in own or "--max-semi-space-size" in own:
        return
    young = min(_MOST_YOUNG_MB, max(1, int(spec.memory_mb * _YOUNG_SHARE)))
    yield f"--max-old-space-size={int(spec.memory_mb * _HEAP_SHARE)}"
    yield f"--max-semi-space-size={young}"


def _feature_options(spec: FunctionSpec) -> list[str]:
    if (_version_of(spec) or _FIRST_WITH_DETECTION) >= _FIRST_WITH_DETECTION:
        return []
    own = spec.variables.get("NODE_OPTIONS", "").split()
    disabled = [f"--no-{feature}" for feature in _DISABLED if f"--{feature}" not in own]
    return [*disabled, *(f"--disable-warning={code}" for code in _WARNINGS_OF_24)]


def _map_options(spec: FunctionSpec) -> list[str]:
    """Traces of what was bundled name the project's files: the bundle's own lines tell nobody."""
    return ["--enable-source-maps"] if any(spec.code.glob("*.map")) else []


def _search_path(spec: FunctionSpec, sdk: Path | None) -> list[str]:
    own = spec.variables.get("NODE_PATH")
    if own:
        return [str(place) for entry in own.split(":") for place in _places_of(entry, spec)]
    folders = (f"nodejs/node{_version_of(spec)}/node_modules", "nodejs/node_modules")
    places = [place for folder in folders for place in _in_layers(folder, spec)]
    places += [] if sdk is None else [sdk / "node_modules"]
    return [str(place) for place in (*places, spec.code)]


def _in_layers(folder: str, spec: FunctionSpec) -> list[Path]:
    # A later layer covers an earlier one; a folder that is not there is only looked for in vain.
    return [layer / folder for layer in reversed(spec.layers) if (layer / folder).is_dir()]


def _places_of(entry: str, spec: FunctionSpec) -> list[Path]:
    """Where an entry of the function's own NODE_PATH is here: each layer is an ``/opt``."""
    path = PurePosixPath(entry)
    if path.is_relative_to(_OPT):
        return _in_layers(str(path.relative_to(_OPT)), spec)
    if path.is_relative_to("/var/task"):
        return [spec.code / path.relative_to("/var/task")]
    return [Path(entry)]


def _sdk_problem(sdk: Path | None) -> str | None:
    if sdk is None:
        return "the AWS SDK for JavaScript was not made ready for this engine"
    if (sdk / "node_modules").is_dir():
        return None
    log = sdk.with_suffix(".log")
    if log.exists():
        return f"the AWS SDK for JavaScript could not be fetched, see {log}"
    return "the AWS SDK for JavaScript is not fetched yet, it is when the sandbox deploys"
