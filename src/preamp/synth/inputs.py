"""Notes what a definition is made of: the files and folders of the project that it read.

Only a change of one of them, or of a handler's bundle, can change the assembly. What is read while
a handler is bundled does not count: a bundle for this machine says itself what it is made of.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.definition.backend import BUNDLING
from preamp.definition.site import is_user_code

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        self._places = tuple(dict.fromkeys((project, Path(os.path.realpath(project)))))
        self._output = Path(os.path.realpath(output))
        self._opened: set[str] = set()
        self._listed: set[str] = set()
        self._before: frozenset[str] = frozenset()
        self._ran_program = False

    def install(self) -> None:
        """Note from now on, for as long as the process lives."""
        self._before = frozenset(sys.modules)
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
        imported = [sys.modules[name] for name in set(sys.modules) - self._before]
        found = (getattr(module, "__file__", None) for module in imported)
        modules = [file for file in found if isinstance(file, str) and is_user_code(file)]
        files = self._below((*modules, *self._opened, *elsewhere.files, *map(str, bundled)))
        folders = self._below((*self._listed, *elsewhere.folders))
        kept = {file for file in files if Path(file).parent.as_posix() not in folders}
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
        for path in map(Path, paths):
            place = next((each for each in self._places if path.is_relative_to(each)), None)
            if place is None or path.is_relative_to(self._output):
                continue
            relative = path.relative_to(place)
            if not _INSTALLED.intersection(relative.parts):
                found.add(relative.as_posix())
        return found
