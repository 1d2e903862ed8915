"""Prepares the Node process behind the CDK: which Node, and what becomes of what it says.

The Node comes from PyPI. What the kernel prints (deprecations, warnings, banners) is kept, and
only what concerns the user's own code is handed on, as notices.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.events import Notice
from preamp.synth import direct_node, esbuild_command, type_checks
from preamp.synth.direct_node import Reads
from preamp.synth.libraries import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.synth.direct_node import DirectNode
    from preamp.synth.libraries import Library

_CACHE_ROOT: Final = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
_INDEX: Final = ".jsii.runtime.v1.json"
_INDEX_PATIENCE: Final = 5.0
_GRAPHQL_CONSTRUCT: Final = "preamp.constructs.data.bindings"
_USED_BY_IT: Final = frozenset({"CfnResource#addDependency"})
"""What Amplify's GraphQL construct uses of the CDK that is deprecated: no matter of the user's."""
_DEPRECATION: Final = re.compile(r"\[WARNING\] aws-cdk-lib\.(\S+) is deprecated.*\n\s*(.*)")


class Kernel(Protocol):
    """The Node process behind the CDK."""

    def console(self) -> str:
        """What it printed in this run."""

    def reads(self) -> Reads | None:
        """What it read of the project in this run; None if that cannot be told."""


class DirectKernel:
    """A kernel whose Node we started ourselves."""

    def __init__(self, node: DirectNode) -> None:
        self.node = node

    def begin_run(self) -> None:
        """Forget what earlier runs printed and read."""
        self.node.begin_run()

    def console(self) -> str:
        """What it printed in this run."""
        return self.node.console.read()

    def reads(self) -> Reads | None:
        """What it read of the project in this run."""
        return Reads.noted(self.node.notes.read())


class StockKernel:
    """A kernel as jsii starts it."""

    def __init__(self) -> None:
        self._text = ""

    def console(self) -> str:
        """What it printed."""
        return self._text

    def reads(self) -> Reads | None:
        """None: it does not say."""
        return None

    def listen(self, reader: IO[bytes]) -> None:
        """Take what the kernel writes until it ends; runs in a thread of jsii's."""
        for line in iter(reader.readline, b""):
            self._text += _decoded(line)


def prepare(project: Path, *, tied: bool = False, ahead: Sequence[Library] = ()) -> Kernel:
    """Set the kernel up, before anything imports the CDK.

    Args:
        project: The project's folder, absolute.
        tied: Whether Node must not outlive this process in any case; see `direct_node.install`.
        ahead: Libraries that will be needed, besides those that always are.
    """
    os.environ["JSII_NODE"] = str(node_binary())
    os.environ["NODE_OPTIONS"] = "--no-warnings"
    # the templates are validated beside the synthesis, not in it: it would double its time
    os.environ["CDK_VALIDATION"] = "false"
    _ensure_package_cache()
    esbuild_command.offer()
    type_checks.install()
    node = direct_node.install(project, tied=tied, ahead=_in_order(ahead))
    return DirectKernel(node) if node else _stock()


def _in_order(ahead: Sequence[Library]) -> list[Library]:
    """Libraries behind those that they need; none before those are known."""
    known = remembered()
    return [*known, *(each for each in ahead if each not in known)] if known else []


def notices(kernel: Kernel) -> Iterator[Notice]:
    """What the user should know of it: uses of deprecated parts of the CDK, each once."""
    others = _USED_BY_IT if _GRAPHQL_CONSTRUCT in sys.modules else frozenset()
    for name, advice in dict.fromkeys(_DEPRECATION.findall(kernel.console())):
        if name in others:
            continue
        yield Notice(f"{name} of the CDK is deprecated: {advice}")


def let_index_finish() -> None:
    """Stay until jsii's index of each loaded library is on disk.

    A thread of the kernel writes it about a second after the first load. A process that ends
    before leaves every later one to parse the whole library again, for 0.6 s.
    """
    deadline = time.monotonic() + _INDEX_PATIENCE
    while _unindexed() and time.monotonic() < deadline:
        time.sleep(0.05)


def _stock() -> StockKernel:
    from jsii._kernel.providers import process

    kernel = StockKernel()
    if hasattr(process, "stderr_sink"):  # a private name: without it the chatter is only shown
        process.stderr_sink = kernel.listen  # type: ignore[assignment]
    return kernel


def _ensure_package_cache() -> None:
    """Give jsii another place to unpack libraries to, where it cannot use its own."""
    if os.name != "posix" or sys.platform == "darwin" or os.environ.get(_CACHE_ROOT):
        return
    place = _package_cache()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        os.environ[_CACHE_ROOT] = str(cache_root() / "jsii-packages")


def _package_cache() -> Path:
    cache = os.environ.get(_CACHE_ROOT)
    return Path(cache) if cache else Path.home() / ".cache" / "aws" / "jsii" / "package-cache"


def _unindexed() -> bool:
    root = _package_cache()
    library = root / "aws-cdk-lib"
    if not library.is_dir():  # another platform's place, or no cache: nothing to wait for
        return False
    folders = [path for path in library.glob("*/*") if path.is_dir()]
    newest = max(folders, key=lambda path: path.stat().st_mtime, default=None)
    return newest is not None and not (newest / _INDEX).exists()


def _decoded(line: bytes) -> str:
    try:
        console = json.loads(line)
    except ValueError:
        return line.decode(errors="replace")
    if not isinstance(console, dict):
        return ""
    texts = (console.get(name) for name in ("stderr", "stdout"))
    return "".join(base64.b64decode(text).decode(errors="replace") for text in texts if text)
