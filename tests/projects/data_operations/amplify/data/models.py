"""Every kind of custom operation."""

from typing import Literal

from preamp.data import (
    AWSJSON,
    ID,
    AWSDateTime,
    Enum,
    Model,
    allow,
    custom_type,
    handler,
    mutation,
    query,
    schema,
    subscription,
)

from ..functions.audit.resource import audit
from ..functions.echo.resource import echo as echo_function
from ..functions.slow.resource import slow


class Post(Model, authorization=[allow.authenticated()]):
    title: str | None
    likes: int | None


class Priority(Enum):
    low = "low"
    high = "high"


@custom_type
class EchoResponse:
    @custom_type
    class Meta:
        at: AWSDateTime | None
        priority: Priority | None

    content: str | None
    meta: Meta | None


@custom_type
class Filter:
    @custom_type
    class Range:
        from_: int | None
        to: int | None

    text: str
    range: Range | None
    priority: Priority | None


@custom_type
class Channel:
    channel: str
    content: str | None


@custom_type
class SearchPage:
    size: int | None
    kind: Literal["token", "offset"] | None


@custom_type
class StatsReturnType:
    count: int | None
    trend: Literal["up", "down"] | None


@query(authorization=[allow.authenticated()], handler=handler.function(echo_function))
def echo(content: str | None, times: int, tags: list[str | None] | None) -> EchoResponse | None: ...


@query(
    authorization=[allow.authenticated(), allow.public_api_key()],
    handler=[handler.function(audit), handler.function(echo_function)],
)
def search(
    filter_: Filter,
    filters: list[Filter | None] | None,
    order: Literal["asc", "desc"] | None,
    page: SearchPage | None,
    priority: Priority | None,
) -> list[EchoResponse] | None: ...


@query(authorization=[allow.public_api_key()], handler=handler.function(echo_function))
def stats() -> StatsReturnType | None: ...


@query(authorization=[allow.authenticated()], handler=handler.function(echo_function))
def mood() -> Literal["happy", "sad"] | None: ...


@mutation(authorization=[allow.group("Admin")], handler=handler.function(echo_function))
def raw(payload: AWSJSON | None) -> AWSJSON: ...


@mutation(authorization=[allow.authenticated()], handler=handler.async_function(slow))
def start_job(input_: str | None) -> None: ...


@mutation(
    authorization=[allow.authenticated()],
    handler=[handler.function(audit), handler.async_function(slow)],
)
def audit_then_start(input_: str | None) -> None: ...


@mutation(
    authorization=[allow.authenticated()],
    handler=handler.custom(data_source=Post, entry="resolvers/like-post.js"),
)
def like_post(post_id: ID) -> Post | None: ...


@mutation(
    authorization=[allow.public_api_key()],
    handler=handler.custom(entry="resolvers/passthrough.js"),
)
def publish(channel: str, content: str | None) -> Channel | None: ...


@query(
    authorization=[allow.authenticated()],
    handler=[
        handler.custom(entry="resolvers/passthrough.js"),
        handler.custom(data_source="AuditTrail", entry="resolvers/passthrough.js"),
    ],
)
def two_steps(text: str | None) -> str | None: ...


@subscription(
    for_=publish,
    authorization=[allow.public_api_key()],
    handler=handler.custom(entry="resolvers/receive.js"),
)
def receive(name_prefix: str | None) -> None: ...


@subscription(
    for_=Post.mutations(["create", "update", "delete"]),
    authorization=[allow.authenticated()],
    handler=handler.custom(entry="resolvers/passthrough.js"),
)
def on_post_change() -> None: ...


@subscription(
    for_=[like_post, Post.mutations("create")],
    authorization=[allow.authenticated()],
    handler=handler.custom(entry="resolvers/passthrough.js"),
)
def on_like() -> None: ...


api = schema(
    [
        Post, Filter, echo, search, stats, mood, raw, start_job, audit_then_start, like_post,
        publish, two_steps, receive, on_post_change, on_like,
    ]
)  # fmt: skip
