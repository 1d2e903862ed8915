"""Schemas that a strict type checker takes as they are."""

# mypy: disable-error-code="empty-body"

from __future__ import annotations

from typing import Literal

from preamp import define_function, secret
from preamp.data import (
    AWSJSON,
    ID,
    AiModel,
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
    has_one,
    lt,
    min_length,
    mutation,
    query,
    schema,
    starts_with,
    subscription,
)

function = define_function(entry="main.py")


class Priority(Enum):
    low = "low"
    high = "high"


@custom_type
class Place:
    lat: float
    long: float


class Todo(
    Model,
    authorization=[
        allow.owner().identity_claim("sub").to(["create", "read"]),
        allow.group("Admin").with_claim_in("roles").to("read"),
        allow.owner_defined_in("author", "oidc"),
        allow.authenticated("identityPool"),
        allow.public_api_key().to("read"),
    ],
    identifier=["list_id", "content"],
    indexes=[
        Index("priority", sort_keys=["due"], query_field=None, projection=["content"]),
        Index("due", name="byDue", projection="KEYS_ONLY"),
    ],
    disable_operations=["subscriptions", "delete"],
):
    content: str
    done: bool = False
    count: int = 3
    rate: float = 2
    priority: Priority | None
    chosen: Priority = Priority.low
    kind: Literal["a", "b"] = "a"
    due: AWSDate | None = "2024-01-31"
    since: AWSTimestamp = 0
    meta: AWSJSON = "{}"
    list_id: ID
    place: Place | None
    tags: list[str | None] | None
    author: str | None = field(authorization=[allow.owner().to("read")])
    title: str = field(validate=[min_length(3, "too short"), starts_with("x")])
    title2: str | None = field(default="x", validate=[min_length(1)], name="second")
    price: float | None = field(validate=[gte(0)])
    stock: int = field(default=1, validate=[gte(0), lt(10)])
    plain: list[str] = field(authorization=[allow.custom()])
    todo_list: TodoList = belongs_to("list_id")
    maybe_list: TodoList | None = belongs_to(["list_id"], authorization=[allow.guest()])


class TodoList(Model):
    todos: list[Todo] = has_many("list_id")
    first: Todo | None = has_one("list_id")
    number: int = field(generated=True)


@query(authorization=[allow.authenticated()], handler=handler.function(function))
def say_hello_to(name: str) -> str: ...


@mutation(
    authorization=[allow.groups(["A"]), allow.guest(), allow.custom("function")],
    handler=[handler.function("step"), handler.async_function(function)],
)
def start(name: str | None = None) -> None: ...


@mutation(handler=handler.custom(data_source=Todo, entry="right.py"), name="finish")
def done(id_: ID) -> Todo | None: ...


@subscription(
    for_=[done, Todo.mutations(["create"]), Todo.mutations("update")],
    handler=[handler.custom(entry="right.py", data_source="Other")],
)
def on_todo(prefix: str | None) -> None: ...


@query(handler=handler.inline_sql("SELECT 1"))
def numbers() -> list[int | None] | None: ...


@generation(
    ai_model=AiModel("some.model"),
    system_prompt="You are short.",
    inference_configuration={"max_tokens": 100},
)
def shorten(text: str) -> str: ...


@conversation(
    ai_model="Claude Haiku 4.5",
    system_prompt="You help.",
    tools=[DataTool("todos", "All todos", model=Todo), DataTool("n", "N", query=numbers)],
    authorization=[allow.owner()],
)
def chat() -> None: ...


first = schema(
    [Todo, TodoList, Priority, Place, say_hello_to, start, done, on_todo, shorten, chat],
    authorization=[allow.resource(function).to(["query"]), allow.authenticated()],
)
generated = configure(
    database={"engine": "postgresql", "connection_uri": secret("URI"), "identifier": "x"}
).schema([TodoList])
api = combine([first, generated.add_to_schema([numbers]).set_authorization([allow.guest()])])


def types_of_values(todo: Todo) -> tuple[str, bool, str | None, list[Todo], str]:
    """Items have the types that their annotations say."""
    return todo.content, todo.done, todo.due, todo.todo_list.todos, Todo.__name__
