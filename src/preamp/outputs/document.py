"""From output entries to the content of the outputs file.

Owns the table of sections: which entry becomes which part, in the order in which Amplify writes
them. Must not know where entries come from or where the file goes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.entries import CUSTOM, DEFAULT_OUTPUTS_VERSION, EntryKind, OutputEntry
from preamp.errors import UserError
from preamp.outputs.merge import Document, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    SectionWriter = Callable[[Mapping[str, str]], Document]


def compose_document(
    entries: Iterable[OutputEntry], *, version: str = DEFAULT_OUTPUTS_VERSION
) -> Document:
    """Put the content of the outputs file together.

    Args:
        entries: What the stack carries; kinds without a section add nothing.
        version: Schema version to write; a part that names a higher one of the same major
            version raises it.

    Returns:
        The content, in the file's order.

    Raises:
        UserError: ``OutputEntryError`` for an entry that cannot be read, or as `merge`.
    """
    payloads = {entry.kind.key: entry.payload for entry in entries}
    return merge(
        [
            *_written(_SECTIONS, payloads),
            {"version": version},
            *_written(_ADDITIONS, payloads),
        ]
    )


def _written(
    table: tuple[tuple[EntryKind, SectionWriter], ...],
    payloads: Mapping[str, Mapping[str, str]],
) -> list[Document]:
    return [write(payloads[kind.key]) for kind, write in table if kind.key in payloads]


def _write_custom(payload: Mapping[str, str]) -> Document:
    text = payload["customOutputs"]
    try:
        part: Any = json.loads(text)
    except ValueError as error:
        raise _unreadable(text) from error
    if not isinstance(part, dict):
        raise _unreadable(text)
    return part


def _unreadable(text: str) -> UserError:
    return UserError(
        "OutputEntryError",
        f"what add_output collected is not a JSON object once it is deployed: {text}",
        "look for a value with quotes or line breaks in it; such a value must be encoded",
    )


_SECTIONS: Final[tuple[tuple[EntryKind, SectionWriter], ...]] = ()
"""Sections with an entry of their own; they come before the version."""

_ADDITIONS: Final[tuple[tuple[EntryKind, SectionWriter], ...]] = ((CUSTOM, _write_custom),)
"""Parts that may add to any section; they come after the version."""
