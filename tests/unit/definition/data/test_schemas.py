"""What is made of models and operations: what Amplify would make of the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.definition.data.schema_files import loaded, made, sdl

from preamp import UserError
from preamp.definition.data.naming import graphql_name
from preamp.definition.data.transform import schema_of

TODO = "class Todo(Model, authorization=OPEN):\n"


def lines(folder: Path, text: str) -> list[str]:
    """The GraphQL of a text, line by line."""
    return [line.strip() for line in sdl(folder, text).splitlines()]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("content", "content"),
        ("list_id", "listId"),
        ("listId", "listId"),
        ("a_b_c", "aBC"),
        ("line_1", "line1"),
        ("from_", "from"),
        ("_version", "_version"),
        ("URL", "URL"),
        ("_", "_"),
    ],
)
def test_names_are_written_as_amplify_writes_them(name: str, expected: str) -> None:
    assert graphql_name(name) == expected


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("str", "String!"),
        ("str | None", "String"),
        ("None | str", "String"),
        ("'str | None'", "String"),
        ("int", "Int!"),
        ("float", "Float!"),
        ("bool", "Boolean!"),
        ("ID", "ID!"),
        ("AWSDate | None", "AWSDate"),
        ("AWSTimestamp", "AWSTimestamp!"),
        ("list[str]", "[String!]!"),
        ("list[str | None]", "[String]!"),
        ("list[str] | None", "[String!]"),
        ("list[AWSEmail | None] | None", "[AWSEmail]"),
        ("list['Priority']", "[Priority!]!"),
        ("typing.List['Priority']", "[Priority!]!"),
        ("typing.Optional['Place']", "Place"),
        ("Priority", "Priority!"),
        ("Place | None", "Place"),
        ("Literal['a', 'b'] | None", "TodoField"),
        ("list[Literal['a']]", "[TodoField!]!"),
    ],
)
def test_an_annotation_is_a_type(tmp_path: Path, annotation: str, expected: str) -> None:
    text = (
        'class Priority(Enum):\n    low = "low"\n@custom_type\nclass Place:\n    lat: float\n'
        f"{TODO}    field: {annotation}\n"
    )
    assert f"field: {expected}" in lines(tmp_path, text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="a statement of Python 3.12")
def test_an_alias_of_a_type_is_that_type(tmp_path: Path) -> None:
    text = f"type Tags = list[str] | None\n{TODO}    tags: Tags\n    more: list[Tags]\n"
    with pytest.raises(UserError, match="is a list of lists"):
        sdl(tmp_path, text)
    assert "tags: [String!]" in lines(tmp_path, text.replace("list[Tags]", "str"))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("done: bool = False", 'done: Boolean @default(value: "false")'),
        ("done: bool | None = True", 'done: Boolean @default(value: "true")'),
        ("rate: float = 1.0", 'rate: Float @default(value: "1")'),
        ("rate: float = 2", 'rate: Float @default(value: "2")'),
        ("rate: float = 0.25", 'rate: Float @default(value: "0.25")'),
        ("text: str = 'say \"hi\"'", 'text: String @default(value: "say \\"hi\\"")'),
        ("text: str = 'a\\nb'", 'text: String @default(value: "a\\nb")'),
        ("text: str | None = None", "text: String"),
        ("kind: Kind = Kind.a", 'kind: Kind @default(value: "a")'),
        ("kind: Literal['x', 'y'] = 'x'", 'kind: TodoKind @default(value: "x")'),
        ("old_name: str = field(name='legacy_name')", "legacy_name: String!"),
    ],
)
def test_what_is_assigned_is_a_default(tmp_path: Path, field: str, expected: str) -> None:
    text = f'class Kind(Enum):\n    a = "a"\n{TODO}    title: str\n    {field}\n'
    assert expected in lines(tmp_path, text)


def test_a_value_that_has_a_default_may_be_left_out(tmp_path: Path) -> None:
    # DynamoDB's models ask for what is required although there is a default
    text = f"{TODO}    name: str = 'x'\n"
    assert 'name: String @default(value: "x")' in lines(tmp_path, text)


def test_in_a_database_it_is_required_nevertheless(tmp_path: Path) -> None:
    text = (
        "class people(Model, identifier=['id']):\n    id: int = field(generated=True)\n"
        "    name: str = 'x'\n"
        "api = configure(database={'engine': 'postgresql', 'connection_uri': secret('S')})"
        ".schema([people], authorization=OPEN)\n"
    )
    written = lines(tmp_path, text)
    assert 'name: String! @default(value: "x")' in written
    assert "id: Int! @primaryKey @default" in written


def test_class_variables_methods_and_classes_are_no_fields(tmp_path: Path) -> None:
    text = (
        f"{TODO}    name: str\n    kinds: ClassVar[int] = 3\n"
        '    class Kind(Enum):\n        a = "a"\n'
        "    def shown(self) -> str: return self.name\n"
    )
    assert lines(tmp_path, text)[1:3] == ["name: String!", "}"]


def test_a_model_has_the_fields_and_options_of_those_it_derives_from(tmp_path: Path) -> None:
    text = (
        "class Owned(Model, authorization=[allow.owner()]):\n    owner: str | None\n"
        "class Note(Owned):\n    text: str\n"
        "class Draft(Owned, authorization=OPEN):\n    text: str\n    owner: ID | None\n"
        "api = [Note, Draft]\n"
    )
    written = sdl(tmp_path, text)
    assert 'type Note @model @auth(rules: [{allow: owner, ownerField: "owner"}])' in written
    assert "type Draft @model @auth(rules: [{allow: public, provider: apiKey}])" in written
    assert "  owner: ID\n  text: String!\n" in written


def test_classes_inside_a_model_carry_its_name(tmp_path: Path) -> None:
    text = (
        f'{TODO}    class Kind(Enum):\n        a = "a"\n'
        "    @custom_type\n    class Place:\n        kind: Kind\n"
        "    kind: Kind\n    place: Place | None\n"
    )
    written = lines(tmp_path, text)
    assert {"kind: TodoKind!", "place: TodoPlace", "enum TodoKind {"} <= set(written)


def test_models_and_an_operation_beside_each_other(tmp_path: Path) -> None:
    text = """
