"""Notes what a definition is made of: the files and folders of the project that it read.

Only a change of one of them, or of a handler's bundle, can change the assembly. What is read while
a handler is bundled does not count: a bundle for this machine says itself what it is made of.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from preamp.definition.backend import BUNDLING
from preamp.definition.site import is_user_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import ModuleType

    from preamp.synth.direct_node import Reads

_RUNS: Final = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"}
)
_LISTS: Final = frozenset({"os.listdir", "os.scandir"})
_IMPORTS: Final = ("<frozen importlib", os.path.dirname(importlib.__file__))  # noqa: PTH120
_INSTALLED: Final = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})


class InputRecorder:
    """What Python code opened and listed, from `install` on, and the modules it imported."""

    def __init__(self, project: Path, output: Path) -> None:
        """Note nothing yet.

        Args:
            project: The project's folder, absolute.
            output: Where the assembly is written; what is read there is no input.
        """
        self._places = tuple(dict.fromkeys((str(project), os.path.realpath(project))))
        self._output = os.path.realpath(output)
        self._opened: set[str] = set()
        self._listed: set[str] = set()
        self._last = ""
        self._ran_program = False

    def install(self) -> None:
        """Note from now on, for as long as the process lives."""
        self._last = next(reversed(sys.modules))
        sys.addaudithook(self._hear)

    def inputs(self, elsewhere: Reads, bundled: Iterable[Path] = ()) -> list[str] | None:
        """Everything noted, relative to the project and sorted; folders end with a slash.

        A folder stands for all that lies directly in it.

        Args:
            elsewhere: What the CDK's Node process read.
            bundled: What bundles were made of that do not say so themselves.

        Returns:
            None if a program was run, as nobody knows what that read.
        """
        if self._ran_program or not elsewhere.is_complete:
            return None
        found = (getattr(module, "__file__", None) for module in modules_since(self._last))
        modules = [file for file in found if isinstance(file, str) and is_user_code(file)]
        files = self._below((*modules, *self._opened, *elsewhere.files, *map(str, bundled)))
        folders = self._below((*self._listed, *elsewhere.folders))
        kept = {file for file in files if (file.rpartition("/")[0] or ".") not in folders}
        return sorted({*kept, *(f"{folder}/" for folder in folders)})

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & os.O_ACCMODE != os.O_WRONLY:
                self._note(self._opened, path)
        elif event in _RUNS:
            self._ran_program = self._ran_program or not BUNDLING.get()
        elif event in _LISTS:
            caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001
            if not caller.startswith(_IMPORTS):
                self._note(self._listed, "." if arguments[0] is None else arguments[0])

    def _note(self, noted: set[str], path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike) and not BUNDLING.get():
            with contextlib.suppress(ValueError):  # a null byte: whoever opens it is told
                noted.add(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100

    def _below(self, paths: Iterable[str]) -> set[str]:
        found = set()
        for path in paths:
            relative = next(filter(None, (_relative(path, each) for each in self._places)), "")
            if not relative or _relative(path, self._output):
                continue
            if not _INSTALLED.intersection(relative.split("/")):
                found.add(relative)
        return found


def modules_since(last: str) -> list[ModuleType]:
    """The modules that were imported after another one.

    To remember the names of all would be to write to each, and so to a good deal of the memory
    that a run has in common with the process it is a fork of.

    Args:
        last: The other one.
    """
    names = itertools.takewhile(lambda name: name != last, reversed(sys.modules))
    return [sys.modules[name] for name in names]


def _relative(path: str, folder: str) -> str:
    """What comes after a folder in a path, with slashes; empty if the path is not below it."""
    if path == folder:
        return "."
    prefix = os.path.join(folder, "")  # noqa: PTH118 - many paths
    return path.removeprefix(prefix).replace(os.sep, "/") if path.startswith(prefix) else ""
