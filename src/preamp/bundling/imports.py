"""What a Python file imports and defines, read from its syntax tree without running it.

It knows nothing of where modules lie.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT: Final = 500
_IMPORT_ERRORS: Final = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass(frozen=True)
class Import:
    """One import statement, or a call of ``import_module`` with a literal name.

    Attributes:
        module: The dotted name after ``import`` or ``from``; empty for ``from . import x``.
        level: How many leading dots it has.
        names: What is taken from the module; empty for ``import module``.
        line: Line number, from 1.
        optional: Whether the code expects that it may fail.
    """

    module: str
    level: int
    names: tuple[str, ...]
    line: int
    optional: bool

    def __str__(self) -> str:
        return "." * self.level + (self.module or ", ".join(self.names))


@dataclass(frozen=True)
class ModuleText:
    """What bundling wants to know of one file.

    Attributes:
        imports: In the order of the file, without those for type checkers only.
        names: What the module's top level defines, in the order of the file.
        open_ended: A ``from x import *`` or ``__getattr__`` may define more.
    """

    imports: tuple[Import, ...]
    names: tuple[str, ...]
    open_ended: bool


@lru_cache(maxsize=_KEPT)
def read_module(source: bytes) -> ModuleText:
    """Read a module's text; functions of one project share most of their modules.

    Raises:
        SyntaxError: The text is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except ValueError as error:  # a null byte, before Python 3.12
            raise SyntaxError(str(error)) from error
    found = list(_imports(tree.body, optional=False))
    if b"import_module" in source or b"__import__" in source:
        found += _computed_imports(tree)
    names = tuple(dict.fromkeys(_defined(tree.body)))
    return ModuleText(tuple(found), names, open_ended="*" in names or "__getattr__" in names)


def _imports(body: list[ast.stmt], *, optional: bool) -> Iterator[Import]:
    for statement in body:
        match statement:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield Import(alias.name, 0, (), statement.lineno, optional)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                names = tuple(alias.name for alias in aliases)
                yield Import(module or "", level, names, statement.lineno, optional)
            case ast.If(test=test, orelse=orelse) if _is_type_checking(test):
                yield from _imports(orelse, optional=optional)
            case (
                ast.Try(body=attempt, handlers=handlers)
                | ast.TryStar(body=attempt, handlers=handlers)
            ):
                guarded = optional or any(_catches_import_error(each) for each in handlers)
                yield from _imports(attempt, optional=guarded)
                for block in _blocks(statement):
                    if block is not attempt:
                        yield from _imports(block, optional=optional)
            case _:
                for block in _blocks(statement):
                    yield from _imports(block, optional=optional)


def _blocks(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if isinstance(block := getattr(statement, name, None), list):
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield part.body


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        isinstance(node, ast.Name) and node.id in _IMPORT_ERRORS for node in ast.walk(handler.type)
    )


def _computed_imports(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                module = name.lstrip(".")
                yield Import(module, len(name) - len(module), (), node.lineno, optional=False)


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.Assign(targets=targets):
                yield from _targets(targets)
            case ast.AnnAssign(target=target, value=ast.expr()):
                yield from _targets([target])
            case ast.If() | ast.Try() | ast.TryStar() | ast.With() | ast.For() | ast.Match():
                for block in _blocks(statement):
                    yield from _defined(block)


def _targets(targets: list[ast.expr]) -> Iterator[str]:
    for target in targets:
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
