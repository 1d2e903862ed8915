"""`define_data`: the API of the backend's data, as its options say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from preamp.definition.data.modes import read_modes
from preamp.definition.function import RETENTIONS, FunctionDefinition
from preamp.definition.names import check_resource_name
from preamp.definition.options import check_options, listed
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site
    from preamp.definition.backend import ResourceScope
    from preamp.definition.data.built import BuiltData
    from preamp.definition.data.modes import AuthorizationModes, Modes
    from preamp.definition.data.schema import Schema
    from preamp.definition.data.schemas import CombinedSchemas, SchemaPart, SchemaParts
    from preamp.definition.function import LogRetention

FieldLogLevel = Literal["none", "all", "info", "debug", "error"]

DEFAULT_NAME: Final = "amplifyData"
FIELD_LOG_LEVELS: Final[tuple[str, ...]] = ("none", "all", "info", "debug", "error")
_CODE: Final = "DefineDataConfigurationError"
_DEFAULT_RETENTION: Final = "1 week"


class DataLoggingOptions(TypedDict, total=False):
    """What the API logs, and how long it is kept.

    Attributes:
        retention: How long, such as ``2 weeks``; ``1 week`` if left out.
        exclude_verbose_content: Whether headers, contexts and evaluated templates are left
            out; they are if nothing is said.
        field_log_level: What is logged of fields; ``none`` if left out.
    """

    retention: LogRetention
    exclude_verbose_content: bool
    field_log_level: FieldLogLevel


class TableMapping(TypedDict):
    """Tables of Amplify Gen 1 that models go on with in one branch.

    Attributes:
        branch_name: The branch; ``sandbox`` for sandboxes.
        model_name_to_table_name_mapping: The tables' names by model.
    """

    branch_name: str
    model_name_to_table_name_mapping: Mapping[str, str]


@dataclass(frozen=True)
class DataLogging:
    """What the API logs, checked.

    Attributes:
        retention: How long it is kept, in Amplify's words.
        exclude_verbose_content: Whether headers and contexts are left out.
        field_log_level: What is logged of fields.
    """

    retention: str = _DEFAULT_RETENTION
    exclude_verbose_content: bool = True
    field_log_level: str = "none"


@dataclass(frozen=True, eq=False)
class DataDefinition:
    """The data of the backend.

    Attributes:
        schema: GraphQL text, or models and operations.
        name: The API's name.
        modes: How callers prove who they are; None if that was left to preamp.
        functions: Functions by the names that the schema has for them.
        logging: What is logged, if anything.
        table_mappings: The tables' names by model, by branch.
        stack_mappings: The stacks by the logical ids of the resolvers that go there.
        site: The line that defines it.
    """

    schema: str | SchemaParts | CombinedSchemas
    name: str
    modes: Modes | None
    functions: Mapping[str, FunctionDefinition]
    logging: DataLogging | None
    table_mappings: Mapping[str, Mapping[str, str]]
    stack_mappings: Mapping[str, str]
    site: Site | None = field(repr=False)

    def schemas(self) -> tuple[Schema, ...]:
        """The schemas of the API, written as GraphQL.

        Raises:
            UserError: What is wrong with them.
        """
        from preamp.definition.data.schema import Schema

        if isinstance(self.schema, str):
            return (Schema(self.schema, site=self.site),)
        from preamp.definition.data.transform import schemas_of

        return schemas_of(self.schema)

    def build(self, scope: ResourceScope) -> BuiltData:
        """Make the API and all that belongs to it."""
        built: BuiltData = scope.construct(self)
        return built


def define_data(
    *,
    schema: str | Sequence[SchemaPart] | SchemaParts | CombinedSchemas,
    name: str | None = None,
    authorization_modes: AuthorizationModes | None = None,
    functions: Mapping[str, FunctionDefinition] | None = None,
    logging: bool | DataLoggingOptions = False,
    migrated_amplify_gen1_dynamo_db_table_mappings: Sequence[TableMapping] = (),
    stack_mappings: Mapping[str, str] | None = None,
) -> DataDefinition:
    """Define the data of the backend: its GraphQL API and its tables.

    Amplify Gen 2, "Data". One call in a backend.

    Args:
        schema: Models and operations of `preamp.data`, in a list or as its `schema` or `combine`
            put them together; or GraphQL with Amplify's directives: ``type Todo @model …``.
        name: The API's name; ``amplifyData`` if left out.
        authorization_modes: How callers prove who they are. If left out, that is as users of the
            backend's `define_auth`, or with a key that holds for a week where there is none.
        functions: Functions by the names that ``@function`` in the schema has for them.
        logging: True for errors alone, kept for a week, or what to log.
        migrated_amplify_gen1_dynamo_db_table_mappings: Tables of Amplify Gen 1 that models go on
            with, for each branch.
        stack_mappings: Stacks by the logical ids of the resolvers that shall be in them.

    Returns:
        The definition, for `define_backend`.

    Raises:
        UserError: ``DefineDataConfigurationError``, ``InvalidSchemaError``, ``UnknownOptionError``
            or ``InvalidResourceNameError``.
    """
    site = calling_site()
    if name is not None:
        check_resource_name(name, site)
    return DataDefinition(
        schema=_read_schema(schema, site),
        name=name or DEFAULT_NAME,
        modes=read_modes(authorization_modes, site),
        functions=MappingProxyType(_functions(functions or {}, site)),
        logging=_logging(logging, site),
        table_mappings=_table_mappings(migrated_amplify_gen1_dynamo_db_table_mappings, site),
        stack_mappings=MappingProxyType(dict(stack_mappings or {})),
        site=site,
    )


def _read_schema(given: object, site: Site | None) -> str | SchemaParts | CombinedSchemas:
    if isinstance(given, str) and given.strip():
        return given
    from preamp.definition.data.schemas import CombinedSchemas, SchemaParts

    if isinstance(given, SchemaParts | CombinedSchemas):
        return given
    if isinstance(given, Sequence) and not isinstance(given, str) and given:
        return SchemaParts(tuple(given), site=site)
    raise UserError(
        "InvalidSchemaError",
        f"define_data() was given the schema {given!r}",
        "give a list of models, such as schema=[Todo], or GraphQL text",
        sites=[site] if site else [],
    )


def _functions(given: Mapping[str, object], site: Site | None) -> dict[str, FunctionDefinition]:
    found: dict[str, FunctionDefinition] = {}
    for name, function in given.items():
        if not isinstance(function, FunctionDefinition):
            hint = "give what define_function() returns"
            raise _wrong(f"functions has {name!r}: {function!r}", hint, site)
        found[name] = function
    return found


def _logging(given: bool | DataLoggingOptions, site: Site | None) -> DataLogging | None:  # noqa: FBT001 - the option
    if isinstance(given, bool):
        return DataLogging() if given else None
    known = ("retention", "exclude_verbose_content", "field_log_level")
    options = check_options(given, known, "logging", site)
    for option, values in (("retention", RETENTIONS), ("field_log_level", FIELD_LOG_LEVELS)):
        value = options.get(option)
        if value is not None and value not in values:
            raise _wrong(f"logging has no {option} {value!r}", f"use {listed(values)}", site)
    return DataLogging(**options)


def _table_mappings(
    given: Sequence[TableMapping], site: Site | None
) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for mapping in given:
        known = ("branch_name", "model_name_to_table_name_mapping")
        check_options(mapping, known, "migrated_amplify_gen1_dynamo_db_table_mappings", site)
        branch = mapping["branch_name"]
        if branch in found:
            hint = "put the tables of one branch into one mapping"
            raise _wrong(f"two mappings of tables are for the branch {branch!r}", hint, site)
        found[branch] = MappingProxyType(dict(mapping["model_name_to_table_name_mapping"]))
    return MappingProxyType(found)


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
