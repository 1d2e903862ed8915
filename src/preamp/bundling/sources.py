"""Which files of the user's source a bundle holds: the modules that are imported, and data files.

It reads folders and files; it knows nothing of dependencies.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from preamp.contract.typed_environment import BUNDLED, FOLDER, is_typed_environment

if TYPE_CHECKING:
    from preamp.bundling.entry import Entry
    from preamp.bundling.finder import Module
    from preamp.bundling.request import BundleRequest

_LEFT_OUT_FOLDERS: Final = frozenset(
    {"__pycache__", "node_modules", "cdk.out", "tests", "test", "__tests__", "venv", FOLDER}
)
_LEFT_OUT_SUFFIXES: Final = (".py", ".pyi", ".pyc", ".pyo", "~", ".swp", ".orig", ".egg-info")
_DECLARATIONS: Final = frozenset({"requirements.txt", "pyproject.toml", "uv.lock"})
_MARKERS: Final = ("pyvenv.cfg", "cdk.out")


@dataclass(frozen=True)
class SourceFile:
    """One file of a bundle, as it was when it was read.

    Attributes:
        path: Where it lies in the bundle, with slashes.
        file: Where it was read, absolute; None if it was made here.
        content: Its bytes.
        executable: Whether its owner may execute it.
    """

    path: str
    file: Path | None
    content: bytes
    executable: bool

    @property
    def fingerprint(self) -> str:
        """A line that changes with the file."""
        return f"{self.path}\0{self.executable:d}\0{sha256(self.content).hexdigest()}\n"


def may_come_along(path: PurePath) -> bool:
    """Whether a data file comes along with a module, as far as its name tells.

    Args:
        path: The file, relative to the module's folder.
    """
    *folders, name = path.parts
    if any(each.startswith(".") for each in path.parts) or name in _DECLARATIONS:
        return False
    if any(map(_is_left_out_folder_name, folders)):
        return False
    return not name.endswith(_LEFT_OUT_SUFFIXES)


def collect(modules: tuple[Module, ...], entry: Entry, request: BundleRequest) -> list[SourceFile]:
    """Read the modules and the data files that lie in their folders.

    A folder above the entry's folder, the source root and the project's own folder bring no data:
    they hold the whole project.

    Returns:
        The files, sorted by path.
    """
    files = {module.bundle_path: module.file for module in modules}
    own = request.entry.parent
    walk = _Walk(request, files)
    for module in modules:
        folder = module.file.parent
        above = folder in own.parents or folder == request.project
        if not above and (folder == own or folder != entry.root) and not _is_ours(module):
            walk.visit(folder, module.bundle_path.rpartition("/")[0])
    return [_read(path, file) for path, file in sorted(files.items())]


def _is_ours(module: Module) -> bool:
    return module.name.startswith("preamp.") or is_typed_environment(module.file)


def _read(path: str, file: Path) -> SourceFile:
    if is_typed_environment(file):
        return SourceFile(path, None, BUNDLED.encode(), executable=False)
    return SourceFile(path, file, file.read_bytes(), bool(file.stat().st_mode & stat.S_IXUSR))


@dataclass
class _Walk:
    request: BundleRequest
    files: dict[str, Path]
    seen: set[tuple[str, str]] = field(default_factory=set)

    def visit(self, folder: Path, base: str) -> None:
        # The resolved path also ends a circle of links.
        if (place := (os.path.realpath(folder), base)) in self.seen:
            return
        self.seen.add(place)
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda each: each.name)
        for each in entries:
            if not self._is_left_out(each):
                self._take(each, f"{base}/{each.name}" if base else each.name)

    def _take(self, each: os.DirEntry[str], path: str) -> None:
        if each.is_file():
            if not each.name.endswith(_LEFT_OUT_SUFFIXES):
                self.files.setdefault(path, Path(each.path))
        elif each.is_dir() and not _is_left_out_folder(each):
            self.visit(Path(each.path), path)

    def _is_left_out(self, each: os.DirEntry[str]) -> bool:
        name = each.name
        if name.startswith(".") or name in _DECLARATIONS or Path(each.path) in self.request.exclude:
            return True
        return each.is_symlink() and not self._stays_inside(each)

    def _stays_inside(self, link: os.DirEntry[str]) -> bool:
        inside = self.request.entry.is_relative_to(self.request.project)
        boundary = self.request.project if inside else self.request.entry.parent
        target, top = Path(os.path.realpath(link.path)), os.path.realpath(boundary)
        if not target.is_relative_to(top) or Path(link.path).is_relative_to(target):
            return False
        # A link must not let in under another name what its own name keeps out.
        return not any(part.startswith(".") for part in target.relative_to(top).parts)


def _is_left_out_folder(each: os.DirEntry[str]) -> bool:
    if _is_left_out_folder_name(each.name):
        return True
    return any(Path(each.path, marker).exists() for marker in _MARKERS)


def _is_left_out_folder_name(name: str) -> bool:
    return name in _LEFT_OUT_FOLDERS or name.endswith(_LEFT_OUT_SUFFIXES)
