"""Resolvers of AppSync that use a data source which the backend does not have.

AppSync tells so only when the resolver is made. Looks at the whole assembly, across nested stacks.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from preamp.check.finding import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.assembly.read import AssemblyStack, CloudAssembly

RULE: Final = "unknown-data-source"

_DATA_SOURCE: Final = "AWS::AppSync::DataSource"
_USERS: Final = ("AWS::AppSync::FunctionConfiguration", "AWS::AppSync::Resolver")
_PROPERTY: Final = "DataSourceName"


def unknown_data_sources(assembly: CloudAssembly) -> Iterator[Mistake]:
    """Find resolvers and functions whose data source is named, and is nowhere."""
    known = {str(given.get("Name")) for _, _, given in _properties(assembly, (_DATA_SOURCE,))}
    if not known:  # of an API that is made elsewhere
        return
    for stack, logical_id, given in _properties(assembly, _USERS):
        name = given.get(_PROPERTY)
        if not isinstance(name, str) or name in known:
            continue
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else (
            "add it to the API, for example backend.data.add_dynamo_db_data_source"
            f'("{name}", table)'
        )  # fmt: skip
        message = f"the data source {name} is not in the backend"
        yield Mistake(stack, logical_id, RULE, message, hint, _PROPERTY)


def _properties(
    assembly: CloudAssembly, types: tuple[str, ...]
) -> Iterator[tuple[AssemblyStack, str, Mapping[str, object]]]:
    """The properties of resources of some types, and where they are."""
    for stack in assembly.stack.tree():
        for logical_id, resource in stack.resources.items():
            if resource.get("Type") in types:
                yield stack, logical_id, resource.get("Properties") or {}
