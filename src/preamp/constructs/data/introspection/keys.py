"""Primary keys and indexes of models.

Both are told to frontends as directives named ``key``, as in Amplify's first version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.constructs.data.introspection.document import ID, Directive, Field, PrimaryKey
from preamp.constructs.data.introspection.names import lower_first, plural, upper_first
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.constructs.data.introspection.document import Model

KEY: Final = "key"
PRIMARY_KEY: Final = "primaryKey"
INDEX: Final = "index"

_SORT_KEYS: Final = "sortKeyFields"
_TIMES: Final = ("createdAt", "updatedAt")


def complete(model: Model) -> None:
    """Give a model what it has without its schema saying so: a key, and times; the id first.

    Raises:
        UserError: ``InvalidSchemaError``.
    """
    model.key = _primary_key(model)
    _add_times(model)
    model.fields.sort(key=lambda each: each.name != ID)


def tell_keys(model: Model) -> None:
    """Add what is told of a model's keys to its directives."""
    for field in model.fields:
        directive = field.directive(PRIMARY_KEY)
        if directive:
            fields = [field.name, *_sort_keys(directive)]
            model.directives.append(Directive(KEY, {"fields": fields}))
            break
    known = {each.arguments.get("name") for each in model.directives if each.name == KEY}
    indexes = [
        _index(model, field, directive)
        for field in model.fields
        for directive in field.directives
        if directive.name == INDEX
    ]
    model.directives += [each for each in indexes if each.arguments["name"] not in known]


def _primary_key(model: Model) -> PrimaryKey:
    for field in model.fields:
        directive = field.directive(PRIMARY_KEY)
        if directive is None:
            continue
        if field.is_nullable:
            raise UserError(
                "InvalidSchemaError",
                f"{model.name}.{field.name} is the primary key, but may be null",
                f"make it required: {field.name}: {field.type}!",
            )
        sort_keys = _sort_keys(directive)
        return PrimaryKey(field.name, sort_keys, is_custom=field.name != ID or bool(sort_keys))
    known = model.find(ID)
    if known:
        known.is_nullable = False
    else:
        model.fields.insert(0, Field(ID, "ID", is_nullable=False))
    return PrimaryKey(ID, [], is_custom=False)


def _add_times(model: Model) -> None:
    directive = next(each for each in model.directives if each.name == "model")
    given: Any = directive.arguments.get("timestamps", {})
    if given is None:
        return
    for name in _TIMES:
        model.add(Field(given.get(name) or name, "AWSDateTime", is_read_only=True))


def _index(model: Model, field: Field, directive: Directive) -> Directive:
    fields = [field.name, *_sort_keys(directive)]
    default = f"{lower_first(plural(model.name))}By{'And'.join(map(upper_first, fields))}"
    arguments: dict[str, Any] = {"name": directive.arguments.get("name") or default}
    if "queryField" in directive.arguments:
        arguments["queryField"] = directive.arguments["queryField"]
    return Directive(KEY, {**arguments, "fields": fields})


def _sort_keys(directive: Directive) -> list[str]:
    given = directive.arguments.get(_SORT_KEYS) or []
    return [given] if isinstance(given, str) else list(given)
