"""Amplify's GraphQL construct for Python, as thin as jsii's runtime allows.

Members are looked up by the names that they have in Node; `preamp.definition.data.built` says
which there are. Structures go in as dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import aws_cdk.aws_appsync  # noqa: F401 - what comes out refers to its types
import jsii
from constructs import Construct

from preamp.constructs.data.library import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PACKAGE: Final = LIBRARY.name


class GraphqlDefinition:
    """Schemas, and where the data of their models is."""

    __jsii_type__ = f"{PACKAGE}.IAmplifyGraphqlDefinition"

    @property
    def schema(self) -> str:
        """The GraphQL text of all of them."""
        return cast("str", jsii.get(self, "schema"))


class OutputEntry:
    """Outputs that an API gives to its backend."""

    __jsii_type__ = f"{PACKAGE}.IBackendOutputEntry"

    @property
    def version(self) -> str:
        """The entry's version."""
        return cast("str", jsii.get(self, "version"))

    @property
    def payload(self) -> Mapping[str, str]:
        """Names and values of outputs."""
        return cast("Mapping[str, str]", jsii.get(self, "payload"))


class _Members:
    """Something of Node's whose members are asked for by the names that Python gives them."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the protocols have the types
        if name.startswith("_"):
            raise AttributeError(name)
        return jsii.get(self, _for_node(name))


class _Resources(_Members):
    __jsii_type__ = f"{PACKAGE}.AmplifyGraphqlApiResources"


class _CfnResources(_Members):
    __jsii_type__ = f"{PACKAGE}.AmplifyGraphqlApiCfnResources"


def _interface(name: str, proxy: type | None = None) -> type:
    """An interface of the library, as jsii's runtime wants it before one of it comes back."""
    declared: Any = jsii.interface(jsii_type=f"{PACKAGE}.{name}")(type(name, (), {}))
    given = proxy or type(name, (), {"__jsii_type__": f"{PACKAGE}.{name}"})
    declared.__jsii_proxy_class__ = lambda: given
    return cast("type", declared)


OUTPUT_STORAGE: Final = _interface("IBackendOutputStorageStrategy")
"""What takes the outputs of an API."""

_OTHERS: Final = (
    _interface("IAmplifyGraphqlDefinition", GraphqlDefinition),
    _interface("IBackendOutputEntry", OutputEntry),
    _interface("AmplifyGraphqlApiResources", _Resources),
    _interface("AmplifyGraphqlApiCfnResources", _CfnResources),
    _interface("MutationFunctionSlot"),
    _interface("QueryFunctionSlot"),
    _interface("SubscriptionFunctionSlot"),
)


@jsii.data_type(
    jsii_type=f"{PACKAGE}.ImportedAmplifyDynamoDbModelDataSourceStrategy",
    jsii_struct_bases=[],
    name_mapping={
        "db_type": "dbType",
        "provision_strategy": "provisionStrategy",
        "table_name": "tableName",
    },
)
@dataclass(frozen=True)
class ImportedTable:
    """A table that is there already, for a model.

    Of structures that look alike, jsii takes a dictionary for the first, so this one is named.

    Attributes:
        table_name: The table.
    """

    table_name: str
    db_type: str = "DYNAMODB"
    provision_strategy: str = "IMPORTED_AMPLIFY_TABLE"


class Table(metaclass=jsii.JSIIMeta, jsii_type=f"{PACKAGE}.AmplifyDynamoDbTableWrapper"):
    """The table of a model; see `AmplifyTable`."""

    def apply_removal_policy(self, policy: object) -> None:
        """Say what becomes of the table when its model goes."""
        jsii.invoke(self, "applyRemovalPolicy", [policy])

    def set_global_secondary_index_provisioned_throughput(
        self, index_name: str, provisioned_throughput: Mapping[str, int]
    ) -> None:
        """Provision throughput of an index."""
        given = [index_name, _structure(provisioned_throughput)]
        jsii.invoke(self, "setGlobalSecondaryIndexProvisionedThroughput", given)

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            jsii.set(self, _for_node(name), _structure(value))


class Definitions(metaclass=jsii.JSIIMeta, jsii_type=f"{PACKAGE}.AmplifyGraphqlDefinition"):
    """Makes definitions."""

    @staticmethod
    def from_string(
        schema: str, strategy: Mapping[str, object] | ImportedTable
    ) -> GraphqlDefinition:
        """A schema of which all models are kept in one way.

        Args:
            schema: GraphQL text.
            strategy: Where their data is; a dictionary with the names that Node has for it.
        """
        made = jsii.sinvoke(Definitions, "fromString", [schema, strategy])
        return cast("GraphqlDefinition", made)

    @staticmethod
    def combine(definitions: Sequence[GraphqlDefinition]) -> GraphqlDefinition:
        """One definition out of several."""
        made = jsii.sinvoke(Definitions, "combine", [list(definitions)])
        return cast("GraphqlDefinition", made)


class GraphqlApi(Construct, metaclass=jsii.JSIIMeta, jsii_type=f"{PACKAGE}.AmplifyGraphqlApi"):
    """An API with its tables and resolvers, made of a schema; see `BuiltData`.

    Args:
        scope: Where it is made.
        construct_id: Its construct's id.
        props: What it is made of, with the names that Node has for it.
    """

    def __init__(self, scope: Construct, construct_id: str, props: Mapping[str, object]) -> None:
        jsii.create(self.__class__, self, [scope, construct_id, props])

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the protocol has the types
        if name.startswith("_"):
            raise AttributeError(name)
        return self._method(name) if name.startswith("add_") else jsii.get(self, _for_node(name))

    def _method(self, name: str) -> Callable[..., object]:
        def call(*given: object, **options: object) -> object:
            said = {key: value for key, value in options.items() if value is not None}
            structures = [_structure(said)] if said else []
            return jsii.invoke(self, _for_node(name), [*given, *structures])

        return call


def _structure(value: object) -> object:
    """A dictionary with the names that Node has for what is in it; all else as it is."""
    if not isinstance(value, Mapping):
        return value
    return {_for_node(name): _structure(each) for name, each in value.items()}


def _for_node(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
