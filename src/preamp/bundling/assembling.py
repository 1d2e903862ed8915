"""Lays source files and installed dependencies out as one content-addressed directory.

What lies in the source wins over a dependency of the same name, as it would on an import path that
starts with the source.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from preamp.bundling.store import Store, new_directory, use
from preamp.bundling.tree import FILE_TIME
from preamp.contract.local_code import LocalCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.bundling.request import LocalDestination
    from preamp.bundling.sources import SourceFile
    from preamp.bundling.tree import Tree


def assemble(
    files: Sequence[SourceFile], tree: Tree | None, store: Store, *, local: LocalDestination | None
) -> tuple[Path, str]:
    """Make the bundle's directory, unless it is there.

    Args:
        files: The source, sorted by path.
        tree: The dependencies, if there are any.
        store: The cache.
        local: What runs it on this machine: the bundle then names the project's files and the
            dependencies' folder. Otherwise the dependencies are laid beside the source, each file
            a hard link.

    Returns:
        The directory, and the SHA-256 of its content.
    """
    digest = _digest(files, tree, local=local)
    place = store.bundle(digest)
    if not use(place):
        with new_directory(place) as made:
            for each in files:
                _write(each, made / each.path)
            if local is not None:
                sources = {each.path: each.file for each in files if each.file}
                site = tree.site if tree else None
                LocalCode(site, sources, local.python, local.minor).write(made)
            elif tree is not None:
                _overlay(tree.site, made)
    return place, digest


def _digest(
    files: Sequence[SourceFile], tree: Tree | None, *, local: LocalDestination | None
) -> str:
    total = sha256(b"local" if local else b"")
    for each in files:
        total.update(each.fingerprint.encode())
        if local:
            total.update(f"{each.file}\n".encode())
    if tree is not None:
        total.update((f"{tree.site}\n{local.python}" if local else tree.digest).encode())
    return total.hexdigest()


def _write(each: SourceFile, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(each.content)
    place.chmod(0o755 if each.executable else 0o644)
    os.utime(place, (FILE_TIME, FILE_TIME))


def _overlay(tree: Path, made: Path) -> None:
    for each in sorted(os.scandir(tree), key=lambda each: each.name):
        target = made / each.name
        if not target.exists():
            if not target.with_name(f"{each.name}.py").exists():
                _link_tree(each.path, str(target))
        elif each.is_dir() and target.is_dir() and not (target / "__init__.py").exists():
            _overlay(Path(each.path), target)


def _link_tree(source: str, target: str) -> None:
    if not Path(source).is_dir():
        _link(source, target)
        return
    Path(target).mkdir()
    for each in os.scandir(source):
        # Python may have compiled modules there since the tree was installed.
        if each.name != "__pycache__":
            _link_tree(each.path, f"{target}/{each.name}")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links, or too many of them
        shutil.copy2(source, target)
