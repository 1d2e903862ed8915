"""Schemas as the construct takes them: what they say, and where the data of their models is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphql import GraphQLSyntaxError, ObjectTypeDefinitionNode, print_ast
from graphql.language import DocumentNode

from preamp.constructs.data.parsing import parse_schema
from preamp.definition.backend import SYNTHESIS
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from preamp.constructs.data.bindings import GraphqlDefinition
    from preamp.contract.identity import BackendId
    from preamp.contract.site import Site
    from preamp.definition.data.databases import Database
    from preamp.definition.data.definition import DataDefinition
    from preamp.definition.data.schema import Schema
    from preamp.definition.secret import Secret

# CloudFormation makes every table anew where these differ from what is deployed
_AMPLIFY_TABLE: Final = {"dbType": "DYNAMODB", "provisionStrategy": "AMPLIFY_TABLE"}
_DATABASES: Final = {"mysql": "MYSQL", "postgresql": "POSTGRES"}
_SANDBOX: Final = "sandbox"


def combined(
    definition: DataDefinition, schemas: Sequence[Schema], backend_id: BackendId
) -> GraphqlDefinition:
    """The schemas of a definition as one.

    Raises:
        UserError: ``InvalidSchemaError`` or ``DefineDataConfigurationError``.
    """
    from preamp.constructs.data.bindings import Definitions, ImportedTable

    tables = tables_of(definition, backend_id)
    parts = []
    for schema in schemas:
        if schema.database is not None:
            strategy = _sql(schema, schema.database, backend_id)
            parts.append(Definitions.from_string(schema.sdl, strategy))
            continue
        for text, table in _split(schema.sdl, tables, definition.site):
            kept = ImportedTable(table) if table else _AMPLIFY_TABLE
            parts.append(Definitions.from_string(text, kept))
    return Definitions.combine(parts)


def tables_of(definition: DataDefinition, backend_id: BackendId) -> Mapping[str, str]:
    """The tables of Amplify Gen 1 that models go on with in this deployment, by model."""
    branch = _SANDBOX if backend_id.kind == _SANDBOX else backend_id.name
    return definition.table_mappings.get(branch, {})


def _sql(schema: Schema, database: Database, backend_id: BackendId) -> dict[str, object]:
    connection: dict[str, object] = {
        "connectionUriSsmPath": _paths(database.connection_uri, database, backend_id)
    }
    if database.ssl_cert:
        paths = _paths(database.ssl_cert, database, backend_id)
        connection["sslCertConfig"] = {"ssmPath": paths}
    found: dict[str, object] = {
        "dbType": _DATABASES[database.engine],
        "name": backend_id.stable_hash + (database.identifier or database.engine),
        "dbConnectionConfig": connection,
        "customSqlStatements": {
            statement.reference: _read(statement.path, schema.site)
            for statement in schema.sql_statements
            if statement.reference and statement.path
        },
    }
    if database.vpc:
        found["vpcConfiguration"] = {
            "vpcId": database.vpc.vpc_id,
            "securityGroupIds": list(database.vpc.security_group_ids),
            "subnetAvailabilityZoneConfig": [
                {"subnetId": subnet, "availabilityZone": zone}
                for subnet, zone in database.vpc.subnets
            ],
        }
    if database.minimize_rds_vpc_endpoints is not None:
        found["minimizeRdsVpcEndpoints"] = database.minimize_rds_vpc_endpoints
    return found


def _paths(secret: Secret, database: Database, backend_id: BackendId) -> list[str]:
    """Where the API finds a secret: its own, and the one that all branches share."""
    synthesis = SYNTHESIS.get()
    if synthesis:
        synthesis.secrets.note(secret, database.site)
    paths = backend_id.secret_paths(secret.name)
    return [paths.own, paths.shared]


def _read(file: Path, site: Site | None) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "InvalidSchemaError",
            f"the SQL statement {file} cannot be read: {error}",
            "see that the file is there and is text in UTF-8",
            sites=[site] if site else [],
        ) from error


def _parsed(schema: str, site: Site | None) -> DocumentNode:
    try:
        return parse_schema(schema)
    except GraphQLSyntaxError as error:
        line = error.locations[0].line if error.locations else 1
        lines = schema.splitlines() or [""]
        excerpt = lines[min(line, len(lines)) - 1].strip()
        raise UserError(
            "InvalidSchemaError",
            f"the schema is no GraphQL: line {line} of it, {excerpt!r}: {error.message}",
            "mend that line",
            sites=[site] if site else [],
        ) from error


def _split(
    schema: str, tables: Mapping[str, str], site: Site | None
) -> Iterator[tuple[str, str | None]]:
    """The models that go on with a table, each alone with its table's name, and all the rest."""
    document = _parsed(schema, site)
    if not tables:
        yield schema, None
        return
    models = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, ObjectTypeDefinitionNode)
    }
    for name, table in tables.items():
        if name not in models or not table:
            what = f"the schema has no model {name!r}" if name not in models else "it has no name"
            raise UserError(
                "DefineDataConfigurationError",
                f"a table of Amplify Gen 1 is mapped to {name!r}, but {what}",
                "map tables to models of the schema",
                sites=[site] if site else [],
            )
        yield print_ast(models[name]), table
    taken = [models[name] for name in tables]
    rest = [node for node in document.definitions if node not in taken]
    if rest:
        yield print_ast(DocumentNode(definitions=tuple(rest))), None