class Priority(Enum):
    low = "low"
    high = "high"

class Todo(
    Model,
    authorization=[allow.owner(), allow.public_api_key().to("read")],
    indexes=[Index("priority", sort_keys=["due"])],
):
    content: str
    done: bool = False
    priority: Priority | None
    due: AWSDate | None
    list_id: ID
    todo_list: "TodoList" = belongs_to("list_id")

class TodoList(Model, authorization=[allow.owner()]):
    todos: list[Todo] = has_many("list_id")

@query(authorization=[allow.authenticated()], handler=handler.function(function))
def say_hello_to(name: str) -> str: ...
"""
    assert lines(tmp_path, text) == [
        (
            'type Todo @model @auth(rules: [{allow: owner, ownerField: "owner"}, '
            "{allow: public, provider: apiKey, operations: [read]}]) {"
        ),
        "content: String!",
        'done: Boolean @default(value: "false")',
        'priority: Priority @index(sortKeyFields: ["due"], queryField: "listTodoByPriorityAndDue")',
        "due: AWSDate",
        "listId: ID!",
        'todoList: TodoList @belongsTo(references: ["listId"])',
        "}",
        "",
        'type TodoList @model @auth(rules: [{allow: owner, ownerField: "owner"}]) {',
        'todos: [Todo] @hasMany(references: ["listId"])',
        "}",
        "",
        "enum Priority {",
        "low",
        "high",
        "}",
        "",
        "type Query {",
        (
            'sayHelloTo(name: String!): String! @function(name: "FnSayHelloTo") '
            "@auth(rules: [{allow: private}])"
        ),
        "}",
    ]


def test_models_of_several_files_may_refer_to_each_other(tmp_path: Path) -> None:
    first = loaded(
        tmp_path,
        "class Team(Model, authorization=OPEN):\n    members: list[Member] = has_many('team_id')\n",
    )
    second = loaded(
        tmp_path,
        "class Member(Model, authorization=OPEN):\n    team_id: ID\n"
        "    team: Team = belongs_to('team_id')\n",
    )
    written = schema_of([first.Team, second.Member], (), None).sdl
    assert '  members: [Member] @hasMany(references: ["teamId"])' in written
    assert '  team: Team @belongsTo(references: ["teamId"])' in written


def test_a_type_that_two_schemas_use_is_written_once(tmp_path: Path) -> None:
    text = (
        'class Kind(Enum):\n    a = "a"\n'
        f"{TODO}    kind: Kind\n"
        "class Note(Model, authorization=OPEN):\n    kind: Kind\n"
        "api = combine([schema([Todo]), schema([Note])])\n"
    )
    assert "".join(each.sdl for each in made(tmp_path, text)).count("enum Kind") == 1


def test_rules_of_the_schema_hold_where_there_are_no_others(tmp_path: Path) -> None:
    text = (
        "class Todo(Model):\n    name: str\n"
        "class Note(Model, authorization=[]):\n    name: str\n"
        "api = schema([Todo, Note], authorization=[allow.authenticated()])\n"
    )
    assert sdl(tmp_path, text).count("@auth(rules: [{allow: private}])") == 2


@pytest.mark.parametrize(
    ("model", "field", "own"),
    [
        ("allow.owner()", "name: str | None", "allow.authenticated()"),
        ("allow.owner()", "name: str = 'x'", "allow.authenticated()"),
        ("allow.owner()", "name: str", "allow.owner().to('read')"),
        ("allow.owner()", "name: str", "allow.authenticated().to('create')"),
        ("allow.authenticated(), allow.owner()", "name: str", "allow.owner()"),
        (
            "allow.authenticated('oidc'), allow.owner()",
            "name: str",
            "allow.group('A', 'oidc')",
        ),
    ],
)
def test_fields_may_have_rules_of_their_own(
    tmp_path: Path, model: str, field: str, own: str
) -> None:
    text = (
        f"class Todo(Model, authorization=[{model}]):\n    {field}\n"
        f"    note: str | None = field(authorization=[{own}, allow.owner()])\n"
    )
    assert "note: String @auth" in sdl(tmp_path, text)


def test_a_schema_says_whom_its_rules_are_about(tmp_path: Path) -> None:
    text = (
        f"{TODO}    name: str | None\n"
        "    note: str | None = field(authorization=[allow.group('A', 'oidc')])\n"
        "class Other(Model, authorization=[allow.custom()]):\n    name: str\n"
        "@query(authorization=[allow.guest()], handler=step())\ndef ask() -> str: ...\n"
        "@conversation(ai_model='Claude 3 Haiku', system_prompt='x', "
        "authorization=[allow.owner()])\ndef chat() -> None: ...\n"
        "api = schema([Todo, Other, ask, chat], authorization=[allow.authenticated('oidc')])\n"
    )
    found = made(tmp_path, text)[0].providers
    assert set(found) == {"apiKey", "oidc", "function", "identityPool", "userPools"}
    assert all(found.values()), "each has the line of a rule"


def test_functions_get_access_to_the_schema(tmp_path: Path) -> None:
    text = (
        f"{TODO}    name: str\n"
        "api = schema([Todo], authorization=["
        'allow.resource(function), allow.resource(function).to(["query"])])\n'
    )
    access = made(tmp_path, text)[0].access
    assert [each.actions for each in access] == [("query", "mutate", "listen"), ("query",)]


def test_a_structure_has_the_rules_of_all_operations_that_answer_it(tmp_path: Path) -> None:
    text = (
        "@custom_type\nclass Inner:\n    a: int\n@custom_type\nclass Outer:\n    inner: Inner\n"
        "    again: Outer | None\n"
        "@query(authorization=[allow.authenticated()], handler=step())\n"
        "def one() -> Outer: ...\n"
        "@query(authorization=[allow.group('A'), allow.group('B')], handler=step())\n"
        "def two() -> Inner: ...\n"
        "@query(authorization=[allow.public_api_key()], handler=step())\n"
        "def three() -> list[Outer]: ...\n"
    )
    written = sdl(tmp_path, text)
    assert "type Outer @aws_cognito_user_pools @aws_api_key {" in written
    assert "type Inner @aws_cognito_user_pools @aws_api_key {" in written


def test_groups_alone_are_named_at_the_structure(tmp_path: Path) -> None:
    text = (
        "@custom_type\nclass Answer:\n    a: int\n"
        "@query(authorization=[allow.group('A'), allow.groups(['B', 'A'])], handler=step())\n"
        "def one() -> Answer: ...\n"
    )
    expected = 'type Answer @aws_cognito_user_pools(cognito_groups: ["A", "B"]) {'
    assert expected in sdl(tmp_path, text)


def test_structures_of_arguments_are_inputs_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "@custom_type\nclass Page:\n    size: int\n    kind: Literal['a', 'b'] | None\n"
        "    inner: Inner | None\n    next: Page | None\n"
        "@custom_type\nclass Inner:\n    a: list[int]\n"
        "@query(authorization=OPEN, handler=step())\n"
        "def find(page: Page, pages: list[Page] | None) -> str: ...\n"
    )
    written = sdl(tmp_path, text)
    assert "type Page" not in written
    assert written.index("input InnerInput") < written.index("input PageInput")
    assert "find(page: PageInput!, pages: [PageInput!]): String!" in written
    assert "enum PageKind" in written


def test_handlers_by_name_are_left_to_define_data(tmp_path: Path) -> None:
    text = (
        "@query(authorization=OPEN, handler=handler.function('lookUp'))\n"
        "def find() -> str | None: ...\n"
    )
    found = made(tmp_path, text)[0]
    assert '@function(name: "lookUp")' in found.sdl
    assert dict(found.functions) == {}


def test_a_conversation_brings_its_types_and_its_function(tmp_path: Path) -> None:
    text = (
        "@conversation(ai_model=AiModel('us.some-model'), system_prompt='Say \"hi\".',\n"
        "    authorization=[allow.owner('userPools')], handler=function,\n"
        "    inference_configuration={'top_p': 1})\n"
        "def chat() -> None: ...\n"
    )
    found = made(tmp_path, text)[0]
    assert 'aiModel: "us.some-model", systemPrompt: "Say \\"hi\\"."' in found.sdl
    assert "inferenceConfiguration: { topP: 1 }" in found.sdl
    assert 'handler: { functionName: "FnChat", eventVersion: "1.0" }' in found.sdl
    assert list(found.functions) == ["FnChat"]
    assert "interface AmplifyAIConversationMessage {" in found.sdl


def test_a_model_that_derives_from_a_table_stands_for_it(tmp_path: Path) -> None:
    text = (
        "class event(Model, identifier=['id']):\n    id: int\n    created_at: AWSDateTime | None\n"
        "generated = configure(database={'engine': 'mysql', 'connection_uri': secret('S')})"
        ".schema([event])\n"
        "class Event(event):\n    id: int = field(authorization=[allow.guest()])\n"
        "api = generated.add_to_schema([Event]).set_authorization([allow.guest()])\n"
    )
    written = sdl(tmp_path, text)
    head = "type Event @model(timestamps: null) @auth(rules: [{allow: public, provider: "
    assert f'{head}identityPool}}]) @refersTo(name: "event") {{' in written
    assert "  created_at: AWSDateTime\n" in written, "columns keep their names"
    assert "id: Int! @primaryKey @auth(rules: [{allow: public, provider: identityPool}])" in written


def test_a_mistake_is_told_without_a_line_where_there_is_no_source() -> None:
    namespace: dict[str, Any] = {"__name__": "nowhere"}
    code = (
        "from preamp.data import Model, allow\n"
        "class Todo(Model, authorization=[allow.owner()]):\n    when: bytes\n"
    )
    exec(compile(code, "<nowhere>", "exec"), namespace)  # noqa: S102 - a class without a file
    with pytest.raises(UserError) as raised:
        schema_of([namespace["Todo"]], (), None)
    assert raised.value.message == "Todo.when is bytes, which is no type of the API"


def test_two_makings_of_one_schema_are_the_same(tmp_path: Path) -> None:
    module = loaded(tmp_path, f"{TODO}    kind: Literal['a'] | None\n")
    first, second = (schema_of([module.Todo], (), None).sdl for _ in range(2))
    assert first == second


def test_a_name_that_is_not_there_is_missing_as_in_any_module() -> None:
    import preamp.data

    with pytest.raises(AttributeError, match="has no attribute 'Modell'"):
        _ = preamp.data.Modell  # type: ignore[attr-defined]


def test_a_rule_that_allows_nothing_is_told_at_its_line() -> None:
    from preamp.data import allow

    with pytest.raises(UserError) as raised:
        allow.owner().to([])
    assert raised.value.sites[0].file.endswith(Path(__file__).name)
