"""A function's versions share its reserved concurrency.

ministack keeps it at the function and looks for it at the version that runs, so a version is
never throttled.

AWS: "Configuring reserved concurrency for a function".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable


def shared_concurrency() -> Mend:
    """Hold every version against the function's reserved concurrency."""
    return Mend(
        name="reserved concurrency of versions",
        reference="Configuring reserved concurrency for a function",
        symbols=(
            Symbol("services.lambda_svc:_reserved_concurrency", "func config"),
            Symbol("services.lambda_svc:_functions"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")
    upstream: Callable[[dict[str, Any], dict[str, Any]], int | None]
    upstream = service._reserved_concurrency

    def reserved_concurrency(func: dict[str, Any], config: dict[str, Any]) -> int | None:
        function = service._functions.get(config.get("FunctionName", ""))
        return upstream(function or func, config)

    service._reserved_concurrency = reserved_concurrency
