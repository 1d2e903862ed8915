"""Writes amplify-to-python.md: `make docs`.

Beside every option of Amplify's definitions (amplify/options.json, read off its package) stands
ours, found by looking at our functions' parameters and the types of these; or that it is missing.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, Required, Union

import preamp
from preamp.contract.node import node_binary

OPTIONS = Path(__file__).parent / "amplify" / "options.json"

SAID_OTHERWISE = {
    "defineFunction.provider": "the first argument",
    # the CDK's type has it as well; Amplify sets it from the other
    "defineAuth.loginWith.externalProviders.signInWithApple.privateKeyValue": "`private_key`",
}
"""Where a name alone says too little."""

_HEAD = """# Amplify's options in Python

Every option of the official library's definitions for auth, functions, storage and secrets, and
its name here. Names are the same in snake_case, values are the same texts, and what is a dictionary
there is one here. The left column is read off the type declarations of `{package}`
{version}, the right one off ours. `*` stands for any name.

`python docs/read_amplify_options.py` reads a newer version. What is new in it is *missing* here
until preamp has it.
"""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DEEPEST = 8

Found = dict[str, set[object]]


def snake(name: str) -> str:
    """A name of Amplify's as we write it."""
    return _CAMEL.sub("_", name).lower()


def ours(definition: str) -> Found:
    """The options of one of our functions, with the texts that each takes; empty without one.

    Args:
        definition: Its name in Amplify.
    """
    function = getattr(preamp, snake(definition), None)
    found: Found = {}
    if function is None:
        return found
    names = _namespace(inspect.getmodule(function))
    for name, hint in typing.get_type_hints(function, names, include_extras=True).items():
        if name != "return":
            _visit(found, name, hint)
    return found


def _namespace(module: types.ModuleType | None) -> dict[str, Any]:
    """The names of a module, those for type checkers included."""
    if module is None or module.__file__ is None:
        return {}
    names = dict(vars(module))
    for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.ImportFrom) and inner.module:
                    for alias in inner.names:
                        names.setdefault(alias.name, _imported(inner.module, alias.name))
    return names


def _imported(module: str, name: str) -> Any:  # noqa: ANN401 - whatever it is
    found = importlib.import_module(module)
    if hasattr(found, name):
        return getattr(found, name)
    return importlib.import_module(f"{module}.{name}")


def _visit(found: Found, path: str, hint: Any) -> None:  # noqa: ANN401 - a type
    found.setdefault(path, set())
    if path.count(".") > _DEEPEST:
        return
    if typing.get_origin(hint) is Literal:
        found[path].update(typing.get_args(hint))
    if typing.get_origin(hint) is Callable:
        _visit_rules(found, path, hint)
    for name, part in _parts(hint):
        _visit(found, f"{path}{name}", part)


def _parts(hint: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """What a type is made of, each with what its path has more."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if typing.is_typeddict(hint):
        names = _namespace(sys.modules[hint.__module__])
        for key, own in typing.get_type_hints(hint, names, names, include_extras=True).items():
            yield f".{key}", own
    elif origin in (Union, types.UnionType, Required, NotRequired):
        yield from (("", part) for part in arguments)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from ((f".{key}", arguments[1]) for key in _keys(arguments[0]))
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        yield "", arguments[0]


def _keys(hint: Any) -> tuple[object, ...]:  # noqa: ANN401
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ("*",)


def _visit_rules(found: Found, path: str, callback: Any) -> None:  # noqa: ANN401
    """What a callback is given to say rules with: methods and attributes, each with its ``to``."""
    taken = typing.get_args(callback)[0]
    for given in taken if isinstance(taken, list) else ():
        if not (inspect.isclass(given) and given.__module__.startswith("preamp.")):
            continue
        for rule, builder in _members(given):
            found.setdefault(f"{path}.{rule}", set())
            for method, _ in _members(builder):
                _visit_arguments(found, f"{path}.{rule}.{method}", getattr(builder, method, None))


def _visit_arguments(found: Found, path: str, function: object) -> None:
    if inspect.isfunction(function):
        names = _namespace(inspect.getmodule(function))
        for name, hint in typing.get_type_hints(function, names).items():
            if name != "return":
                _visit(found, path, hint)


def _members(owner: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Public methods and properties with what they give, and attributes with their types."""
    if not inspect.isclass(owner):
        return
    names = _namespace(inspect.getmodule(owner))
    for name, hint in typing.get_type_hints(owner, names).items():
        if not name.startswith("_"):
            yield name, hint
    for name, member in inspect.getmembers(owner):
        function = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and inspect.isfunction(function):
            own = _namespace(inspect.getmodule(function))
            yield name, typing.get_type_hints(function, own).get("return")


def rows(definition: str, options: Mapping[str, Sequence[object]]) -> Iterator[tuple[str, str]]:
    """What Amplify calls each option, and what we say."""
    known = ours(definition)
    for option, values in options.items():
        name = ".".join(part if part == "*" else snake(part) for part in option.split("."))
        yield option, _said(definition, option, name, known, values)


def _said(definition: str, option: str, name: str, known: Found, values: Sequence[object]) -> str:
    if known and f"{definition}.{option}" in SAID_OTHERWISE:
        return SAID_OTHERWISE[f"{definition}.{option}"]
    if name not in known:
        return "*missing*"
    lacking = [value for value in values if known[name] and value not in known[name]]
    told = ", ".join(f"`{value}`" for value in lacking)
    return f"`{name}`; *missing*: {told}" if lacking else f"`{name}`"


def page() -> str:
    """The whole page."""
    os.environ.setdefault("JSII_NODE", str(node_binary()))
    upstream = json.loads(OPTIONS.read_text(encoding="utf-8"))
    parts = [_HEAD.format(package=upstream["package"], version=upstream["version"])]
    for definition, options in upstream["definitions"].items():
        parts.append(
            f"\n## {definition}: `{snake(definition)}`\n\n| Amplify | preamp |\n|---|---|\n"
        )
        parts += [f"| `{option}` | {said} |\n" for option, said in rows(definition, options)]
    return "".join(parts)


if __name__ == "__main__":
    place = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("amplify-to-python.md")
    Path(place).write_text(page(), encoding="utf-8")
