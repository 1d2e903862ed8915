"""Three schemas in one: disabled operations, AI routes, an SQL database."""

from preamp import define_function
from preamp.data import (
    DataTool,
    Model,
    allow,
    belongs_to,
    combine,
    conversation,
    custom_type,
    generation,
    handler,
    has_many,
    query,
    schema,
)

from .schema_sql import generated_sql_schema, people, places

lookup_function = define_function(
    name="lookup", entry="functions/lookup.ts", resource_group_name="data"
)


class NoQueries(Model, disable_operations=["queries"]):
    v: str | None


class NoMutations(Model, disable_operations=["mutations"]):
    v: str | None


class NoSubscriptions(Model, disable_operations=["subscriptions"]):
    v: str | None


class SubscriptionsOnly(Model, disable_operations=["queries", "mutations"]):
    v: str | None


class NoListNoDelete(Model, disable_operations=["list", "delete"]):
    v: str | None


class NoOnUpdate(
    Model, disable_operations=["get", "create", "update", "onCreate", "onUpdate", "onDelete"]
):
    v: str | None


operations = schema(
    [NoQueries, NoMutations, NoSubscriptions, SubscriptionsOnly, NoListNoDelete, NoOnUpdate],
    authorization=[allow.public_api_key()],
)


class Article(Model):
    title: str | None
    body: str | None


@query(handler=handler.function(lookup_function))
def lookup(q: str | None) -> str | None: ...


@custom_type
class SummarizeReturnType:
    title: str | None
    points: list[str | None] | None


@generation(
    ai_model="Claude 3.5 Haiku",
    system_prompt="You summarize articles.\nKeep it short.",
    inference_configuration={"max_tokens": 500, "temperature": 0.2, "top_p": 0.9},
    authorization=[allow.authenticated()],
)
def summarize(text: str | None) -> SummarizeReturnType | None: ...


@conversation(
    ai_model="Amazon Nova Lite",
    system_prompt="You are a helpful assistant",
    tools=[
        DataTool("ArticleQuery", "Searches articles", model=Article),
        DataTool("lookup", "Looks things up", query=lookup),
    ],
    authorization=[allow.owner()],
)
def chat() -> None: ...


content = schema(
    [Article, lookup, summarize, chat],
    authorization=[allow.authenticated()],
)


class Place(places, authorization=[allow.authenticated()]):
    owner: "Person | None" = belongs_to("owner_id")


class Person(people, authorization=[allow.authenticated().to("read")]):
    places: list[Place] = has_many("owner_id")


@query(
    authorization=[allow.authenticated()],
    handler=handler.inline_sql("SELECT DISTINCT \"kind\" FROM places WHERE kind <> '';"),
)
def list_kinds() -> list[str | None] | None: ...


@query(authorization=[allow.authenticated()], handler=handler.sql_reference("./sql/near-by.sql"))
def near_by(lat: float, long: float) -> list[Place | None] | None: ...


sql = generated_sql_schema.add_to_schema([Place, Person, list_kinds, near_by])


api = combine([operations, content, sql])
