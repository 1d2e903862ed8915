"""Functions of preamp's own, behind custom resources: modules of `preamp.runtime`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from preamp.bundling import BundleRequest, bundle
from preamp.constructs.bundled import bundling, code_of
from preamp.contract.cache import cache_root

if TYPE_CHECKING:
    from constructs import Construct

_TIMEOUT_SECONDS: Final = 10
_RUNTIME: Final = "python3.13"
_SOURCES: Final = Path(__file__).parents[1] / "runtime"


def own_function(
    scope: Construct, function_id: str, module: str, project: Path
) -> lambda_.Function:
    """Make a function of one of our modules.

    Args:
        scope: Where.
        function_id: Its construct id.
        module: The module's name in `preamp.runtime`.
        project: The project's folder.
    """
    request = BundleRequest(entry=_SOURCES / f"{module}.py", project=project, runtime=_RUNTIME)
    with bundling() as reporter:
        bundled = bundle(request, cache=cache_root(), reporter=reporter)
    return lambda_.Function(
        scope,
        function_id,
        code=code_of(bundled),
        handler=bundled.handler,
        runtime=lambda_.Runtime.PYTHON_3_13,
        timeout=Duration.seconds(_TIMEOUT_SECONDS),
    )
