"""What the shell completes: paths of functions, and identifiers of sandboxes.

Reads files of the project alone, so that Tab answers at once: nothing is started, asked or
synthesized. Click documentation, "Shell Completion".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.cli import wiring
from preamp.cli.render import Silence
from preamp.errors import PreampError

if TYPE_CHECKING:
    import click


def complete_path(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[str]:
    """Paths of functions that begin with what was typed, each as short as it can be."""
    from preamp.sandbox.functions import shortest_path

    try:
        paths = wiring.sandbox(context.params.get("identifier"), Silence()).function_paths()
    except PreampError:  # no project, nothing deployed: nothing to complete
        return []
    found = (shortest_path(path, paths, start=incomplete.lstrip("/")) for path in paths)
    return [path for path in found if path is not None]


def complete_identifier(
    context: click.Context,  # noqa: ARG001 - click's signature
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Identifiers of the project's sandboxes that begin with what was typed."""
    from preamp.sandbox.place import known_identifiers

    try:
        names = known_identifiers(wiring.project())
    except PreampError:
        return []
    return [name for name in names if name.startswith(incomplete)]
