"""Whether a saved module can still be bundled as it was; it runs nothing and follows no imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.bundling.dependencies import inline_metadata
from preamp.bundling.imports import read_module

if TYPE_CHECKING:
    from collections.abc import Collection

    from preamp.bundling.imports import Import


def is_bundled_alike(bundled: bytes, saved: bytes, handlers: Collection[str]) -> bool:
    """Whether a change of a module leaves what comes along with it, and what it must define.

    Args:
        bundled: The module as it is in a bundle.
        saved: The module as it is now. If it is no Python, nothing can be said of what it needs:
            that counts as alike, and whoever runs it is told.
        handlers: Names, one of which the module may have to define.
    """
    try:
        now = read_module(saved)
    except SyntaxError:
        return True
    before = read_module(bundled)
    lost = set(before.names).intersection(handlers).difference(now.names)
    return (
        list(map(_what, before.imports)) == list(map(_what, now.imports))
        and inline_metadata(bundled) == inline_metadata(saved)
        and (now.open_ended or not lost)
    )


def _what(statement: Import) -> tuple[object, ...]:
    return statement.module, statement.level, statement.names, statement.optional
