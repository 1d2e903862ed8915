"""Every kind of rule."""

from preamp import define_function
from preamp.data import AWSEmail, Enum, Model, allow, field, handler, query, schema

authorizer = define_function(name="authorizer", entry="authorizer.ts")


class PublicKey(Model, authorization=[allow.public_api_key()]):
    v: str | None


class Guest(Model, authorization=[allow.guest()]):
    v: str | None


class SignedIn(Model, authorization=[allow.authenticated()]):
    v: str | None


class SignedInPool(
    Model, authorization=[allow.authenticated("identityPool"), allow.authenticated("oidc")]
):
    v: str | None


class Owner(Model, authorization=[allow.owner()]):
    v: str | None


class OwnerOidc(Model, authorization=[allow.owner("oidc").identity_claim("user_id")]):
    v: str | None


class OwnerDefinedIn(
    Model, authorization=[allow.owner_defined_in("author").to(["read", "update"])]
):
    author: str | None
    v: str | None


class OwnersDefinedIn(Model, authorization=[allow.owners_defined_in("authors")]):
    authors: list[str | None] | None
    v: str | None


class ImpliedOwner(
    Model, authorization=[allow.owners_defined_in("writers"), allow.group_defined_in("team")]
):
    v: str | None


class OneGroup(Model, authorization=[allow.group("Admin")]):
    v: str | None


class ManyGroups(
    Model,
    authorization=[
        allow.groups(["Admin", "Editors"]).to(["create", "update"]),
        allow.group("Editors").with_claim_in("cognito:user_groups").to("read"),
    ],
):
    v: str | None


class GroupDefinedIn(Model, authorization=[allow.group_defined_in("group")]):
    group: str | None
    v: str | None


class GroupsDefinedIn(Model, authorization=[allow.groups_defined_in("groups")]):
    groups: list[str | None] | None
    v: str | None


class Custom(Model, authorization=[allow.custom()]):
    v: str | None


class Operations(
    Model,
    authorization=[
        allow.public_api_key().to(["get", "list"]),
        allow.guest().to("read"),
        allow.authenticated().to(["create", "listen", "sync", "search"]),
        allow.owner().to(["update", "delete"]),
        allow.custom("function").to(["create", "read"]),
    ],
):
    v: str | None


class Status(Enum):
    active = "active"
    gone = "gone"


class Employee(Model, authorization=[allow.authenticated().to("read"), allow.owner()]):
    name: str | None
    email: AWSEmail | None = field(authorization=[allow.owner(), allow.authenticated().to("read")])
    ssn: str | None = field(authorization=[allow.owner().to(["create", "read"])])
    grade: str | None = field(
        authorization=[allow.group("Admin"), allow.public_api_key().to("read")]
    )
    status: Status | None = field(authorization=[allow.owner()])


class Inherits(Model):
    v: str | None


@query(
    authorization=[
        allow.public_api_key(),
        allow.guest(),
        allow.authenticated(),
        allow.authenticated("identityPool"),
        allow.group("Admin"),
        allow.groups(["Editors"]),
        allow.custom(),
    ],
    handler=handler.function(authorizer),
)
def who_can_call() -> str | None: ...


api = schema(
    [
        PublicKey, Guest, SignedIn, SignedInPool, Owner, OwnerOidc, OwnerDefinedIn,
        OwnersDefinedIn, ImpliedOwner, OneGroup, ManyGroups, GroupDefinedIn, GroupsDefinedIn,
        Custom, Operations, Employee, Inherits, who_can_call,
    ],
    authorization=[allow.authenticated().to("read"), allow.group("Admin")],
)  # fmt: skip
