"""GraphQL in one form, so that texts that say the same are equal."""

from __future__ import annotations

from graphql import parse, print_ast


def definitions(text: str) -> dict[str, str]:
    """The definitions of a text, each printed anew, by kind and name."""
    printed = [print_ast(each) for each in parse(text).definitions]
    return {" ".join(each.split()[:2]): each for each in sorted(printed)}
