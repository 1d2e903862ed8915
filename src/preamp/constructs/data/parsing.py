"""Reads GraphQL."""

from __future__ import annotations

from functools import lru_cache

from graphql import DocumentNode, parse


@lru_cache(maxsize=8)
def parse_schema(sdl: str) -> DocumentNode:
    """What a schema says, which nobody may change; without the places of it in the text.

    Raises:
        GraphQLSyntaxError: It is no GraphQL.
    """
    return parse(sdl, no_location=True)
