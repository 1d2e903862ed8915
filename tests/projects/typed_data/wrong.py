"""Schemas in which a strict type checker finds a mistake in every line that says so."""

# ruff: noqa: F401, F821, I001
# mypy: disable-error-code="empty-body"

from __future__ import annotations

from preamp import define_function, secret
from preamp.data import (
    ID,
    AWSDate,
    AWSTimestamp,
    DataTool,
    Enum,
    Index,
    Model,
    allow,
    belongs_to,
    combine,
    configure,
    conversation,
    custom_type,
    field,
    generation,
    gte,
    handler,
    has_many,
    min_length,
    mutation,
    query,
    schema,
    subscription,
)
from preamp.data import Modell  # wrong

function = define_function(entry="main.py")


class Priority(Enum):
    low = "low"


class Other(Model, identifier="id"):  # wrong
    name: str


class Owned(Model, authorization=allow.owner()):  # wrong
    name: str


class Uncalled(Model, authorization=[allow.owner]):  # wrong
    name: str


class Resource(Model, authorization=[allow.resource(function)]):  # wrong
    name: str


class Disabled(Model, disable_operations=["querys"]):  # wrong
    name: str


class Indexed(Model, indexes=["name"]):  # wrong
    name: str


class Optioned(Model, identifer=["id"]):  # wrong
    name: str


class Todo(Model):
    unknown: Prioritee | None  # wrong
    count: int = "one"  # wrong
    done: bool = 3  # wrong
    due: AWSDate = 3  # wrong
    since: AWSTimestamp = "now"  # wrong
    id_: ID = 5  # wrong
    chosen: Priority = "low"  # wrong
    tags: list[str] = "a"  # wrong
    missing: str = None  # wrong
    default: int = field(default="x")  # wrong
    validated: int = field(validate=[min_length(3)])  # wrong
    compared: str = field(validate=[gte(3)])  # wrong
    mixed: str = field(validate=[min_length(3), gte(3)])  # wrong
    longer: str = field(validate=[min_length("3")])  # wrong
    misspelt: str = field(defalt="x")  # wrong
    others: Other = has_many("other_id")  # wrong
    number: int = has_many("other_id")  # wrong
    positional: Other = belongs_to(3)  # wrong


allow.owner().to("reed")  # wrong
allow.owner().to(["reed"])  # wrong
allow.owner().to([]).to("read")  # wrong
allow.authenticated("facebook")  # wrong
allow.owner("identityPool")  # wrong
allow.groups("Admin")  # wrong
allow.public_api_key().identity_claim("sub")  # wrong
allow.authenticated().with_claim_in("roles")  # wrong
allow.resource("main")  # wrong
allow.resource(function).to("read")  # wrong
allow.everybody()  # wrong

Index(3)  # wrong
Index("a", "b")  # wrong
Index("a", sort_keys="b")  # wrong
Index("a", projection="SOME")  # wrong
Index("a", query_field=False)  # wrong

Todo.mutations("read")  # wrong
Todo("a")  # wrong

handler.function(3)  # wrong
handler.custom("a.js")  # wrong
handler.custom(entry="a.js", data_source=3)  # wrong


@query(authorization=[allow.owner()], handler=handler.function(function))  # wrong
def owned() -> str: ...


@query(authorization=[allow.guest().to("read")], handler=handler.function(function))  # wrong
def narrowed() -> str: ...


@query(authorization=[allow.guest()])  # wrong
def unanswered() -> str: ...


@query(handler=function)  # wrong
def by_a_function() -> str: ...


@query(handler=handler.function(function), returns=str)  # wrong
def with_a_return_type() -> str: ...


@mutation(handler=[handler.function(function), handler.custom(entry="a.js")])  # wrong
def mixed() -> str: ...


@subscription(for_=owned, handler=handler.custom(entry="a.js"))  # wrong
def of_a_query() -> None: ...


@subscription(handler=handler.custom(entry="a.js"))  # wrong
def of_nothing() -> None: ...


@generation(ai_model="Claude 9", system_prompt="x")  # wrong
def by_nobody() -> str: ...


@generation(
    ai_model="Claude 3 Haiku",
    system_prompt="x",
    inference_configuration={"heat": 1},  # wrong
)
def heated() -> str: ...


@conversation(
    ai_model="Claude 3 Haiku",
    system_prompt="x",
    authorization=[allow.authenticated()],  # wrong
)
def of_everyone() -> None: ...


DataTool("a", "b", model=owned)  # wrong
DataTool("a", "b", query=Todo)  # wrong

schema([Todo()])  # wrong
schema(["Todo"])  # wrong
schema([Todo], authorization=[allow])  # wrong
combine([Todo])  # wrong
custom_type(3)  # wrong
configure(database={"engine": "oracle", "connection_uri": secret("U")})  # wrong
configure(database={"engine": "mysql", "connection_uri": "mysql://"})  # wrong
configure(database={"engine": "mysql"})  # wrong
schema([Todo]).add_to_schema([Todo])  # wrong
