"""Every kind of field, identifier, index and validation."""

from typing import Literal

from preamp.data import (
    AWSJSON,
    AWSURL,
    ID,
    AWSDate,
    AWSDateTime,
    AWSEmail,
    AWSIPAddress,
    AWSPhone,
    AWSTime,
    AWSTimestamp,
    Enum,
    Index,
    Model,
    allow,
    custom_type,
    ends_with,
    field,
    gte,
    lt,
    lte,
    matches,
    max_length,
    min_length,
    negative,
    positive,
    schema,
    starts_with,
)


class Everything(Model):
    an_id: ID | None
    a_string: str | None
    an_integer: int | None
    a_float: float | None
    a_boolean: bool | None
    a_date: AWSDate | None
    a_time: AWSTime | None
    a_datetime: AWSDateTime | None
    a_timestamp: AWSTimestamp | None
    an_email: AWSEmail | None
    a_json: AWSJSON | None
    a_phone: AWSPhone | None
    a_url: AWSURL | None
    an_ip: AWSIPAddress | None
    required_string: str
    string_list: list[str | None] | None
    required_list: list[str | None]
    list_of_required: list[str] | None
    required_list_of_required: list[int]
    string_default: str = "it's a default"
    integer_default: int = 42
    float_default: float = 1.5
    boolean_default: bool = False
    date_default: AWSDate = "2024-01-31"
    json_default: AWSJSON = "[1, 2]"


class Visibility(Enum):
    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    UNLISTED = "UNLISTED"


@custom_type
class Location:
    lat: float
    long: float
    precision: Literal["exact", "city"] | None


class Post(Model):
    @custom_type
    class InlineType:
        @custom_type
        class Nested:
            depth: int | None
            where: Location | None

        lang: str
        tags: list[str | None] | None
        kind: Literal["short", "long"] | None
        nested: Nested | None

    id: ID
    title: str
    inline_status: Literal["draft", "pending", "published"] | None
    shared_status: Visibility | None
    required_status: Visibility
    statuses: list[Visibility | None] | None
    location: Location | None
    locations: list[Location]
    inline_type: InlineType | None


class Country(Model, identifier=["code"]):
    code: str
    name: str


class Stay(Model, identifier=["hotel", "room", "night"]):
    hotel: ID
    room: int
    night: AWSDate
    guest: str | None


class Customer(
    Model,
    indexes=[
        Index("account_representative_id"),
        Index("account_representative_id", sort_keys=["name"], query_field="byRepAndName"),
        Index("region", sort_keys=["city", "name"], name="regionCityName"),
        Index("tier", query_field="listByTier", projection="KEYS_ONLY"),
        Index("city", projection=["name", "phone"]),
        Index("score", query_field=None),
    ],
):
    name: str
    phone: AWSPhone | None
    account_representative_id: ID
    region: str | None
    city: str | None
    tier: Literal["free", "pro"] | None
    score: int | None


class Product(Model):
    sku: str = field(
        validate=[
            min_length(3, 'too "short"'),
            max_length(12),
            starts_with("P-"),
            ends_with("X"),
            matches("^[A-Z0-9-]+$", "bad characters"),
        ]
    )
    price: float | None = field(validate=[positive("must be positive"), lte(9999)])
    stock: int | None = field(validate=[gte(0), lt(100_000)])
    delta: int | None = field(validate=[negative()])


class widget(Model):  # noqa: N801
    label: str | None


api = schema(
    [Everything, Post, Country, Stay, Customer, Product, widget],
    authorization=[allow.public_api_key()],
)
