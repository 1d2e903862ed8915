"""Which variables a handler reads off the typed environment of its function, and in which lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.bundling.entry import shown
from preamp.contract.site import Site
from preamp.contract.typed_environment import FOLDER, is_typed_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preamp.bundling.finder import Module
    from preamp.bundling.request import BundleRequest

_EXPORTED: Final = "env"


@dataclass(frozen=True)
class EnvironmentUse:
    """A variable that is read.

    Attributes:
        environment: The module of the typed environment.
        variable: The variable.
        site: Where.
    """

    environment: str
    variable: str
    site: Site


def find_uses(modules: Iterable[Module], request: BundleRequest) -> Iterator[EnvironmentUse]:
    """What the modules of a bundle read as ``env.NAME``.

    Args:
        modules: The modules.
        request: Whose they are.
    """
    for module in modules:
        if module.name.startswith("preamp.") or is_typed_environment(module.file):
            continue
        source = module.file.read_bytes()
        if FOLDER.encode() in source:
            tree = ast.parse(source)
            environments = dict(_imported(tree))
            for name, variable, line in _attributes(tree, frozenset(environments)):
                site = Site(shown(module.file, request), line)
                yield EnvironmentUse(environments[name], variable, site)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names under which environments are imported, with their modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, module = node.module.rpartition(".")
            if package.rpartition(".")[2] == FOLDER:
                for alias in node.names:
                    if alias.name == _EXPORTED:
                        yield alias.asname or alias.name, module


def _attributes(node: ast.AST, names: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    """What is read off some names, where they are not given another meaning."""
    for child in ast.iter_child_nodes(node):
        inner = names
        match child:
            case ast.Attribute(value=ast.Name(id=name), attr=variable) if name in names:
                yield name, variable, child.lineno
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                inner = names.difference(_bound(child))
        yield from _attributes(child, inner)


def _bound(function: ast.AST) -> Iterator[str]:
    """The parameters of a function, and what it assigns to."""
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
