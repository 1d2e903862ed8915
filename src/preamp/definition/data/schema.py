"""A schema as Amplify's GraphQL construct takes it: GraphQL, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.contract.site import Site
    from preamp.definition.data.databases import Database
    from preamp.definition.function import FunctionDefinition

ResolverType = Literal["Query", "Mutation", "Subscription"]
Action = Literal["query", "mutate", "listen"]


@dataclass(frozen=True)
class ResolverStep:
    """One step of a resolver in JavaScript.

    Attributes:
        data_source: The data source it uses.
        path: Its file, absolute.
        site: The line that names it.
    """

    data_source: str
    path: Path
    site: Site | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Resolver:
    """A resolver in JavaScript.

    Attributes:
        type_name: The type that has the field.
        field_name: The field it answers.
        steps: What it does, one after the other.
    """

    type_name: ResolverType
    field_name: str
    steps: tuple[ResolverStep, ...]


@dataclass(frozen=True)
class SqlStatement:
    """A field that an SQL statement answers.

    Attributes:
        type_name: The type that has the field.
        field_name: The field.
        reference: The statement's name in the GraphQL, if it is in a file.
        path: That file, absolute.
    """

    type_name: ResolverType
    field_name: str
    reference: str | None = None
    path: Path | None = None


@dataclass(frozen=True)
class SchemaAccess:
    """What a function may do with a whole schema.

    Attributes:
        function: The function.
        actions: What it may do.
    """

    function: FunctionDefinition
    actions: tuple[Action, ...]


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema as Amplify's GraphQL construct takes it.

    Attributes:
        sdl: The GraphQL text with Amplify's directives.
        resolvers: Resolvers in JavaScript.
        functions: Functions by the names that the text has for them.
        access: What functions may do with all of it.
        sql_statements: Fields that SQL statements answer.
        database: The SQL database of its models; None for DynamoDB.
        providers: What tells who callers are, such as ``apiKey``, each with a rule that needs it.
        site: The line that defines it.
    """

    sdl: str
    resolvers: tuple[Resolver, ...] = ()
    functions: Mapping[str, FunctionDefinition] = field(
        default_factory=lambda: MappingProxyType({})
    )
    access: tuple[SchemaAccess, ...] = ()
    sql_statements: tuple[SqlStatement, ...] = ()
    database: Database | None = None
    providers: Mapping[str, Site | None] = field(default_factory=lambda: MappingProxyType({}))
    site: Site | None = field(default=None, repr=False)
