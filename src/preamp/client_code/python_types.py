"""Types of an API's models in Python, for functions and for clients in Python."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Described = Mapping[str, Any]

_HEAD: Final = '''"""The types of the API's models, written by `preamp generate models`."""

from __future__ import annotations

from typing import {names}
'''
_TYPING: Final = ("Literal", "NotRequired", "TypeAlias", "TypedDict")
_SCALARS: Final = {
    "Boolean": "bool",
    "Float": "float",
    "Int": "int",
    "AWSTimestamp": "int",
}
_WIDEST: Final = 88


def python_types(introspection: Described) -> str:
    """A module with a type for each model, enum, custom type and input.

    Rows have every field that the API gives for it; what is another model's comes along if a
    statement asks for it. ``Create…Input`` and ``Update…Input`` are what mutations take.

    Args:
        introspection: What is told of the models, as the outputs file has it.
    """
    parts = [_enum(each) for each in introspection.get("enums", {}).values()]
    parts += [_typed(each["name"], _plain(each)) for each in _named(introspection, "nonModels")]
    for model in _named(introspection, "models"):
        parts += _model(model)
    for given in _named(introspection, "inputs"):
        fields = {name: _optional(each) for name, each in given["attributes"].items()}
        parts.append(_typed(given["name"], fields))
    body = "\n\n\n".join(part.rstrip("\n") for part in parts)
    used = [name for name in _TYPING if name in body] or ["TypedDict"]
    return f"{_HEAD.format(names=', '.join(used))}\n\n{body}\n"


def _named(introspection: Described, section: str) -> Iterable[Described]:
    found: Mapping[str, Described] = introspection.get(section, {})
    return found.values()


def _model(model: Described) -> Iterator[str]:
    name = model["name"]
    keys = _keys(model)
    own = {key: each for key, each in model["fields"].items() if "association" not in each}
    written = {key: each for key, each in own.items() if not each.get("isReadOnly")}
    yield _typed(name, {key: _field(each) for key, each in model["fields"].items()})
    yield _typed(f"{name}Connection", {"items": f"list[{name}]", "nextToken": "str | None"})
    create = {
        key: _optional(each) if key != "id" else "NotRequired[str]" for key, each in written.items()
    }
    if model["primaryKeyInfo"]["isCustomPrimaryKey"] and "id" in written:
        create["id"] = _optional(written["id"])
    yield _typed(f"Create{name}Input", create)
    update = {
        key: _type(each) if key in keys else f"NotRequired[{_type(each)}]"
        for key, each in written.items()
    }
    yield _typed(f"Update{name}Input", update)
    yield _typed(f"Delete{name}Input", {key: _type(own[key]) for key in keys if key in own})


def _keys(model: Described) -> list[str]:
    told = model["primaryKeyInfo"]
    return [told["primaryKeyFieldName"], *told["sortKeyFieldNames"]]


def _plain(described: Described) -> dict[str, str]:
    return {key: _field(each) for key, each in described["fields"].items()}


def _field(field: Described) -> str:
    if "association" not in field:
        return _type(field)
    # another model's row is there if the statement asked for it
    other = field["type"]["model"]
    if field["isArray"]:
        return f"NotRequired[{other}Connection]"
    return f"NotRequired[{other}]" if field["isRequired"] else f"NotRequired[{other} | None]"


def _optional(value: Described) -> str:
    required = not value.get("isArrayNullable", False) if value["isArray"] else value["isRequired"]
    return _type(value) if required else f"NotRequired[{_type(value)}]"


def _type(value: Described) -> str:
    told = value["type"]
    if isinstance(told, str):
        name = _SCALARS.get(told, "str")
    else:
        (name,) = told.values()
    inner = name if value["isRequired"] else f"{name} | None"
    if not value["isArray"]:
        return inner
    return f"list[{inner}] | None" if value.get("isArrayNullable", False) else f"list[{inner}]"


def _enum(enum: Described) -> str:
    values = [f'"{value}"' for value in enum["values"]]
    line = f"{enum['name']}: TypeAlias = Literal[{', '.join(values)}]"
    if len(line) <= _WIDEST:
        return line
    listed = "".join(f"    {value},\n" for value in values)
    return f"{enum['name']}: TypeAlias = Literal[\n{listed}]"


def _typed(name: str, fields: Mapping[str, str]) -> str:
    if all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
        lines = [f"    {key}: {kind}\n" for key, kind in fields.items()] or ["    pass\n"]
        return f"class {name}(TypedDict):\n" + "".join(lines)
    # the text of a type stands for it, as what it names may come later
    lines = [f'        "{key}": "{kind}",\n' for key, kind in fields.items()]
    return f'{name} = TypedDict(\n    "{name}",\n    {{\n{"".join(lines)}    }},\n)'
