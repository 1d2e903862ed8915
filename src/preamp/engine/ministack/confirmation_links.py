"""The link in a message that confirms a sign-up, which on AWS leads to the pool's domain.

AWS: "Configuring email messages for verification" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module
from preamp.engine.ministack.user_pool_messages import CONFIRMATION_PATH
from preamp.engine.ministack.user_pools import OK, Response, content_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PAGE = "<!doctype html><meta charset=utf-8><title>{0}</title><p>{0}</p>"


def confirmation_links() -> Mend:
    """Confirm who follows the link of a message."""
    return Mend(
        name="links that confirm",
        reference="Configuring email messages for verification",
        symbols=(
            Symbol("app:_handle_cognito_get_request", "method path headers query_params"),
            Symbol("services.cognito:_run_idp_handler", "handler action data"),
            Symbol("services.cognito:_confirm_sign_up", "data"),
            Symbol("services.cognito:run_reentrant"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    app, cognito = module("app"), module("services.cognito")
    upstream: Callable[..., Awaitable[Any]] = app._handle_cognito_get_request

    async def handle(
        method: str, path: str, headers: dict[str, str], query_params: dict[str, list[str]]
    ) -> object:
        if method != "GET" or path != CONFIRMATION_PATH:
            return await upstream(method, path, headers, query_params)
        response = await cognito.run_reentrant(
            cognito._run_idp_handler,
            cognito._confirm_sign_up,
            "ConfirmSignUp",
            _request_of(query_params),
            thread_name="ministack-cognito-trigger",
        )
        return _page(response)

    app._handle_cognito_get_request = handle


def _request_of(query: dict[str, list[str]]) -> dict[str, str]:
    return {
        "ClientId": query.get("client_id", [""])[0],
        "Username": query.get("user_name", [""])[0],
        "ConfirmationCode": query.get("confirmation_code", [""])[0],
    }


def _page(response: Response) -> Response:
    said = "Your registration has been confirmed!"
    if response[0] != OK:
        said = str(content_of(response).get("message"))
    page = _PAGE.format(html.escape(said)).encode()
    return response[0], {"Content-Type": "text/html; charset=utf-8"}, page
