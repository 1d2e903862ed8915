"""What schemas are refused for: the code, the words, and the line of the user's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.definition.data.schema_files import marked, refused

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "class {}(Model, authorization=OPEN{}):\n"

TYPES = {
    "nothing is called Prioritee": "    priority: Prioritee | None  # here",
    "nothing is called strr; did you mean 'str'?": "    name: strr  # here",
    "nothing is called Othre; did you mean 'Other'?": "    name: Othre  # here",
    "nothing is called AWSdate; did you mean 'AWSDate'?": "    name: AWSdate  # here",
    "Todo.due is date, which is no type": "    due: datetime.date  # here",
    "Todo.when is datetime, which": "    when: datetime.datetime | None  # here",
    "Todo.anything is Any, which": "    anything: Any  # here",
    "Todo.meta is dict[str, str], which": "    meta: dict[str, str]  # here",
    "Todo.tags is set[str], which": "    tags: set[str]  # here",
    "Todo.pair is tuple[int, int], which": "    pair: tuple[int, int]  # here",
    "Todo.tags is a list, and does not say": "    tags: list  # here",
    "Todo.grid is a list of lists": "    grid: list[list[int]]  # here",
    "Todo.number may be int or str": "    number: int | str  # here",
    "Todo.kind may be 1, 2": "    kind: Literal[1, 2]  # here",
    "Todo.other is Other, a model": "    other: Other | None  # here",
    "Todo.others is Other, a model": "    others: list[Other] | None  # here",
    "the annotation of Todo.name cannot be evaluated": "    name: str[  # here".replace(
        "[", "()()"
    ),
    "Todo.plain is Plain, which": "    plain: Plain  # here",
}


@pytest.mark.parametrize(("words", "line"), TYPES.items(), ids=str)
def test_an_annotation_that_is_no_type_of_the_api(tmp_path: Path, words: str, line: str) -> None:
    text = f"{MODEL.format('Other', '')}    name: str\nclass Plain: ...\n"
    error = refused(tmp_path, f"{text}{MODEL.format('Todo', '')}    title: str\n{line}\n")
    assert error.code == "SchemaTypeError"
    assert words in error.message


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("due: datetime.date", "AWSDate"),
        ("when: datetime.datetime", "AWSDateTime"),
        ("meta: dict[str, str]", "AWSJSON"),
        ("tags: set[str]", "list"),
    ],
)
def test_the_hint_names_the_type_to_use(tmp_path: Path, line: str, instead: str) -> None:
    error = refused(tmp_path, f"{MODEL.format('Todo', '')}    {line}  # here\n")
    assert instead in error.hint


FIELDS = {
    "Todo.tags has the default []": "    tags: list[str] = []  # here",
    "Todo.tags has the default ['a']": '    tags: list[str] = field(default=["a"])  # here',
    "Todo.meta has the default {}": "    meta: AWSJSON = {}  # here",
    "Todo.meta has the default 'no'": '    meta: AWSJSON = "no"  # here',
    "Todo.day has the default '2024-13-01'": '    day: AWSDate = "2024-13-01"  # here',
    "Todo.day has the default '20240131'": '    day: AWSDate = "20240131"  # here',
    "Todo.at has the default '12:30'": '    at: AWSTime = "12:30"  # here',
    "Todo.at has the default '2024-01-31'": '    at: AWSDateTime = "2024-01-31"  # here',
    "Todo.mail has the default 'nobody'": '    mail: AWSEmail = "nobody"  # here',
    "Todo.url has the default 'example'": '    url: AWSURL = "example"  # here',
    "Todo.ip has the default '1.2.3'": '    ip: AWSIPAddress = "1.2.3"  # here',
    "Todo.phone has the default 'x'": '    phone: AWSPhone = "x"  # here',
    "Todo.count has the default 'one'": '    count: int = "one"  # here',
    "Todo.count has the default True": "    count: int = True  # here",
    "Todo.count has the default 1.5": "    count: int = 1.5  # here",
    "Todo.done has the default 'yes'": '    done: bool = "yes"  # here',
    "Todo.name has the default 3": "    name: str = 3  # here",
    "Todo.kind has the default 'z'": '    kind: Literal["x", "y"] = "z"  # here',
    "Todo.priority has the default 'mid'": '    priority: Priority = "mid"  # here',
    "Todo.where has a default, and is a structure": "    where: Where = 1  # here",
    "Todo.other has a value, and no type": '    other = belongs_to("other_id")  # here',
    "Todo.done has a value, and no type": "    done = False  # here",
    "Todo.count has a validation for texts": (
        "    count: int = field(validate=[min_length(3)])  # here"
    ),
    "Todo.name has a validation for numbers": "    name: str = field(validate=[gt(3)])  # here",
    "Todo.url has a validation for texts": (
        '    url: AWSURL = field(validate=[starts_with("x")])  # here'
    ),
    "Todo.tags is a list, and has validations": (
        "    tags: list[str] = field(validate=[min_length(3)])  # here"
    ),
    "Todo.name has the validation minLength twice": (
        "    name: str = field(validate=[min_length(3), min_length(4)])  # here"
    ),
    "Todo.name has minLength -1": "    name: str = field(validate=[min_length(-1)])  # here",
    "Todo.name has 'x' among its validations": "    name: str = field(validate='x')  # here",
    "Todo.name has 3 among its validations": "    name: str = field(validate=[3])  # here",
    "Todo.number is generated by the database": "    number: int = field(generated=True)  # here",
}
ENUM = 'class Priority(Enum):\n    low = "low"\n@custom_type\nclass Where:\n    lat: float\n'


@pytest.mark.parametrize(("words", "line"), FIELDS.items(), ids=str)
def test_a_field_that_contradicts_itself(tmp_path: Path, words: str, line: str) -> None:
    error = refused(tmp_path, f"{ENUM}{MODEL.format('Todo', '')}    title: str\n{line}\n")
    assert error.code == "SchemaFieldError"
    assert words in error.message


def test_a_model_without_fields(tmp_path: Path) -> None:
    error = refused(tmp_path, "class Todo(Model, authorization=OPEN): ...  # here\n")
    assert (error.code, error.message) == ("SchemaFieldError", "Todo has no fields")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("    lat: float = 1.5  # here", "Where.lat has a default, and is in a custom type"),
        ("    lat: str = field(validate=[min_length(1)])  # here", "Where.lat has validations"),
        ("    lat: float = field(authorization=OPEN)  # here", "Where.lat has rules"),
        ("    todo: Todo | None  # here", "Where.todo is Todo, a model"),
    ],
)
def test_a_custom_type_with_what_only_models_have(tmp_path: Path, inside: str, words: str) -> None:
    text = (
        f"@custom_type\nclass Where:\n{inside}\n{MODEL.format('Todo', '')}    where: Where | None\n"
    )
    assert words in refused(tmp_path, text).message


RELATIONS = {
    "Team.members has no other side in Member": (
        '    members: list[Member] = has_many("team_id")  # here',
        "    team_id: ID | None",
    ),
    "Team.members is over team_id, and Member.team over group_id": (
        '    members: list[Member] = has_many("team_id")  # here',
        (
            "    team_id: ID | None\n    group_id: ID | None\n"
            '    team: Team | None = belongs_to("group_id")'
        ),
    ),
    "Team.members is over 'team_id', which is no field of Member": (
        '    members: list[Member] = has_many("team_id")  # here',
        '    name: str\n    team: Team | None = belongs_to("team_id")',
    ),
    "Member.team_id holds the identifier of Team, of another type": (
        '    members: list[Member] = has_many("team_id")',
        '    team_id: int | None  # here\n    team: Team | None = belongs_to("team_id")',
    ),
    "Member.team_id holds the identifier of Team, of": (
        '    members: list[Member] = has_many("team_id")',
        '    team_id: list[ID]  # here\n    team: Team | None = belongs_to("team_id")',
    ),
    "Team.members is over 2 fields of Member": (
        '    members: list[Member] = has_many(["team_id", "other_id"])  # here',
        '    team_id: ID\n    other_id: ID\n    team: Team = belongs_to(["team_id", "other_id"])',
    ),
    "Team.members is said by has_many()": (
        '    members: Member = has_many("team_id")  # here',
        '    team_id: ID\n    team: Team = belongs_to("team_id")',
    ),
    "Team.member is said by has_one()": (
        '    member: list[Member] = has_one("team_id")  # here',
        '    team_id: ID\n    team: Team = belongs_to("team_id")',
    ),
    "Team.members is said by has_many(), and leads to no model": (
        '    members: list[str] = has_many("team_id")  # here',
        "    team_id: ID",
    ),
    "Member.team has two other sides: Team.members and Team.captain": (
        (
            '    members: list[Member] = has_many("team_id")\n'
            '    captain: Member | None = has_one("team_id")'
        ),
        '    team_id: ID\n    team: Team = belongs_to("team_id")  # here',
    ),
}


@pytest.mark.parametrize(("words", "sides"), RELATIONS.items(), ids=str)
def test_a_relation_that_does_not_fit(tmp_path: Path, words: str, sides: tuple[str, str]) -> None:
    team, member = sides
    first, second = MODEL.format("Team", ""), MODEL.format("Member", "")
    text = f"{second}{member}\n{first}    name: str\n{team}\n"
    order = (
        "api = [Member, Team]\n"
        if words.startswith("Member.team has")
        else "api = [Team, Member]\n"
    )
    error = refused(tmp_path, text + order)
    assert error.code == "SchemaRelationError"
    assert words in error.message


def test_the_hint_says_what_the_other_side_has_to_be(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Member', '')}    team_id: ID\n"
        "    team: Team = belongs_to('team_id')  # here\n"
        f"{MODEL.format('Team', '')}    name: str\n"
    )
    error = refused(tmp_path, text)
    assert 'members: list[Member] = has_many("team_id")' in error.hint
    assert len(error.sites) == 2, "the other model's line is told too"


def test_an_enum_leads_to_no_model(tmp_path: Path) -> None:
    text = (
        "class Kind(Enum):\n    a = 'a'\n"
        "class Team(Model, authorization=OPEN, identifier=['kind']):\n    kind: Kind\n"
        "    members: list[Member] = has_many('kind')  # here\n"
        "class Member(Model, authorization=OPEN):\n    kind: Kind\n"
        "    team: Team = belongs_to('kind')\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "Team.members is over an enum, the identifier of Team"


def test_fields_of_a_relation_are_all_required_or_none(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Store', ', identifier=[chr(97), chr(98)]')}    a: str\n    b: str\n"
        '    shelves: list[Shelf] = has_many(["store_a", "store_b"])  # here\n'
        f"{MODEL.format('Shelf', '')}    store_a: str\n    store_b: str | None\n"
        '    store: Store | None = belongs_to(["store_a", "store_b"])\n'
    )
    assert "of which some may be missing" in refused(tmp_path, text).message


def test_a_model_that_is_not_in_the_schema(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Team', '')}    members: list[Member] = has_many('team_id')  # here\n"
        f"{MODEL.format('Member', '')}    team_id: ID\napi = [Team]\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "Team.members refers to Member, which is not in the schema"
    assert error.hint == "list Member in the schema"


KEYS = {
    "has 'numer', which is no field": "identifier=['numer']",
    "Todo.maybe is part of the identifier, and may be missing": "identifier=['maybe']",
    "Todo.tags is part of the identifier, and no single": "identifier=['tags']",
    "Todo.done is part of the identifier, and no single": "identifier=['done']",
    "Todo.meta is part of the identifier, and no single": "identifier=['number', 'meta']",
    "the identifier of Todo is ['number', 'number']": "identifier=['number', 'number']",
    "the identifier of Todo is []": "identifier=[]",
}


@pytest.mark.parametrize(("words", "option"), KEYS.items(), ids=str)
def test_an_identifier_that_cannot_be(tmp_path: Path, words: str, option: str) -> None:
    body = (
        "    number: int\n    maybe: str | None\n    tags: list[str]\n    done: bool\n"
        "    meta: AWSJSON\n"
    )
    text = f"{MODEL.format('Todo', f', {option}')}{body}"
    wrong = f"    {words.removeprefix('Todo.').split()[0]}:" if "Todo." in words else "class"
    error = refused(tmp_path, marked(text, wrong))
    assert error.code == "SchemaIdentifierError"
    assert words in error.message


def test_an_owner_can_only_be_first_in_an_identifier(tmp_path: Path) -> None:
    text = (
        "class Todo(Model, identifier=['name', 'who'], "
        "authorization=[allow.owner_defined_in('who')]):\n    name: str\n    who: str  # here\n"
    )
    error = refused(tmp_path, text)
    assert error.code == "SchemaIdentifierError"
    assert error.message == "Todo.who names owners, and is in the identifier, not first"


INDEXES = {
    "is over 'du', which is no field of it": 'Index("du")',
    "is over 'nam', which is no field of it": 'Index("due", sort_keys=["nam"])',
    "is over tags, no single text or number": 'Index("tags")',
    "is over done, no single text or number": 'Index("done")',
    "is 'name', no list": 'Index("due", sort_keys="name")',
    "has a field twice": 'Index("due", sort_keys=["due"])',
    "is named 'x y'": 'Index("due", name="x y")',
    "is named 'xy'": 'Index("due", name="xy")',
    "is over id, which is the identifier": 'Index("id")',
    "has the projection 'SOME'": 'Index("due", projection="SOME")',
    "holds an empty list of fields": 'Index("due", projection=[])',
    "holds 'nothing', which is no field": 'Index("due", projection=["nothing"])',
    "is there twice": 'Index("name", query_field="q"), Index("due", query_field="q")',
}


@pytest.mark.parametrize(("words", "index"), INDEXES.items(), ids=str)
def test_an_index_that_cannot_be(tmp_path: Path, words: str, index: str) -> None:
    head = f"class Todo(\n    Model,\n    authorization=OPEN,\n    indexes=[{index}],\n):\n"
    text = (
        head
        + "    id: ID\n    due: AWSDate | None\n    name: str\n    tags: list[str]\n"
        + "    done: bool\n"
    )
    error = refused(tmp_path, marked(text, "class"))
    assert error.code == "SchemaIndexError"
    assert words in error.message
    assert len(error.sites) == 2, "the index has a line of its own"


def test_two_indexes_over_the_same_fields(tmp_path: Path) -> None:
    head = MODEL.format("Todo", ', indexes=[Index("due"), Index("due")]').replace(
        ":\n", ":  # here\n"
    )
    error = refused(tmp_path, f"{head}    due: AWSDate | None\n")
    assert "is there twice: ('due',)" in error.message


def test_a_misspelt_field_of_an_index_has_a_suggestion(tmp_path: Path) -> None:
    head = MODEL.format("Todo", ', indexes=[Index("prioriti")]').replace(":\n", ":  # here\n")
    assert "did you mean 'priority'?" in refused(tmp_path, f"{head}    priority: str\n").hint


RULES = {
    "a rule of Todo has its owners in Todo.count, which is not str | None": (
        'allow.owner_defined_in("count")'
    ),
    "a rule of Todo has its owners in Todo.tags, which is not str | None": (
        'allow.owner_defined_in("tags")'
    ),
    "a rule of Todo has its owners in Todo.author, which is not list[str] | None": (
        'allow.owners_defined_in("author")'
    ),
    "a rule of Todo has its groups in Todo.count, which is not str | None": (
        'allow.group_defined_in("count")'
    ),
    "a rule of Todo has its groups in Todo.author, which is not list[str] | None": (
        'allow.groups_defined_in("author")'
    ),
}


@pytest.mark.parametrize(("words", "rule"), RULES.items(), ids=str)
def test_a_rule_about_a_field_of_another_type(tmp_path: Path, words: str, rule: str) -> None:
    field = words.split("Todo.")[1].split(",", maxsplit=1)[0]
    head = f"class Todo(Model, authorization=[{rule}]):\n"
    text = f"{head}    author: str\n    count: int\n    tags: list[str]\n"
    error = refused(tmp_path, marked(text, f"    {field}:"))
    assert error.code == "SchemaAuthorizationError"
    assert words in error.message


NO_RULES = {
    "authorization of Todo is no list": "allow.owner()",
    "authorization of Todo has Allow.owner, which is no rule": "[allow.owner]",
    "authorization of Todo has 'owner', which is no rule": '["owner"]',
    "Todo has allow.resource(), which is for whole schemas": "[allow.resource(function)]",
    "a rule of Todo allows get twice": '[allow.owner().to(["read", "get"])]',
    "a rule of Todo allows create twice": '[allow.owner().to(["create", "create"])]',
    "one rule of Todo has one text in 'who', another a list": (
        '[allow.owner_defined_in("who"), allow.owners_defined_in("who")]'
    ),
    "nobody may use Todo": "None",
}


@pytest.mark.parametrize(("words", "rules"), NO_RULES.items(), ids=str)
def test_rules_that_are_none_or_allow_nothing_more(tmp_path: Path, words: str, rules: str) -> None:
    text = f"class Todo(Model, authorization={rules}):  # here\n    name: str\n"
    error = refused(tmp_path, text)
    assert error.code == "SchemaAuthorizationError"
    assert words in error.message


READERS = {
    "Todo.name is required, and signed-in users (userPools) may": "[allow.authenticated()]",
    "and members of 'Admin' may read other fields": "[allow.group('Admin').to('read')]",
    "and the public (apiKey) may read other": "[allow.public_api_key().to('read')]",
    "and owners in 'author' may read": "[allow.owner_defined_in('author').to('read')]",
    "and the groups in 'team' may read": "[allow.group_defined_in('team')]",
}


@pytest.mark.parametrize(("words", "rules"), READERS.items(), ids=str)
def test_a_required_field_that_not_all_readers_may_read(
    tmp_path: Path, words: str, rules: str
) -> None:
    text = (
        "class Todo(Model, authorization=[allow.owner()]):\n    name: str  # here\n"
        f"    note: str | None = field(authorization={rules})\n"
    )
    error = refused(tmp_path, text)
    assert error.code == "SchemaAuthorizationError"
    assert words in error.message


def test_a_field_is_read_as_a_whole(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\n"
        "    note: str | None = field(authorization=[allow.owner().to(['get'])])  # here\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "a rule of Todo.note allows get"
    assert "use read" in error.hint


AT_ONCE = {
    "a rule allows nothing": ("EmptyPolicyError", "allow.owner().to([])"),
    "a rule names no group": ("EmptyPolicyError", "allow.groups([])"),
    "an operation of a rule is 'reed'; did you mean 'read'?": (
        "SchemaAuthorizationError",
        'allow.owner().to("reed")',
    ),
    "to() was given 3": ("SchemaAuthorizationError", "allow.owner().to(3)"),
    "the provider of a rule is 'facebook'": (
        "SchemaAuthorizationError",
        'allow.authenticated("facebook")',
    ),
    "the provider of a rule is 'identityPool'": (
        "SchemaAuthorizationError",
        'allow.owner("identityPool")',
    ),
    "an operation of a rule is 'read'": (
        "SchemaAuthorizationError",
        'allow.resource(function).to("read")',
    ),
    "allow.resource() was given 'main'": ("SchemaAuthorizationError", 'allow.resource("main")'),
    "identifier is 'id', which is no list": (
        "SchemaModelError",
        'type("T", (Model,), {}, identifier="id")',
    ),
    "disable_operations is 'list', which is no list": (
        "SchemaModelError",
        'type("T", (Model,), {}, disable_operations="list")',
    ),
    "disable_operations is 'querys'": (
        "SchemaModelError",
        'type("T", (Model,), {}, disable_operations=["querys"])',
    ),
    "Model.mutations() names no mutation": ("SchemaOperationError", "Model.mutations([])"),
    "a mutation of a model is 'read'": ("SchemaOperationError", 'Model.mutations("read")'),
    "a handler was given 3": ("SchemaOperationError", "handler.function(3)"),
    "there is no file nowhere.js": ("EntryNotFoundError", 'handler.custom(entry="nowhere.js")'),
    "engine is 'oracle'": ("SchemaSqlError", 'configure(database={"engine": "oracle"})'),
    "database has no connection_uri": (
        "SchemaSqlError",
        'configure(database={"engine": "mysql"})',
    ),
    "connection_uri is no secret": (
        "SchemaSqlError",
        'configure(database={"engine": "mysql", "connection_uri": "mysql://"})',
    ),
    "vpc_config has no vpc_id": (
        "SchemaSqlError",
        'configure(database={"engine": "mysql", "connection_uri": secret("S"), "vpc_config": {}})',
    ),
}


@pytest.mark.parametrize("words", AT_ONCE, ids=str)
def test_what_is_refused_where_it_is_written(tmp_path: Path, words: str) -> None:
    code, statement = AT_ONCE[words]
    error = refused(tmp_path, f"wrong = {statement}  # here\n")
    assert error.code == code
    assert words in error.message


NAMES = {
    "the name Query is taken": "class Query(Model, authorization=OPEN):  # here\n    name: str\n",
    "the name AWSDate is taken": (
        "class AWSDate(Model, authorization=OPEN):  # here\n    name: str\n"
    ),
    "Todo.teamId and team_id are both teamId": (
        f"{MODEL.format('Todo', '')}    teamId: ID\n    team_id: ID  # here\n"
    ),
    "Todo.name is named 'na me'": (
        f"{MODEL.format('Todo', '')}    name: str = field(name='na me')  # here\n"
    ),
    "two parts of the schema are named TodoKind": (
        f"{MODEL.format('TodoKind', '')}    name: str\n"
        f"{MODEL.format('Todo', '')}    kind: Literal['a'] | None  # here\n"
    ),
}


@pytest.mark.parametrize(("words", "text"), NAMES.items(), ids=str)
def test_names_that_are_taken_or_none(tmp_path: Path, words: str, text: str) -> None:
    error = refused(tmp_path, text)
    assert error.code == "SchemaNameError"
    assert words in error.message


def test_two_classes_of_one_name_in_combined_schemas(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\none = schema([Todo])\n"
        f"{MODEL.format('Todo', '').replace(chr(10), '  # here' + chr(10))}    name: str\n"
        "api = combine([one, schema([Todo])])\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "two parts of the schema are named Todo"
    assert len(error.sites) == 2


def test_two_models_whose_lists_have_one_name(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Groups', '')}    name: str\n"
        "class Group(Model, authorization=OPEN):  # here\n    name: str\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "the model Groups and the model Group both have Query.listGroups"
    assert len(error.sites) == 2


def test_an_operation_named_as_one_that_a_model_has(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\n"
        "@query(authorization=OPEN, handler=step())  # here\ndef get_todo() -> str: ...\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "the model Todo and the function getTodo both have Query.getTodo"


def test_two_indexes_of_models_with_one_query(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Todo', ', indexes=[Index(chr(97), query_field=chr(113))]')}    a: str\n"
        "class Note(\n    Model,\n    authorization=OPEN,\n"
        "    indexes=[Index('a', query_field='q')],  # here\n):\n    a: str\n"
    )
    error = refused(tmp_path, text)
    assert error.message == "the model Todo and the model Note both have Query.q"


def test_a_class_that_is_listed_twice(tmp_path: Path) -> None:
    text = "class Todo(Model, authorization=OPEN):  # here\n    name: str\napi = [Todo, Todo]\n"
    assert refused(tmp_path, text).message == "Todo is listed twice"


@pytest.mark.parametrize(
    "part", ['"Todo"', "Todo()", "str", "Model", "plain", "Plain", "allow.owner()"]
)
def test_what_is_no_part_of_a_schema(tmp_path: Path, part: str) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\ndef plain() -> str: ...\nclass Plain: ...\n"
        f"api = schema([Todo, {part}])  # here\n"
    )
    assert refused(tmp_path, text).code == "InvalidSchemaError"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("the enum Kind has the value 'in progress'", 'class Kind(Enum):\n    a = "in progress"\n'),
        ("the enum Kind has the value '1st'", 'class Kind(Enum):\n    a = "1st"\n'),
        ("the enum Kind has the value 'true'", 'class Kind(Enum):\n    a = "true"\n'),
        ("Kind.a is 1", "import enum\nclass Kind(enum.Enum):\n    a = 1\n"),
    ],
)
def test_an_enum_with_impossible_values(tmp_path: Path, words: str, text: str) -> None:
    marked = text.replace("):\n", "):  # here\n")
    error = refused(tmp_path, f"{marked}{MODEL.format('Todo', '')}    kind: Kind | None\n")
    assert error.code == "SchemaEnumError"
    assert words in error.message


OPERATIONS = {
    "ask(question) has no type": (
        "@query(authorization=OPEN, handler=step())\ndef ask(question) -> str: ..."
    ),
    "ask(times) has a default": (
        "@query(authorization=OPEN, handler=step())\ndef ask(times: int = 3) -> str: ..."
    ),
    "ask(words) takes any number of arguments": (
        "@query(authorization=OPEN, handler=step())\ndef ask(*words: str) -> str: ..."
    ),
    "ask does not say what it answers": (
        "@query(authorization=OPEN, handler=step())\ndef ask(times: int): ..."
    ),
    "ask answers nothing": "@query(authorization=OPEN, handler=step())\ndef ask() -> None: ...",
    "ask answers before its function has run": (
        "@query(authorization=OPEN, handler=handler.async_function(function))\n"
        "def ask() -> str: ..."
    ),
    "nothing answers ask": "@query(authorization=OPEN, handler=[])\ndef ask() -> str: ...",
    "ask has the handler 3": "@query(authorization=OPEN, handler=3)\ndef ask() -> str: ...",
    "the handlers of ask are of different kinds": (
        "@query(authorization=OPEN, handler=[step(), handler.inline_sql('SELECT 1')])\n"
        "def ask() -> str: ..."
    ),
    "ask is answered by SQL, and its schema has no SQL database": (
        "@query(authorization=OPEN, handler=handler.inline_sql('SELECT 1'))\ndef ask() -> str: ..."
    ),
    "on_it is for 'ask'": (
        "@subscription(for_=ask, authorization=OPEN, handler=step())\ndef on_it() -> None: ..."
    ),
    "onIt is for no mutation": (
        "@subscription(for_=[], authorization=OPEN, handler=step())\ndef on_it() -> None: ..."
    ),
    "onIt is for create of Quiet, which is disabled": (
        "@subscription(for_=Quiet.mutations('create'), authorization=OPEN, handler=step())\n"
        "def on_it() -> None: ..."
    ),
    "the subscription onIt says what it answers": (
        "@subscription(for_=save, authorization=OPEN, handler=step())\ndef on_it() -> str: ..."
    ),
    "the mutations of onIt answer different types": (
        "@subscription(for_=[save, Todo.mutations('create')], authorization=OPEN, handler=step())\n"
        "def on_it() -> None: ..."
    ),
}


@pytest.mark.parametrize(("words", "text"), OPERATIONS.items(), ids=str)
def test_an_operation_that_is_not_complete(tmp_path: Path, words: str, text: str) -> None:
    before = (
        f"{MODEL.format('Todo', '')}    name: str\n"
        "class Quiet(Model, authorization=OPEN, disable_operations=['create']):\n    name: str\n"
        "@mutation(authorization=OPEN, handler=step())\ndef save() -> str: ...\n"
    )
    if "def ask" not in text:
        before += "@query(authorization=OPEN, handler=step())\ndef ask() -> str: ...\n"
    head, signature = text.split("\n")
    error = refused(tmp_path, f"{before}{head}  # here\n{signature}\n")
    assert error.code == "SchemaOperationError"
    assert words.replace("on_it", "onIt") in error.message


@pytest.mark.parametrize(
    "text",
    [
        (
            "@subscription(for_=save, authorization=OPEN, handler=step())  # here\n"
            "def user() -> None: ...\n"
        ),
        (
            "@conversation(ai_model='Claude 3 Haiku', system_prompt='x', "
            "tools=[DataTool('t', 'd', query=find)], authorization=[allow.owner()])  # here\n"
            "def user() -> None: ...\n"
        ),
    ],
)
def test_an_operation_that_is_not_in_the_schema(tmp_path: Path, text: str) -> None:
    before = (
        "@mutation(authorization=OPEN, handler=step())\ndef save() -> str: ...\n"
        "@query(authorization=OPEN, handler=step())\ndef find() -> str: ...\n"
    )
    error = refused(tmp_path, f"{before}{text}api = [user]\n")
    assert error.code == "SchemaOperationError"
    assert "which is not in the schema" in error.message
    assert len(error.sites) == 2


OPERATION_RULES = {
    "ask has a rule about owners or groups of items": ("allow.owner()", "step()"),
    "ask has a rule about owners or groups": ("allow.group_defined_in('g')", "step()"),
    "ask has a rule with .to()": ("allow.guest().to('read')", "step()"),
    "ask has a rule with .to() or .with_claim_in()": (
        "allow.group('a').with_claim_in('b')",
        "step()",
    ),
    "and its rule is for identity pools": ("allow.guest()", "handler.custom(entry=__file__)"),
    "ask is answered by a resolver, which AppSync cannot give to groups of OIDC": (
        "allow.group('a', 'oidc')",
        "handler.custom(entry=__file__)",
    ),
}


@pytest.mark.parametrize(("words", "given"), OPERATION_RULES.items(), ids=str)
def test_a_rule_that_operations_cannot_have(
    tmp_path: Path, words: str, given: tuple[str, str]
) -> None:
    rule, answer = given
    text = f"@query(authorization=[{rule}], handler={answer})  # here\ndef ask() -> str: ...\n"
    error = refused(tmp_path, text)
    assert error.code == "SchemaAuthorizationError"
    assert words in error.message


def test_an_operation_that_nobody_may_call(tmp_path: Path) -> None:
    error = refused(tmp_path, "@query(handler=step())  # here\ndef ask() -> str: ...\n")
    assert error.message == "nobody may call ask: neither it nor the schema has rules"


ROUTES = {
    "there is no ai_model 'Claude 3 Haiky'; did you mean 'Claude 3 Haiku'?": (
        'ai_model="Claude 3 Haiky", system_prompt="x"'
    ),
    "temperature of make is 2": (
        'ai_model="Claude 3 Haiku", system_prompt="x", inference_configuration={"temperature": 2}'
    ),
    "max_tokens of make is 0": (
        'ai_model="Claude 3 Haiku", system_prompt="x", inference_configuration={"max_tokens": 0}'
    ),
    "inference_configuration has no option 'heat'": (
        'ai_model="Claude 3 Haiku", system_prompt="x", inference_configuration={"heat": 1}'
    ),
}


@pytest.mark.parametrize(("words", "options"), ROUTES.items(), ids=str)
def test_a_route_that_cannot_be(tmp_path: Path, words: str, options: str) -> None:
    text = f"@generation({options}, authorization=OPEN)  # here\ndef make() -> str: ...\n"
    error = refused(tmp_path, text)
    assert error.code == "SchemaRouteError"
    assert words in error.message


def test_a_route_that_generates_items_of_a_model(tmp_path: Path) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\n"
        '@generation(ai_model="Claude 3 Haiku", system_prompt="x", authorization=OPEN)  # here\n'
        "def make() -> Todo | None: ...\n"
    )
    error = refused(tmp_path, text)
    assert error.code == "SchemaRouteError"
    assert error.message == "make has the model Todo generated"


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ('DataTool("two words", "d", model=Todo)', "a tool of chat is named 'two words'"),
        ('DataTool("t", "d")', "the tool t has neither a model nor a query"),
        ('DataTool("t", "d", query=3)', "the tool t has 3 for its query"),
        ("3", "chat has the tool 3"),
        ('DataTool("t", "d", model=Quiet)', "the tool t lists Quiet, whose list is disabled"),
    ],
)
def test_a_tool_that_cannot_be(tmp_path: Path, tool: str, words: str) -> None:
    text = (
        f"{MODEL.format('Todo', '')}    name: str\n"
        "class Quiet(Model, authorization=OPEN, disable_operations=['list']):\n    name: str\n"
        f'@conversation(ai_model="Claude 3 Haiku", system_prompt="x", tools=[{tool}], '
        "authorization=[allow.owner()])  # here\ndef chat() -> None: ...\n"
    )
    error = refused(tmp_path, text)
    assert error.code == "SchemaRouteError"
    assert words in error.message


@pytest.mark.parametrize("rules", ["OPEN", "[]", "[allow.owner('oidc')]"])
def test_a_conversation_of_others_than_its_owner(tmp_path: Path, rules: str) -> None:
    text = (
        f'@conversation(ai_model="Claude 3 Haiku", system_prompt="x", authorization={rules})'
        "  # here\n"
        "def chat() -> None: ...\n"
    )
    assert refused(tmp_path, text).code == "SchemaAuthorizationError"


PLACES = "class places(Model, identifier=['id']):\n"
DATABASE = 'configure(database={"engine": "mysql", "connection_uri": secret("S")})'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            (
                f"{PLACES}    id: int\napi = {DATABASE}.schema([places])\n"
                "class Todo(Model):  # here\n    name: str\napi = api.add_to_schema([Todo])\n"
            ),
            "Todo derives from no model of the database",
        ),
        (
            (
                f"{PLACES}    id: int\napi = {DATABASE}.schema([places])\n"
                "class One(places): ...\nclass Two(places): ...  # here\n"
                "api = api.add_to_schema([One, Two])\n"
            ),
            "two classes derive from places",
        ),
        (
            (
                "class places(Model, identifier=['id'], authorization=[allow.owner()]):  # here\n"
                f"    id: int\napi = {DATABASE}.schema([places])\n"
            ),
            "places has a rule about 'owner', which is no column",
        ),
        (
            f"class places(Model):  # here\n    number: int\napi = {DATABASE}.schema([places])\n",
            "the identifier of places has 'id', which is no field of it",
        ),
        (
            (
                "class places(Model, identifier=['id'], authorization="
                "[allow.guest().to('sync')]):  # here\n"
                f"    id: int\napi = {DATABASE}.schema([places])\n"
            ),
            "a rule of places allows sync, which SQL databases do not have",
        ),
        (
            (
                f"{PLACES}    id: int = field(generated=True)  # here\n"
                f"api = {DATABASE}.schema([places])\n"
            ),
            "places.id is generated by the database, which is not PostgreSQL",
        ),
    ],
)
def test_models_that_do_not_fit_the_database(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text).message
