"""The stages of bundling, in order.

1. `entry`: read the entry file, find its name and import root.
2. `closure`: follow its imports through the project.
3. `sources`: read those modules and the data files beside them.
4. `dependencies`: find what is declared; `lock`: choose versions; `tree`: install them.
5. `assembling`: lay everything out under the digest of its content.

Stages 1 to 3 run each time; of the rest only what changed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from preamp.bundling.assembling import assemble
from preamp.bundling.closure import trace
from preamp.bundling.dependencies import find_dependencies
from preamp.bundling.entry import read_entry, shown
from preamp.bundling.environment_uses import find_uses
from preamp.bundling.prelude import prelude
from preamp.bundling.request import Bundle, LocalDestination
from preamp.bundling.size import check_size
from preamp.bundling.sources import collect
from preamp.bundling.store import Store, prune
from preamp.contract.typed_environment import is_typed_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.bundling.declaration import Dependencies
    from preamp.bundling.request import BundleRequest
    from preamp.bundling.sources import SourceFile
    from preamp.bundling.tree import Tree
    from preamp.events import Reporter


def bundle(request: BundleRequest, *, cache: Path, reporter: Reporter) -> Bundle:
    """Bundle a handler: its source and its dependencies in one directory.

    Args:
        request: What to bundle, for where.
        cache: A folder of preamp's own; what is in it is reused, and pruned when long unused.
        reporter: Hears of dependencies being installed, and of local versions that differ.

    Raises:
        UserError: The handler or its dependencies are not as they must be; see the codes in
            `preamp.errors`.
    """
    request = _absolute(request)
    store = Store(cache.absolute())
    entry = read_entry(request)
    handler, made = prelude(entry, request)
    modules = trace(entry, request)
    files = [*made, *collect(modules, entry, request)]
    declared = find_dependencies(entry, request)
    tree, pins = _install(declared, request, store, reporter)
    local = request.destination if isinstance(request.destination, LocalDestination) else None
    if local is None:
        _check_size(files, tree, request)
    directory, digest = assemble(files, tree, store, local=local)
    prune(store)
    typed = frozenset(each.file.stem for each in modules if is_typed_environment(each.file))
    uses = tuple(find_uses(modules, request)) if typed else ()
    return Bundle(directory, digest, handler, pins, typed, uses)


def _absolute(request: BundleRequest) -> BundleRequest:
    root = request.source_root
    return replace(
        request,
        entry=_normal(request.entry),
        project=_normal(request.project),
        source_root=None if root is None else _normal(root),
        exclude=tuple(map(_normal, request.exclude)),
    )


def _normal(path: Path) -> Path:
    # Links stay: a path inside the project must be seen to be inside.
    return Path(os.path.abspath(path))  # noqa: PTH100 - absolute() would keep ".."


def _install(
    declared: Dependencies, request: BundleRequest, store: Store, reporter: Reporter
) -> tuple[Tree | None, tuple[str, ...]]:
    if not declared.requirements:
        return None, ()
    # Imported here because a function without dependencies needs none of it.
    from preamp.bundling.installing import install_declared

    return install_declared(declared, request, store, reporter)


def _check_size(files: Sequence[SourceFile], tree: Tree | None, request: BundleRequest) -> None:
    size = sum(len(each.content) for each in files) + (tree.size if tree else 0)
    check_size(size, str(shown(request.entry, request)), request.sites)
