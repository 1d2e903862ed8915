"""From output entries to the content of the outputs file.

Owns the table of sections: which entry becomes which part, in the order in which Amplify writes
them. Must not know where entries come from or where the file goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.contract.entries import (
    AUTH,
    CUSTOM,
    DEFAULT_OUTPUTS_VERSION,
    GRAPHQL,
    STORAGE,
    EntryKind,
    OutputEntry,
)
from preamp.errors import UserError
from preamp.outputs.auth import write_auth
from preamp.outputs.data import write_data
from preamp.outputs.json_values import read_json
from preamp.outputs.merge import Document, merge
from preamp.outputs.storage import write_storage
from preamp.outputs.versions import CLASSIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    SectionWriter = Callable[[Mapping[str, str], str], Document]


class ModelReader(Protocol):
    """Knows how to describe the models of a GraphQL API."""

    def __call__(self) -> object:
        """Return the description, a JSON value; None if there is none."""


def _no_models() -> object:
    return None


def compose_document(
    entries: Iterable[OutputEntry],
    *,
    version: str = DEFAULT_OUTPUTS_VERSION,
    models: ModelReader = _no_models,
) -> Document:
    """Put the content of the outputs file together.

    Args:
        entries: What the stack carries; kinds without a section add nothing.
        version: Schema version to write, one of `VERSIONS`; a part that names a higher one of
            the same major version raises it. For the classic file it is what that is made from.
        models: Asked for the models if there is a GraphQL API.

    Returns:
        The content, in the file's order.

    Raises:
        UserError: ``OutputEntryError`` for an entry that cannot be read, or as `merge`.
    """
    payloads = {entry.kind.key: entry.payload for entry in entries}
    parts = [
        write(payloads[kind.key], version) for kind, write in _SECTIONS if kind.key in payloads
    ]
    if GRAPHQL.key in payloads:
        parts.insert(AUTH.key in payloads, write_data(payloads[GRAPHQL.key], models()))
    parts.append({"version": DEFAULT_OUTPUTS_VERSION if version == CLASSIC else version})
    if CUSTOM.key in payloads:
        parts.append(_write_custom(payloads[CUSTOM.key]))
    return merge(parts)


def _write_custom(payload: Mapping[str, str]) -> Document:
    part: Any = read_json(payload["customOutputs"], "customOutputs")
    if not isinstance(part, dict):
        raise UserError(
            "OutputEntryError",
            f"what add_output collected is not a JSON object: {payload['customOutputs']}",
            "deploy the backend again with this version of preamp",
        )
    return part


_SECTIONS: Final[tuple[tuple[EntryKind, SectionWriter], ...]] = (
    (AUTH, write_auth),
    (STORAGE, write_storage),
)
"""Sections made from their entry alone; that of the GraphQL API stands between them."""
