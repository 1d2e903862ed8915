"""Custom queries, mutations and subscriptions: functions whose signature is what callers see.

Amplify Gen 2, "Add custom queries and mutations" and "Custom subscriptions".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from preamp.definition.data.naming import graphql_name
from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.handlers import FunctionHandler, Handler, ResolverHandler
    from preamp.definition.data.models import ModelMutations
    from preamp.definition.data.rules import OperationRule, Rule

    Handled = Handler | Sequence[FunctionHandler] | Sequence[ResolverHandler]
    Signature = Callable[..., object]

OperationType = Literal["Query", "Mutation", "Subscription"]


@dataclass(frozen=True, eq=False)
class Operation:
    """A custom operation of the API.

    Attributes:
        kind: The GraphQL type that it is a field of.
        signature: The function whose parameters and return type it has.
        name: Its name in the API.
        authorization: Who may call it; None leaves that to the schema.
        site: The line that defines it.
    """

    kind: ClassVar[OperationType] = "Query"

    signature: Signature
    name: str
    authorization: Sequence[Rule] | None
    site: Site | None = field(repr=False)


@dataclass(frozen=True, eq=False)
class HandledOperation(Operation):
    """An operation that a handler answers.

    Attributes:
        handlers: What answers it, one after the other.
    """

    handlers: tuple[Handler, ...]


@dataclass(frozen=True, eq=False)
class Query(HandledOperation):
    """A custom query."""


@dataclass(frozen=True, eq=False)
class Mutation(HandledOperation):
    """A custom mutation."""

    kind: ClassVar[OperationType] = "Mutation"


@dataclass(frozen=True, eq=False)
class Subscription(HandledOperation):
    """A custom subscription.

    Attributes:
        sources: The mutations whose results it gets.
    """

    kind: ClassVar[OperationType] = "Subscription"

    sources: tuple[Mutation | ModelMutations, ...]


def query(
    *,
    handler: Handled,
    authorization: Sequence[OperationRule] | None = None,
    name: str | None = None,
) -> Callable[[Signature], Query]:
    """Make a function's signature a query of the API; the function has no body.

    Amplify Gen 2, "Add custom queries and mutations"::

        @query(authorization=[allow.authenticated()], handler=handler.function(say_hello))
        def say_hello_to(name: str) -> str: ...

    Args:
        handler: What answers it; a list is a pipeline.
        authorization: Who may call it; left out, whom the schema allows.
        name: Its name in the API; left out, the function's as Amplify writes it: ``sayHelloTo``.
    """
    site = calling_site()

    def made(signature: Signature) -> Query:
        own = name or graphql_name(signature.__name__)
        return Query(signature, own, authorization, site, _handlers(handler))

    return made


def mutation(
    *,
    handler: Handled,
    authorization: Sequence[OperationRule] | None = None,
    name: str | None = None,
) -> Callable[[Signature], Mutation]:
    """Make a function's signature a mutation of the API; the function has no body.

    Amplify Gen 2, "Add custom queries and mutations"::

        @mutation(
            authorization=[allow.authenticated()],
            handler=handler.custom(data_source=Post, entry="like_post.js"),
        )
        def like_post(post_id: ID) -> Post | None: ...

    Args:
        handler: What answers it; a list is a pipeline.
        authorization: Who may call it; left out, whom the schema allows.
        name: Its name in the API; left out, the function's as Amplify writes it: ``likePost``.
    """
    site = calling_site()

    def made(signature: Signature) -> Mutation:
        own = name or graphql_name(signature.__name__)
        return Mutation(signature, own, authorization, site, _handlers(handler))

    return made


def subscription(
    *,
    for_: Mutation | ModelMutations | Sequence[Mutation | ModelMutations],
    handler: Handled,
    authorization: Sequence[OperationRule] | None = None,
    name: str | None = None,
) -> Callable[[Signature], Subscription]:
    """Make a function's signature a subscription of the API; the function has no body.

    Amplify Gen 2, "Custom subscriptions". What it gives is what the mutations give, so that the
    function returns None::

        @subscription(
            for_=publish,
            authorization=[allow.public_api_key()],
            handler=handler.custom(entry="receive.js"),
        )
        def receive(name_prefix: str | None) -> None: ...

    Args:
        for_: The mutations whose results it gets: custom ones, and a model's own by
            ``Post.mutations(["create"])``; all give the same type.
        handler: What answers it.
        authorization: Who may subscribe; left out, whom the schema allows.
        name: Its name in the API; left out, the function's as Amplify writes it.
    """
    site = calling_site()
    sources = (for_,) if not isinstance(for_, list | tuple) else tuple(for_)

    def made(signature: Signature) -> Subscription:
        own = name or graphql_name(signature.__name__)
        return Subscription(signature, own, authorization, site, _handlers(handler), sources)

    return made


def _handlers(given: Handled) -> tuple[Handler, ...]:
    return tuple(given) if isinstance(given, list | tuple) else (cast("Handler", given),)
