"""The code of a JavaScript or TypeScript handler."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from preamp.bundling.node import NodeRequest, bundle_node
from preamp.constructs.bundled import bundling
from preamp.contract.cache import cache_root
from preamp.definition.backend import SYNTHESIS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.bundling.node import NodeBundle
    from preamp.contract.site import Site
    from preamp.definition.function import Handler


def bundle_handler(handler: Handler, layers: Iterable[str], site: Site | None) -> NodeBundle:
    """Bundle a handler with all that it imports.

    Args:
        handler: The handler.
        layers: The modules that layers bring.
        site: The user's line.

    Raises:
        UserError: It cannot be bundled.
    """
    synthesis = SYNTHESIS.get()
    request = NodeRequest(
        entry=handler.entry,
        # esbuild follows links, and names files below the project
        project=(synthesis.project if synthesis else Path.cwd()).resolve(),
        runtime=handler.runtime,
        minify=handler.minify,
        external=tuple(layers),
        site=site,
        local=bool(synthesis and synthesis.local),
    )
    with bundling() as reporter:
        bundled = bundle_node(request, cache=cache_root(), reporter=reporter)
    if synthesis:
        synthesis.sources.update(bundled.sources)
    return bundled
