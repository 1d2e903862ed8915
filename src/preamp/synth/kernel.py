"""Prepares the Node process behind the CDK: which Node, and where its chatter goes.

The Node comes from PyPI. What the kernel prints (deprecations, warnings, banners) is kept, and
only what concerns the user's own code is handed on, as notices.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from preamp.contract.node import node_binary
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDEX: Final = ".jsii.runtime.v1.json"
_INDEX_PATIENCE: Final = 5.0
_DEPRECATION: Final = re.compile(r"\[WARNING\] aws-cdk-lib\.(\S+) is deprecated.*\n\s*(.*)")


class Console:
    """What the kernel wrote to its console."""

    def __init__(self) -> None:
        self._text = ""

    def read(self, reader: IO[bytes]) -> None:
        """Take what the kernel writes until it ends; runs in the kernel's own thread."""
        for line in iter(reader.readline, b""):
            self._text += _decoded(line)

    def notices(self) -> Iterator[Notice]:
        """What the user should know of it: uses of deprecated parts of the CDK, each once."""
        for name, advice in dict.fromkeys(_DEPRECATION.findall(self._text)):
            yield Notice(f"{name} of the CDK is deprecated: {advice}")


def prepare() -> Console:
    """Set the kernel up, before anything imports the CDK.

    Returns:
        The kernel's console.
    """
    os.environ["JSII_NODE"] = str(node_binary())
    os.environ["NODE_OPTIONS"] = "--no-warnings"
    # the templates are validated beside the synthesis, not in it: it would double its time
    os.environ["CDK_VALIDATION"] = "false"
    from jsii._kernel.providers import process

    console = Console()
    if hasattr(process, "stderr_sink"):  # a private name: without it the chatter is only shown
        process.stderr_sink = console.read  # type: ignore[assignment]
    return console


def let_index_finish() -> None:
    """Stay until jsii's index of each loaded library is on disk.

    A thread of the kernel writes it about a second after the first load. A process that ends
    before leaves every later one to parse the whole library again, for 0.6 s.
    """
    deadline = time.monotonic() + _INDEX_PATIENCE
    while _unindexed() and time.monotonic() < deadline:
        time.sleep(0.05)


def _unindexed() -> bool:
    cache = os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT")
    root = Path(cache) if cache else Path.home() / ".cache" / "aws" / "jsii" / "package-cache"
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
