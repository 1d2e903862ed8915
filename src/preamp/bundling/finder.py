"""Where a module of the project lies, by Python's own rules of searching.

A regular package or module wins over a folder without ``__init__.py``; such a folder is a namespace
and may have several parts. It reads folders, never files.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preamp.contract.typed_environment import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Module:
    """A file of the project under the name it is imported by.

    Attributes:
        name: Dotted name.
        file: The file.
        is_package: Whether the file is a package's ``__init__.py``.
    """

    name: str
    file: Path
    is_package: bool = False

    @property
    def package(self) -> str:
        """The package that relative imports in this module start from; empty for none."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def bundle_path(self) -> str:
        """Where the file lies in a bundle, with slashes."""
        path = self.name.replace(".", "/")
        return f"{path}/__init__.py" if self.is_package else f"{path}.py"


@dataclass(frozen=True)
class SearchRoot:
    """A folder that top-level names are looked up in.

    Attributes:
        folder: The folder.
        only: The one top-level name to be found there; None for all.
        yields_to_stdlib: Names of the standard library are not looked up there.
    """

    folder: Path
    only: str | None = None
    yields_to_stdlib: bool = False

    def offers(self, top: str) -> bool:
        """Whether a top-level name is looked up here."""
        if self.yields_to_stdlib and top in sys.stdlib_module_names:
            return False
        return self.only is None or self.only == top


@dataclass(frozen=True)
class Found:
    """What a dotted name stands for: a module, or a namespace if `module` is None.

    Attributes:
        module: The file behind the name.
        folders: Where its submodules are looked up; empty for a plain module.
    """

    module: Module | None
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class Finder:
    """Looks names up along a search path.

    Attributes:
        roots: The search path, first match first.
    """

    roots: tuple[SearchRoot, ...]
    _known: dict[str, Found | None] = field(default_factory=dict, repr=False, compare=False)

    def find(self, name: str) -> Found | None:
        """Find what a dotted name stands for in the project; None if it is not of the project."""
        if name not in self._known:
            self._known[name] = self._search(name)
        return self._known[name]

    def prefixes(self, name: str) -> Iterator[Module]:
        """The modules that importing a dotted name runs: its packages from the top, then itself."""
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            found = self.find(".".join(parts[:count]))
            if found is None:
                return
            if found.module is not None:
                yield found.module

    def _search(self, name: str) -> Found | None:
        parent, _, last = name.rpartition(".")
        if not parent:
            folders = tuple(root.folder for root in self.roots if root.offers(name))
        elif (found := self.find(parent)) is not None:
            folders = found.folders
        else:
            return None
        return _look(name, last, folders)


def _look(name: str, last: str, folders: tuple[Path, ...]) -> Found | None:
    if last == FOLDER and folders:  # made for the editor, and need not be there
        return Found(None, (folders[0] / FOLDER,))
    for folder in folders:
        if folder.name == FOLDER:
            return Found(Module(name, folder / f"{last}.py"), ())
        if _is_file(f"{folder}/{last}/__init__.py"):
            package = folder / last
            return Found(Module(name, package / "__init__.py", is_package=True), (package,))
        if _is_file(f"{folder}/{last}.py"):
            return Found(Module(name, folder / f"{last}.py"), ())
    if name in sys.stdlib_module_names:
        return None
    namespace = tuple(folder / last for folder in folders if (folder / last).is_dir())
    return Found(None, namespace) if namespace else None


def _is_file(path: str) -> bool:
    # a path of its own for each name that is not the project's would be half of the search
    return os.path.isfile(path)  # noqa: PTH113
