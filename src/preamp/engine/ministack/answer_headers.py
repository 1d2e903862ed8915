"""Headers for web pages are for web pages: a program is not sent what it does not read.

ministack puts four of them in the answer of every service, and each client takes them apart.

W3C: "Cross-Origin Resource Sharing": they answer a request with an ``Origin``.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_DISPATCH = "method path headers body query_params request_id"
_FOR_PAGES = tuple(
    f"Access-Control-{name}"
    for name in ("Allow-Origin", "Allow-Methods", "Allow-Headers", "Expose-Headers")
)

Response = tuple[int, dict[str, Any], bytes]


def answer_headers() -> Mend:
    """Answer programs without the headers for web pages."""
    return Mend(
        name="headers for web pages",
        reference="Using cross-origin resource sharing (CORS)",
        symbols=(Symbol("app:_dispatch_service_request", _DISPATCH),),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    app = module("app")
    upstream: Callable[..., Awaitable[Response]] = app._dispatch_service_request

    async def dispatch(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        request_id: str,
    ) -> Response:
        answer = await upstream(method, path, headers, body, query_params, request_id)
        if "origin" not in headers:
            for name in _FOR_PAGES:
                answer[1].pop(name, None)
        return answer

    app._dispatch_service_request = dispatch
