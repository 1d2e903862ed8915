"""Makes GraphQL with Amplify's directives of models and operations.

The text says the same as that which the official library makes of the same schema.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.models import Model
from preamp.definition.data.naming import type_name
from preamp.definition.data.operations import Operation
from preamp.definition.data.routes import Conversation
from preamp.definition.data.rules import ResourceRule, Rule
from preamp.definition.data.schema import Schema, SchemaAccess
from preamp.definition.data.schemas import CombinedSchemas, SchemaParts
from preamp.definition.data.sdl.annotations import InlineEnum
from preamp.definition.data.sdl.authorization import check_rules, native_directives
from preamp.definition.data.sdl.callers import provider_of
from preamp.definition.data.sdl.catalogue import ASYNC_ANSWER, Catalogue
from preamp.definition.data.sdl.conversation_types import conversation_types
from preamp.definition.data.sdl.directives import block
from preamp.definition.data.sdl.inputs import Inputs
from preamp.definition.data.sdl.models import model_text
from preamp.definition.data.sdl.operations import Operations
from preamp.definition.data.sdl.places import Place, place_at, place_of_class
from preamp.definition.data.sdl.routes import conversation_function, conversation_text
from preamp.definition.data.sdl.structures import structure_text, structures_in
from preamp.definition.data.sdl.types import Named, Types, enum_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.schema import Action, Resolver, SqlStatement
    from preamp.definition.data.schemas import SchemaPart
    from preamp.definition.data.sdl.operations import WrittenOperation
    from preamp.definition.function import FunctionDefinition

_ROOTS: Final = ("Mutation", "Query", "Subscription")


def schema_of(
    parts: Sequence[SchemaPart],
    authorization: Sequence[Rule | ResourceRule],
    site: Site | None,
) -> Schema:
    """Make one schema of models and operations.

    Args:
        parts: The models, types and operations.
        authorization: Who may use what has no rules of its own.
        site: The line that puts them together.

    Raises:
        UserError: What is wrong with them.
    """
    return schemas_of(SchemaParts(tuple(parts), tuple(authorization), None, site))[0]


def schemas_of(given: SchemaParts | CombinedSchemas) -> tuple[Schema, ...]:
    """Make the schemas of an API.

    Args:
        given: What `schema`, `configure` or `combine` returned.

    Raises:
        UserError: What is wrong with them.
    """
    schemas = given.schemas if isinstance(given, CombinedSchemas) else (given,)
    catalogue = Catalogue(schemas)
    return tuple(_SchemaWriter(each, catalogue).write() for each in schemas)


class _SchemaWriter:
    """Writes one schema.

    Args:
        schema: What it is made of.
        catalogue: What all schemas of the API name.
    """

    def __init__(self, schema: SchemaParts, catalogue: Catalogue) -> None:
        self._schema = schema
        self._catalogue = catalogue
        self._place = place_at("the schema", schema.site)
        self._rules, self._access = _split(schema, self._place)
        self._types = Types(catalogue)
        self._inputs = Inputs(catalogue, self._types)
        sql = schema.database is not None
        self._operations = Operations(catalogue, self._types, self._inputs, self._rules, sql=sql)
        self._engine = schema.database.engine if schema.database else None
        self._texts: list[str] = []
        self._roots: dict[str, list[str]] = {root: [] for root in _ROOTS}
        self._inherited: dict[str, list[Rule]] = {}
        self._functions: dict[str, FunctionDefinition] = {}
        self._providers: dict[str, Site | None] = {}
        self._resolvers: list[Resolver] = []
        self._statements: list[SqlStatement] = []

    def write(self) -> Schema:
        """The schema."""
        for part in self._schema.parts:
            self._write_part(part)
        structures = [each for each in self._schema.parts if is_custom_type(each)]
        self._write_types(Named("", cast("type", each), self._place) for each in structures)
        if ASYNC_ANSWER in self._inherited:
            rules = native_directives(self._inherited[ASYNC_ANSWER])
            self._texts.append(block(f"type {ASYNC_ANSWER} {rules}", ["success: Boolean!"]))
        self._write_types(self._types.found)
        return Schema(
            sdl="\n\n".join([*self._texts, *self._inputs.texts, *self._root_types()]) + "\n",
            resolvers=tuple(self._resolvers),
            functions=MappingProxyType(self._functions),
            access=self._access,
            sql_statements=tuple(self._statements),
            database=self._schema.database,
            providers=MappingProxyType(self._providers),
            site=self._schema.site,
        )

    def _write_part(self, part: SchemaPart) -> None:
        if isinstance(part, Conversation):
            self._roots["Mutation"].append(conversation_text(self._catalogue, part))
            self._note(part.authorization)
            if part.handler:
                self._functions[conversation_function(part)] = part.handler
        elif isinstance(part, Operation):
            self._write_operation(part)
        elif issubclass(part, Model):
            model = self._catalogue.model(part, self._place)
            self._texts.append(
                model_text(self._catalogue, self._types, model, self._rules, self._engine)
            )
            self._note(model.options.authorization or self._rules)
            for field in model.fields.values():
                self._note(field.options.authorization or ())
        elif issubclass(part, Enum):
            self._texts.append(enum_text(Named(type_name(part), part, place_of_class(part))))

    def _write_operation(self, operation: Operation) -> None:
        written = self._operations.write(operation)
        self._roots[operation.kind].append(written.text)
        self._functions |= written.functions
        self._note(written.rules)
        if written.resolver:
            self._resolvers.append(written.resolver)
        if written.statement:
            self._statements.append(written.statement)
        for name in self._answered(written):
            self._inherited.setdefault(name, []).extend(written.rules)

    def _note(self, rules: Iterable[Rule]) -> None:
        """Note what the API needs for rules that hold."""
        for rule in rules:
            self._providers.setdefault(provider_of(rule), rule.site)

    def _answered(self, written: WrittenOperation) -> list[str]:
        """The custom types that an operation's answer is made of."""
        if written.answer is None:
            return [ASYNC_ANSWER]
        named = written.answer.named
        if isinstance(named, type) and is_custom_type(named):
            return [type_name(each) for each in structures_in(self._catalogue, named)]
        return []

    def _write_types(self, types: Iterable[Named]) -> None:
        """Write enums and custom types; more of these may be met meanwhile."""
        for named in types:
            if isinstance(named.kind, InlineEnum) or issubclass(named.kind, Enum):
                self._texts.append(enum_text(named))
                continue
            rules = self._inherited.get(type_name(named.kind), [])
            self._texts.append(structure_text(self._catalogue, self._types, named.kind, rules))

    def _root_types(self) -> list[str]:
        written = [block(f"type {root}", lines) for root, lines in self._roots.items() if lines]
        if any(isinstance(part, Conversation) for part in self._schema.parts):
            written += conversation_types()
        return written


def _split(schema: SchemaParts, place: Place) -> tuple[tuple[Rule, ...], tuple[SchemaAccess, ...]]:
    """A schema's rules for callers, and those for functions."""
    given: Any = schema.authorization
    access = [rule for rule in given if isinstance(rule, ResourceRule)]
    others = [rule for rule in given if not isinstance(rule, ResourceRule)]
    return check_rules(others, place), tuple(
        SchemaAccess(rule.function, cast("tuple[Action, ...]", rule.operations)) for rule in access
    )
