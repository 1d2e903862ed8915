"""A function of `define_function` whose handler is in JavaScript or TypeScript."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from preamp.bundling.node import NodeRequest, bundle_node
from preamp.constructs.bundled import bundling, code_of
from preamp.contract.cache import cache_root
from preamp.definition.backend import SYNTHESIS

if TYPE_CHECKING:
    from typing import Unpack

    from constructs import Construct

    from preamp.bundling.node import NodeBundle
    from preamp.constructs.function_options import HandlerOptions
    from preamp.contract.site import Site
    from preamp.definition.function import Handler


class NodeFunction(lambda_.Function):
    """A function whose code esbuild has bundled.

    Attributes:
        typed_environments: The functions whose typed environment its code imports.
    """

    def __init__(
        self,
        scope: Construct,
        handler: Handler,
        *,
        external: tuple[str, ...],
        environments: tuple[str, ...],
        site: Site | None,
        **options: Unpack[HandlerOptions],
    ) -> None:
        """Make the function.

        Args:
            scope: Its stack.
            handler: Its handler.
            external: The modules that layers bring.
            environments: The functions whose typed environment its code may import.
            site: The user's line.
            options: Everything else that a function takes.

        Raises:
            UserError: It cannot be bundled.
        """
        bundled = _bundle(handler, external, environments, site)
        self.typed_environments = bundled.environments
        super().__init__(
            scope,
            f"{handler.name}-lambda",
            code=code_of(bundled),
            handler=bundled.handler,
            runtime=lambda_.Runtime(handler.runtime, lambda_.RuntimeFamily.NODEJS),
            **options,
        )


def _bundle(
    handler: Handler, external: tuple[str, ...], environments: tuple[str, ...], site: Site | None
) -> NodeBundle:
    synthesis = SYNTHESIS.get()
    request = NodeRequest(
        entry=handler.entry,
        # esbuild follows links, and names files below the project
        project=(synthesis.project if synthesis else Path.cwd()).resolve(),
        runtime=handler.runtime,
        minify=handler.minify,
        external=external,
        site=site,
        local=bool(synthesis and synthesis.local),
        environments=environments,
    )
    with bundling() as reporter:
        bundled = bundle_node(request, cache=cache_root(), reporter=reporter)
    if synthesis:
        synthesis.sources.update(bundled.sources)
    return bundled
