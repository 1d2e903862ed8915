"""Writes what frontends read of a schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.constructs.data.introspection.conversations import conversation
from preamp.constructs.data.introspection.document import read
from preamp.constructs.data.introspection.keys import complete, tell_keys
from preamp.constructs.data.introspection.many_to_many import add_models_between
from preamp.constructs.data.introspection.names import constant, plural
from preamp.constructs.data.introspection.relations import connect
from preamp.constructs.data.introspection.rules import tell_rules
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.constructs.data.introspection.document import (
        Connection,
        Document,
        Field,
        Model,
        ObjectType,
        Value,
    )

_VERSION: Final = 1
_SCALARS: Final = frozenset(
    {
        "AWSDate", "AWSDateTime", "AWSEmail", "AWSIPAddress", "AWSJSON", "AWSPhone", "AWSTime",
        "AWSTimestamp", "AWSURL", "Boolean", "Float", "ID", "Int", "String",
    }
)  # fmt: skip
_GENERATION: Final = "generation"
_CONVERSATION: Final = "conversation"


def model_introspection(sdl: str) -> str:
    """The text about a schema that Amplify's clients make their methods of.

    Args:
        sdl: The schema, with Amplify's directives.

    Raises:
        UserError: ``InvalidSchemaError``.
        GraphQLSyntaxError: It is no GraphQL.
    """
    document = read(sdl)
    for model in document.models.values():
        complete(model)
    for model in document.models.values():
        tell_keys(model)
    add_models_between(document.models)
    connect(document.models)
    for model in document.models.values():
        model.directives = tell_rules(model.directives)
    return json.dumps(_Writer(document).told(), indent=4, ensure_ascii=False)


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document

    def told(self) -> dict[str, Any]:
        document = self._document
        told: dict[str, Any] = {
            "version": _VERSION,
            "models": {name: self._model(each) for name, each in document.models.items()},
            "enums": {name: _enum(name, each) for name, each in document.enums.items()},
            "nonModels": {name: self._object(each) for name, each in document.structures.items()},
        }
        queries = self._told_of("query")
        mutations = self._told_of("mutation", _CONVERSATION)
        parts: dict[str, dict[str, Any]] = {
            "queries": self._operations(queries, _GENERATION, marked=False),
            "generations": self._operations(queries, _GENERATION, marked=True),
            "mutations": self._operations(mutations, _CONVERSATION, marked=False),
            "conversations": {
                each.name: conversation(each.name, self._operation(each))
                for each in mutations
                if each.directive(_CONVERSATION)
            },
            "subscriptions": self._operations(self._told_of("subscription"), "", marked=False),
            "inputs": {
                name: {"name": name, "attributes": self._values(each)}
                for name, each in document.inputs.items()
            },
        }
        return told | {name: part for name, part in parts.items() if part}

    def _model(self, model: Model) -> dict[str, Any]:
        return {
            **self._object(model),
            "syncable": True,
            "pluralName": plural(model.name),
            "attributes": [
                {"type": each.name, "properties": each.arguments} for each in model.directives
            ],
            "primaryKeyInfo": {
                "isCustomPrimaryKey": model.key.is_custom,
                "primaryKeyFieldName": model.key.name,
                "sortKeyFieldNames": model.key.sort_fields,
            },
        }

    def _object(self, given: ObjectType) -> dict[str, Any]:
        fields = {
            each.name: self._field(each)
            for each in given.fields
            if each.type not in self._document.unions
        }
        return {"name": given.name, "fields": fields}

    def _field(self, field: Field) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": field.name,
            "isArray": field.is_list,
            "type": self._type(field.type),
            "isRequired": not field.is_nullable,
            "attributes": [],
        }
        if field.is_list_nullable is not None:
            told["isArrayNullable"] = field.is_list_nullable
        if field.is_read_only:
            told["isReadOnly"] = True
        if field.connection:
            told["association"] = _association(field.connection)
        return told

    def _told_of(self, kind: str, always: str = "") -> list[Field]:
        """The operations of a kind, less those that answer with what nothing is told of."""
        return [
            each
            for each in self._document.operations[kind]
            if each.type not in self._document.unions or (always and each.directive(always))
        ]

    def _operations(
        self, operations: Iterable[Field], directive: str, *, marked: bool
    ) -> dict[str, Any]:
        """What is told of operations that have a directive, or have it not."""
        return {
            each.name: self._operation(each)
            for each in operations
            if bool(directive and each.directive(directive)) is marked
        }

    def _operation(self, operation: Field) -> dict[str, Any]:
        told = self._value(operation)
        if operation.arguments:
            told["arguments"] = self._values(operation.arguments)
        return told

    def _values(self, values: Iterable[Value]) -> dict[str, Any]:
        return {each.name: self._value(each) for each in values}

    def _value(self, value: Value) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": value.name,
            "isArray": value.is_list,
            "type": self._type(value.type),
            "isRequired": not value.is_nullable,
        }
        if value.is_list_nullable is not None:
            told["isArrayNullable"] = value.is_list_nullable
        return told

    def _type(self, name: str) -> object:
        document = self._document
        if name in _SCALARS:
            return name
        for kind, known in (
            ("enum", document.enums),
            ("nonModel", document.structures),
            ("model", document.models),
            ("input", document.inputs),
            ("union", document.unions),
        ):
            if name in known:
                return {kind: name}
        raise UserError(
            "InvalidSchemaError",
            f"the schema has no type {name!r}",
            "define it, or use a scalar type that Amplify has",
        )


def _enum(name: str, values: list[str]) -> dict[str, Any]:
    # of values that differ in their writing alone, one is told
    told = {constant(value): value for value in values}
    return {"name": name, "values": list(told.values())}


def _association(connection: Connection) -> dict[str, Any]:
    told: dict[str, Any] = {"connectionType": connection.kind}
    if connection.associated_with is not None:
        told["associatedWith"] = connection.associated_with
    if connection.target_names is not None:
        told["targetNames"] = connection.target_names
    return told
