"""Relations of many to many: a model in between, as Amplify's construct makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from preamp.constructs.data.introspection.document import ID, Directive, Field, Model
from preamp.constructs.data.introspection.keys import INDEX, complete, tell_keys
from preamp.constructs.data.introspection.names import camel, camel_case, upper_first
from preamp.constructs.data.introspection.relations import BELONGS_TO, HAS_MANY
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANY: Final = "manyToMany"
_TWO: Final = 2


def add_models_between(models: dict[str, Model]) -> None:
    """Put a model between each two that are many to many.

    Raises:
        UserError: ``InvalidSchemaError``.
    """
    sides: dict[str, list[tuple[Model, Field, Directive]]] = {}
    for model, field, directive in _sides(models):
        name = _name(directive)
        sides.setdefault(name, []).append((model, field, directive))
    for name, both in sides.items():
        if len(both) != _TWO:
            raise UserError(
                "InvalidSchemaError",
                f"the relation {name} has {len(both)} side{'s' if len(both) > 1 else ''}",
                "give two fields @manyToMany with that relationName",
            )
        models[name] = _between(name, both[0][0], both[1][0])
        for model, field, directive in both:
            field.directives.remove(directive)
            field.type = name
            arguments = {"indexName": f"by{model.name}", "fields": model.key.fields}
            field.directives.append(Directive(HAS_MANY, arguments))


def _sides(models: dict[str, Model]) -> Iterator[tuple[Model, Field, Directive]]:
    for model in models.values():
        for field in model.fields:
            for directive in field.directives:
                if directive.name == _MANY:
                    yield model, field, directive


def _name(directive: Directive) -> str:
    given = str(directive.arguments.get("relationName", ""))
    return upper_first("".join(letter for letter in given if letter.isalnum() or letter == "_"))


def _between(name: str, first: Model, second: Model) -> Model:
    fields = [Field(ID, "ID", is_nullable=False)]
    for model in (first, second):
        key, *sorting = model.key_fields()
        others = [f"{camel(model.name)}{each.name}" for each in sorting]
        index = Directive(INDEX, {"name": f"by{model.name}", "sortKeyFields": others})
        fields.append(Field(camel(model.name, key.name), "ID", directives=[index]))
        fields += [
            Field(other, each.type, is_list=each.is_list)
            for other, each in zip(others, sorting, strict=True)
        ]
    fields += [_back(model) for model in (first, second)]
    rules = [each for model in (first, second) for each in model.directives if each.name == "auth"]
    unique = {json.dumps(each.arguments): each for each in rules}
    made = Model(name, fields, [Directive("model"), *unique.values()])
    complete(made)
    tell_keys(made)
    return made


def _back(model: Model) -> Field:
    key, *sorting = model.key_fields()
    own = [camel(model.name, key.name), *(f"{camel(model.name)}{each.name}" for each in sorting)]
    directive = Directive(BELONGS_TO, {"fields": own})
    return Field(camel_case(model.name), model.name, is_nullable=False, directives=[directive])
