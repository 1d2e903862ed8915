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

import preamp.data
from preamp.contract.node import node_binary
from preamp.definition.data import schemas, validation

OPTIONS = Path(__file__).parent / "amplify" / "options.json"

SAID_OTHERWISE = {
    "defineFunction.provider": "the first argument",
    # the CDK's type has it as well; Amplify sets it from the other
    "defineAuth.loginWith.externalProviders.signInWithApple.privateKeyValue": "`private_key`",
}
"""Where a name alone says too little."""

WORDS = {
    "schema.transform": "nothing: it is made when the backend is built",
    "model": "a class that derives from `Model`",
    "model.authorization": "`Model(authorization=…)`",
    "model.identifier": "`Model(identifier=…)`",
    "model.secondaryIndexes": "`Model(indexes=[Index(…)])`",
    "model.secondaryIndexes.name": "`Index(name=…)`",
    "model.secondaryIndexes.sortKeys": "`Index(sort_keys=…)`",
    "model.secondaryIndexes.queryField": "`Index(query_field=…)`",
    "model.secondaryIndexes.projection": "`Index(projection=…)`",
    "model.disableOperations": "`Model(disable_operations=…)`",
    "ref": "the class, or the function",
    "ref.required": "no `\\| None`",
    "ref.array": "`list[…]`",
    "ref.authorization": "`field(authorization=…)`",
    "ref.mutations": "`Model.mutations(…)`",
    "customType": "a class with `@custom_type`",
    "enum": "`Literal[…]`, or a class that derives from `Enum`",
    "query": "`@query(…)` on a function",
    "query.arguments": "the function's parameters",
    "query.returns": "the function's return type",
    "mutation": "`@mutation(…)` on a function",
    "mutation.arguments": "the function's parameters",
    "mutation.returns": "the function's return type",
    "subscription": "`@subscription(…)` on a function",
    "subscription.arguments": "the function's parameters",
    "subscription.for": "`subscription(for_=…)`",
    "hasOne.required": "nothing: Amplify refuses it when it is deployed",
    "hasMany.valueRequired": "nothing: Amplify refuses it when it is deployed",
    "id": "`ID`",
    "string": "`str`",
    "integer": "`int`",
    "float": "`float`",
    "boolean": "`bool`",
    "date": "`AWSDate`",
    "time": "`AWSTime`",
    "datetime": "`AWSDateTime`",
    "timestamp": "`AWSTimestamp`",
    "email": "`AWSEmail`",
    "json": "`AWSJSON`",
    "phone": "`AWSPhone`",
    "url": "`AWSURL`",
    "ipAddress": "`AWSIPAddress`",
    "field.required": "no `\\| None`",
    "field.array": "`list[…]`",
    "field.default": "`= …`, or `field(default=…)`",
    "conversation": "`@conversation(…)` on a function",
    "generation": "`@generation(…)` on a function",
    "generation.arguments": "the function's parameters",
    "generation.returns": "the function's return type",
    "ai.model": "its name, or `AiModel(…)`",
    "ai.dataTool": "`DataTool(…)`",
    "handler.function.async": "`handler.async_function(…)`",
}
"""Words of Amplify's vocabulary of data models that are something else in Python."""

_HEAD = """# Amplify's options in Python

Every option of the official library's definitions for auth, functions, storage, data and secrets,
and its name here. Names are the same in snake_case, values are the same texts, and what is a
dictionary there is one here. The left column is read off the type declarations of `{package}`
{version}, the right one off ours. `*` stands for any name.

`python docs/read_amplify_options.py` reads a newer version. What is new in it is *missing* here
until preamp has it.
"""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DEEPEST = 8
_OURS = {"a": "preamp.data", "configure": "preamp.data.configure"}

Found = dict[str, set[object]]


def snake(name: str) -> str:
    """A name of Amplify's as we write it."""
    return _CAMEL.sub("_", name).lower()


def ours(definition: str) -> Found:
    """The options of one of our functions, with the texts that each takes; empty without one.

    Args:
        definition: Its name in Amplify.
    """
    if definition == "a":
        return vocabulary()
    function = getattr(preamp, snake(definition), None) or vars(schemas).get(definition)
    found: Found = {}
    if function is None:
        return found
    names = _namespace(inspect.getmodule(function))
    for name, hint in typing.get_type_hints(function, names, include_extras=True).items():
        if name != "return":
            _visit(found, name, hint)
    return found


def vocabulary() -> Found:
    """The words of data models, with what more each takes."""
    found: Found = {}
    for name in preamp.data.__all__:
        word = getattr(preamp.data, name)
        found[name] = set()
        if word.__class__.__module__.startswith("preamp."):
            for part, builder in _members(type(word)):
                found[f"{name}.{part}"] = set()
                for method, _ in _members(builder):
                    function = getattr(builder, method, None)
                    _visit_arguments(found, f"{name}.{part}.{method}", function)
        elif inspect.isfunction(word):
            found |= {f"{name}.{parameter}": set() for parameter in _parameters(word)}
            if word.__module__ == validation.__name__:
                found[f"field.validate.{name}"] = set()
    return found


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


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
    if definition == "a" and option in WORDS:
        return WORDS[option]
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
            f"\n## {definition}: `{_OURS.get(definition, snake(definition))}`\n\n"
            "| Amplify | preamp |\n|---|---|\n"
        )
        parts += [f"| `{option}` | {said} |\n" for option, said in rows(definition, options)]
    return "".join(parts)


if __name__ == "__main__":
    place = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("amplify-to-python.md")
    Path(place).write_text(page(), encoding="utf-8")
