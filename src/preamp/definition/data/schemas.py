"""Schemas as the user puts them together: models and operations with rules for all of them.

Amplify Gen 2, "Set up Amplify Data" and "Connect your app to existing MySQL and PostgreSQL
database". What becomes of them is known elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from preamp.definition.data.databases import read_database
from preamp.definition.data.models import Model
from preamp.definition.data.operations import Operation
from preamp.definition.data.routes import Conversation
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.databases import Database, DatabaseOptions
    from preamp.definition.data.rules import ResourceRule, Rule

SchemaPart: TypeAlias = type[object] | Operation | Conversation

_CODE: Final = "SchemaSqlError"


@dataclass(frozen=True, eq=False)
class SchemaParts:
    """What a schema is made of.

    Attributes:
        parts: Models, types and operations.
        authorization: Who may use what has no rules of its own.
        database: The SQL database of the models; None for a table each in DynamoDB.
        site: The line that puts it together.
    """

    parts: tuple[SchemaPart, ...]
    authorization: tuple[Rule | ResourceRule, ...] = ()
    database: Database | None = None
    site: Site | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class SqlSchemaParts(SchemaParts):
    """What a schema with an SQL database is made of.

    Attributes:
        generated: The models as the database has them.
    """

    generated: tuple[type[Model], ...] = ()

    def add_to_schema(self, parts: Sequence[SchemaPart]) -> SqlSchemaParts:
        """Add operations and types, and say more of the database's models.

        A class that derives from a model of the database takes its place, with a name, rules and
        relations of its own.

        Amplify Gen 2, "Connect your app to existing MySQL and PostgreSQL database".

        Args:
            parts: Operations, types, and classes that derive from models of the database.

        Raises:
            UserError: ``SchemaSqlError``.
        """
        site = calling_site()
        now, added = list(self.parts), []
        for part in parts:
            if isinstance(part, type) and issubclass(part, Model):
                now[now.index(self._replaced_by(part, now, site))] = part
            else:
                added.append(part)
        return replace(self, parts=(*now, *added))

    def set_authorization(self, rules: Sequence[Rule | ResourceRule]) -> SqlSchemaParts:
        """Say who may use what has no rules of its own.

        Args:
            rules: The rules, in place of those that `SchemaConfiguration.schema` was given.
        """
        return replace(self, authorization=tuple(rules))

    def original_of(self, model: type[Model]) -> type[Model]:
        """The model of the database that a model stands for."""
        return next((each for each in model.__mro__ if each in self.generated), model)

    def _replaced_by(
        self, model: type[Model], now: Iterable[SchemaPart], site: Site | None
    ) -> type[Model]:
        original = self.original_of(model)
        if original is not model and original in now:
            return original
        if original is model:
            message = f"{model.__name__} derives from no model of the database"
            hint = (
                "derive it from one; what has a table in DynamoDB is a schema of its own: combine()"
            )
        else:
            message = f"two classes derive from {original.__name__}"
            hint = "keep one of them"
        sites = [each for each in (model.__preamp_model__.site, site) if each]
        raise UserError(_CODE, message, hint, sites=sites)


@dataclass(frozen=True, eq=False)
class CombinedSchemas:
    """Several schemas of one API.

    Attributes:
        schemas: The schemas.
        site: The line that combines them.
    """

    schemas: tuple[SchemaParts, ...]
    site: Site | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class SchemaConfiguration:
    """Makes schemas of an SQL database.

    Attributes:
        database: The database.
    """

    database: Database

    def schema(
        self,
        parts: Sequence[SchemaPart],
        *,
        authorization: Sequence[Rule | ResourceRule] = (),
    ) -> SqlSchemaParts:
        """Put together a schema of the database's models.

        Args:
            parts: A model for each table, with names as the database has them.
            authorization: Who may use what has no rules of its own.
        """
        models = tuple(part for part in parts if isinstance(part, type) and issubclass(part, Model))
        site = calling_site()
        return SqlSchemaParts(
            tuple(parts), tuple(authorization), self.database, site, generated=models
        )


def schema(
    parts: Sequence[SchemaPart], *, authorization: Sequence[Rule | ResourceRule] = ()
) -> SchemaParts:
    """Put together a schema: ``a.schema`` of Amplify Gen 2.

    `define_data` takes a list as well; this is for rules that hold for all of it, and for
    `combine`.

    Args:
        parts: Models and operations. Enums and custom types that they use come along by
            themselves; listed, they are part of the API even if nothing uses them.
        authorization: Who may use what has no rules of its own, and which functions may use all
            of it.
    """
    return SchemaParts(tuple(parts), tuple(authorization), None, calling_site())


def combine(schemas: Sequence[SchemaParts]) -> CombinedSchemas:
    """Make one API of several schemas, which may refer to each other.

    Amplify Gen 2, "Connect your app to existing MySQL and PostgreSQL database": ``a.combine``.

    Args:
        schemas: What `schema` returned, and that of `configure`.
    """
    return CombinedSchemas(tuple(schemas), calling_site())


def configure(*, database: DatabaseOptions) -> SchemaConfiguration:
    """Take models from an SQL database.

    Amplify Gen 2, "Connect your app to existing MySQL and PostgreSQL database"::

        places = configure(
            database={"engine": "postgresql", "connection_uri": secret("SQL_CONNECTION_STRING")}
        ).schema([Place])

    Args:
        database: The database.

    Raises:
        UserError: ``SchemaSqlError`` or ``UnknownOptionError``.
    """
    return SchemaConfiguration(read_database(database))
