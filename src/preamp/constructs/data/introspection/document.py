"""A schema, read: its models and what else it has, with the directives of each.

What is read is changed afterwards: keys and relations add fields and directives to models.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    value_from_ast_untyped,
)

from preamp.constructs.data.parsing import parse_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import (
        ConstDirectiveNode,
        DocumentNode,
        FieldDefinitionNode,
        InputValueDefinitionNode,
        TypeNode,
    )

MODEL: Final = "model"
ID: Final = "id"

_SKIPPED: Final = "AMPLIFY"
_RELATIONS: Final = frozenset({"hasOne", "hasMany", "belongsTo"})
_OPERATIONS: Final = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}


@dataclass
class Directive:
    """A directive.

    Attributes:
        name: Its name.
        arguments: What it was given.
    """

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass
class Value:
    """Something that has a type: a field, an argument, or what an input has.

    Attributes:
        name: Its name.
        type: The type's name.
        is_list: Whether it is a list of these.
        is_nullable: Whether it, or what is in the list, may be null.
        is_list_nullable: Whether the list may be null; None without a list.
    """

    name: str
    type: str
    is_list: bool = False
    is_nullable: bool = True
    is_list_nullable: bool | None = None


@dataclass
class Connection:
    """What a field of a model has to do with another model.

    Attributes:
        kind: ``HAS_ONE``, ``HAS_MANY`` or ``BELONGS_TO``.
        associated_with: Fields of the other model.
        target_names: Fields of this one.
    """

    kind: str
    associated_with: list[str] | None = None
    target_names: list[str] | None = None


@dataclass
class Field(Value):
    """A field of a type.

    Attributes:
        directives: Its directives.
        arguments: What it takes.
        is_read_only: Whether it is set by the API alone.
        connection: What it has to do with another model.
    """

    directives: list[Directive] = field(default_factory=list)
    arguments: list[Value] = field(default_factory=list)
    is_read_only: bool = False
    connection: Connection | None = None

    def directive(self, *names: str) -> Directive | None:
        """Its first directive of some names."""
        return next((each for each in self.directives if each.name in names), None)


@dataclass
class PrimaryKey:
    """What tells the rows of a model from each other.

    Attributes:
        name: The field.
        sort_fields: Fields that do it together with that one.
        is_custom: Whether it is another one than an id.
    """

    name: str
    sort_fields: list[str]
    is_custom: bool

    @property
    def fields(self) -> list[str]:
        """All fields of it."""
        return [self.name, *self.sort_fields]


@dataclass
class ObjectType:
    """A type with fields.

    Attributes:
        name: Its name.
        fields: Its fields.
        directives: Its directives.
    """

    name: str
    fields: list[Field]
    directives: list[Directive]

    def find(self, name: str) -> Field | None:
        """The field of a name."""
        return next((each for each in self.fields if each.name == name), None)

    def add(self, added: Field) -> None:
        """Add a field, if there is none of its name."""
        if self.find(added.name) is None:
            self.fields.append(added)


@dataclass
class Model(ObjectType):
    """A model.

    Attributes:
        key: Its primary key.
    """

    key: PrimaryKey = field(default_factory=lambda: PrimaryKey(ID, [], is_custom=False))

    def key_fields(self) -> list[Field]:
        """The fields of its primary key."""
        found = (self.find(name) for name in self.key.fields)
        return [each for each in found if each is not None]


@dataclass
class Document:
    """All that a schema has.

    Attributes:
        models: Models by name.
        structures: Other types with fields.
        enums: The values of enums.
        operations: Fields of queries, mutations and subscriptions.
        inputs: What inputs have.
        unions: Names of unions and interfaces, of which nothing is told.
    """

    models: dict[str, Model] = field(default_factory=dict)
    structures: dict[str, ObjectType] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    operations: dict[str, list[Field]] = field(
        default_factory=lambda: {kind: [] for kind in _OPERATIONS.values()}
    )
    inputs: dict[str, list[Value]] = field(default_factory=dict)
    unions: set[str] = field(default_factory=set)


def read(sdl: str) -> Document:
    """Read a schema.

    Raises:
        GraphQLSyntaxError: It is no GraphQL.
    """
    found = Document()
    for node in _definitions(parse_schema(sdl)):
        _read_definition(found, node)
    return found


def _definitions(document: DocumentNode) -> Iterator[Any]:
    for node in document.definitions:
        name = getattr(node, "name", None)
        if name is not None and name.value != _SKIPPED:
            yield node


def _read_definition(found: Document, node: Any) -> None:  # noqa: ANN401 - of any kind
    name = node.name.value
    if isinstance(node, ObjectTypeDefinitionNode):
        _read_object(found, node)
    elif isinstance(node, EnumTypeDefinitionNode):
        found.enums[name] = [each.name.value for each in node.values or ()]
    elif isinstance(node, InputObjectTypeDefinitionNode):
        found.inputs[name] = [_value(each) for each in node.fields or ()]
    elif isinstance(node, UnionTypeDefinitionNode | InterfaceTypeDefinitionNode):
        found.unions.add(name)


def _read_object(found: Document, node: ObjectTypeDefinitionNode) -> None:
    name = node.name.value
    fields = [_field(each) for each in node.fields or ()]
    directives = _directives(node.directives)
    if any(each.name == MODEL for each in directives):
        found.models[name] = Model(name, fields, directives)
    elif name in _OPERATIONS:
        found.operations[_OPERATIONS[name]] += fields
    else:
        found.structures[name] = ObjectType(name, fields, directives)


def _field(node: FieldDefinitionNode) -> Field:
    made = Field(node.name.value, "", directives=_directives(node.directives))
    made.arguments = [_value(each) for each in node.arguments or ()]
    _read_type(made, node.type)
    return made


def _value(node: InputValueDefinitionNode) -> Value:
    made = Value(node.name.value, "")
    _read_type(made, node.type)
    return made


def _read_type(value: Value, node: TypeNode) -> None:
    required = isinstance(node, NonNullTypeNode)
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    if isinstance(inner, ListTypeNode):
        # of lists of lists, the innermost type counts
        _read_type(value, inner.type)
        value.is_list, value.is_list_nullable = True, not required
    elif isinstance(inner, NamedTypeNode):
        value.type, value.is_nullable = inner.name.value, not required


def _directives(nodes: Iterable[ConstDirectiveNode] | None) -> list[Directive]:
    found = []
    for node in nodes or ():
        arguments = {
            each.name.value: value_from_ast_untyped(each.value) for each in node.arguments or ()
        }
        references = arguments.get("references")
        if node.name.value in _RELATIONS and isinstance(references, str):
            arguments["references"] = [references]
        found.append(Directive(node.name.value, arguments))
    return found
