"""Schemas written to files, so that their classes have lines, and what is made of them."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from preamp import UserError
from preamp.definition.data.schemas import CombinedSchemas, SchemaParts
from preamp.definition.data.transform import schema_of, schemas_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from preamp.definition.data.schema import Schema

HEAD: Final = """from __future__ import annotations
from typing import Any, ClassVar, Literal
import datetime, typing
from preamp import define_function, secret
from preamp.data import *
from preamp.data import Enum
function = define_function(entry="main.py")
OPEN = [allow.public_api_key()]
def step(): return handler.function(function)
"""
MARK: Final = "# here"
_NUMBERS: Final = itertools.count()


def loaded(folder: Path, text: str, *, name: str | None = None) -> ModuleType:
    """The module of a text, with everything imported that schemas are made of."""
    module = name or f"schema_{next(_NUMBERS)}"
    file = folder / f"{module}.py"
    file.write_text(HEAD + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(module, file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[module] = made
    spec.loader.exec_module(made)
    return made


def made(folder: Path, text: str) -> tuple[Schema, ...]:
    """What is made of ``schema`` in a text, which is all its models if it has none."""
    module = loaded(folder, text)
    given = getattr(module, "api", None)
    if isinstance(given, SchemaParts | CombinedSchemas):
        return schemas_of(given)
    parts: list[Any] = given or _parts(module)
    return (schema_of(parts, (), None),)


def sdl(folder: Path, text: str) -> str:
    """The GraphQL that is made of a text."""
    return made(folder, text)[0].sdl


def refused(folder: Path, text: str) -> UserError:
    """The error about a text; its first site is the line with the mark."""
    with pytest.raises(UserError) as raised:
        made(folder, text)
    marked = [number for number, line in enumerate((HEAD + text).splitlines(), 1) if MARK in line]
    sites = raised.value.sites
    assert sites, raised.value
    assert [sites[0].line] == marked, raised.value
    assert raised.value.hint
    return raised.value


def marked(text: str, start: str) -> str:
    """A text with the mark at the one line that starts with something."""
    lines = [f"{line}  {MARK}" if line.startswith(start) else line for line in text.splitlines()]
    assert sum(line.endswith(MARK) for line in lines) == 1
    return "\n".join([*lines, ""])


def _parts(module: ModuleType) -> list[Any]:
    from preamp.data import Model
    from preamp.definition.data.operations import Operation
    from preamp.definition.data.routes import Conversation

    own = [each for each in vars(module).values() if getattr(each, "__module__", "")]
    return [
        each
        for each in own
        if isinstance(each, Operation | Conversation)
        or (
            isinstance(each, type)
            and issubclass(each, Model)
            and each.__module__ == module.__name__
        )
    ]
