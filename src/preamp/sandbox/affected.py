"""Whether a change of files can change the assembly; where that is not sure, it can.

An assembly depends on what its definition read (`CloudAssembly.inputs`), on what its bundles were
made of, which they say themselves, and on what declares dependencies. A bundle for this machine
runs the project's own files: a saved handler needs no synthesis unless it needs something else.
"""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from preamp.assembly.place import SECRETS_RECORD
from preamp.bundling.change import is_bundled_alike
from preamp.bundling.sources import may_come_along
from preamp.contract.local_code import OWN_ENTRIES, LocalCode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from preamp.assembly.project import Project
    from preamp.assembly.read import CloudAssembly

_FUNCTION: Final = "AWS::Lambda::Function"
_DECLARATIONS: Final = (
    "pyproject.toml", "*.lock", "*.lock.*", "*-lock.*", "pylock*.toml", "Pipfile", "setup.py",
    "setup.cfg", "*requirements*", "*constraints*", ".python-version", "package.json", "cdk.json",
    "cdk.context.json",
)  # fmt: skip
_DECLARING: Final = (".txt", ".in", ".toml", ".cfg", ".ini")
_NEVER: Final = frozenset(
    {".git", ".preamp", "__pycache__", "node_modules", "site-packages", ".venv", "venv"}
)


def affects_assembly(changed: Collection[Path], assembly: CloudAssembly, project: Project) -> bool:
    """Whether an assembly may be another, were it synthesized again now.

    It tells of an assembly that is as its sources were: after a synthesis that failed, synthesize.

    Args:
        changed: Files and folders that were saved, made or removed; absolute.
        assembly: What was synthesized last, for this machine.
        project: Whose it is.
    """
    if assembly.inputs is None:
        return bool(changed)
    reading = _Reading(assembly, project, assembly.inputs)
    return any(map(reading.depends_on, changed))


def linked_sources(assembly: CloudAssembly) -> frozenset[Path]:
    """The project's files that functions on this machine run where they are, absolute."""
    return frozenset(
        file
        for asset in assembly.assets
        if asset.path.is_dir()
        for file in LocalCode.read(asset.path).sources.values()
    )


@dataclass(frozen=True)
class _LinkedBundle:
    """A bundle that runs the project's own files."""

    directory: Path
    sources: Mapping[Path, str]
    """Path in the bundle by the project's file."""
    entries: frozenset[Path]

    @cached_property
    def folders(self) -> frozenset[Path]:
        """The folders whose data files come along, with what is below them."""
        above = {folder for entry in self.entries for folder in entry.parent.parents}
        return frozenset(file.parent for file in self.sources if file.suffix == ".py") - above


@dataclass(frozen=True)
class _Reading:
    assembly: CloudAssembly
    project: Project
    inputs: frozenset[str]

    @cached_property
    def handlers(self) -> frozenset[str]:
        """The handlers of all functions as Lambda is told them, e.g. ``publisher.handler``."""
        return frozenset(
            handler
            for stack in self.assembly.stack.tree()
            for resource in stack.resources.values()
            if resource.get("Type") == _FUNCTION
            and isinstance(handler := resource.get("Properties", {}).get("Handler"), str)
        )

    @cached_property
    def bundles(self) -> list[_LinkedBundle]:
        return list(self._bundles())

    def depends_on(self, path: Path) -> bool:
        relative = self._relative(path)
        if relative is None or relative == PurePath():
            return True
        if self._is_input(relative):
            return True
        if not _NEVER.isdisjoint(relative.parts):
            # which secret changed when is told to a synthesis
            return relative.name == SECRETS_RECORD and bool(self.assembly.secrets)
        if any(fnmatch.fnmatch(relative.name, pattern) for pattern in _DECLARATIONS):
            return True
        return self._changes_bundles(self.project.directory / relative)

    def _relative(self, path: Path) -> PurePath | None:
        for place in (self.project.directory, Path(os.path.realpath(self.project.directory))):
            if path.is_relative_to(place):
                return PurePath(path.relative_to(place))
        return None

    def _is_input(self, relative: PurePath) -> bool:
        name = relative.as_posix()
        if name in self.inputs or f"{name}/" in self.inputs:
            return True
        if f"{relative.parent.as_posix()}/" in self.inputs:
            return True
        # a folder that was moved or removed, with all that lies below it
        return any(each.startswith(f"{name}/") for each in self.inputs)

    def _changes_bundles(self, file: Path) -> bool:
        copies = [
            bundle.directory / bundle.sources[file]
            for bundle in self.bundles
            if file in bundle.sources
        ]
        if copies:
            return any(self._is_bundled_otherwise(file, copy) for copy in copies)
        return any(self._may_join(bundle, file) for bundle in self.bundles) or (
            self._may_be_imported(file)
        )

    def _may_join(self, bundle: _LinkedBundle, file: Path) -> bool:
        """Whether a file that a bundle does not hold may have come, or be a folder that went."""
        if any(source.is_relative_to(file) for source in bundle.sources):
            return True
        return any(
            file.is_relative_to(folder) and may_come_along(file.relative_to(folder))
            for folder in bundle.folders
            if folder != self.project.directory
        )

    def _is_bundled_otherwise(self, file: Path, bundled: Path) -> bool:
        if file.suffix in _DECLARING or os.name == "nt":  # where there are no links, copies run
            return True
        try:
            saved, before = file.read_bytes(), bundled.read_bytes()
        except OSError:
            return True
        names = {handler.rpartition(".")[2] for handler in self.handlers}
        return file.suffix == ".py" and not is_bundled_alike(before, saved, names)

    def _may_be_imported(self, file: Path) -> bool:
        """Whether a module that nobody imported could be, as it may have come just now."""
        if file.suffix != ".py":
            return False
        backend = self.project.definition_folder
        if file.is_relative_to(backend):
            return may_come_along(file.relative_to(backend).with_suffix(""))
        return file.parent in self._module_folders

    @cached_property
    def _module_folders(self) -> frozenset[Path]:
        directory = self.project.directory
        modules = (directory / name for name in self.inputs if name.endswith(".py"))
        linked = (source for bundle in self.bundles for source in bundle.sources)
        return frozenset({directory, *(file.parent for file in (*modules, *linked))})

    def _bundles(self) -> Iterator[_LinkedBundle]:
        named = {handler.rpartition(".")[0].replace(".", "/") for handler in self.handlers}
        modules = {name.removeprefix(f"{OWN_ENTRIES}/") for name in named}
        for asset in self.assembly.assets:
            sources = LocalCode.read(asset.path).sources if asset.path.is_dir() else {}
            entries = {
                file for name, file in sources.items() if name.removesuffix(".py") in modules
            }
            if sources:
                by_file = {file: name for name, file in sources.items()}
                yield _LinkedBundle(asset.path, by_file, frozenset(entries))
