"""Where the user's code says something of a schema, found when an error has to tell.

Classes and fields are looked up in the source, as Python keeps no lines of annotations.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preamp.definition.data.models import Model
from preamp.definition.data.naming import type_name
from preamp.definition.site import site_at
from preamp.errors import UserError

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from preamp.contract.site import Site


@dataclass(frozen=True)
class Place:
    """Something that the user's code says, for errors about it.

    Attributes:
        label: What it is called there, such as ``Todo.due``.
        find: Looks up its line.
    """

    label: str
    find: Callable[[], Site | None]

    def error(self, code: str, message: str, hint: str, *others: Site | None) -> UserError:
        """An error about it.

        Args:
            code: The error's code.
            message: What is wrong.
            hint: What to do.
            others: More lines that have to do with it.
        """
        sites = [site for site in (self.find(), *others) if site]
        return UserError(code, message, hint, sites=list(dict.fromkeys(sites)))


def place_at(label: str, site: Site | None) -> Place:
    """Something whose line is known.

    Args:
        label: What it is called.
        site: The line.
    """
    return Place(label, lambda: site)


def place_of_class(cls: type) -> Place:
    """Where a class is defined."""
    return Place(type_name(cls), lambda: site_of_class(cls))


def place_of_field(cls: type, name: str, site: Site | None = None) -> Place:
    """Where a class has a field.

    Args:
        cls: The class.
        name: The field, as Python names it.
        site: The line, if it is known.
    """
    return Place(f"{type_name(cls)}.{name}", lambda: site or _site_of_field(cls, name))


def site_of_class(cls: type) -> Site | None:
    """The line of a class."""
    if issubclass(cls, Model):
        return cls.__preamp_model__.site
    node = _class_node(cls)
    return site_at(_file_of(cls), node.lineno) if node else None


def _site_of_field(cls: type, name: str) -> Site | None:
    import ast

    for owner in cls.__mro__:
        node = _class_node(owner)
        for statement in node.body if node else ():
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if isinstance(statement, ast.AnnAssign):
                targets = [statement.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return site_at(_file_of(owner), statement.lineno)
    return site_of_class(cls)


def _class_node(cls: type) -> ast.ClassDef | None:
    """A class's statement in its module's source, if that can be found."""
    import ast
    from pathlib import Path

    file = _file_of(cls)
    if not file:
        return None
    try:
        around: ast.AST | None = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
    for name in cls.__qualname__.replace("<locals>.", "").split("."):
        around = _last_named(around, name) if around else None
    return around if isinstance(around, ast.ClassDef) else None


def _last_named(around: ast.AST, name: str) -> ast.AST | None:
    """The class or function of a name inside another, as the last one holds."""
    import ast

    named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [
        node
        for node in ast.walk(around)
        if isinstance(node, named) and node.name == name and node is not around
    ]
    return found[-1] if found else None


def _file_of(cls: type) -> str:
    return getattr(sys.modules.get(cls.__module__), "__file__", None) or ""
