"""What ministack may do to the machine it runs on: nothing beyond its directory and its port.

AWS has no page for this.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable


def no_init_scripts() -> Mend:
    """Run no scripts found in ``/etc`` or ``/docker-entrypoint-initaws.d``."""
    return Mend(
        name="init scripts",
        reference="none: it is about this machine",
        symbols=(
            Symbol("app:_run_init_scripts", ""),
            Symbol("app:_run_ready_scripts", ""),
            Symbol("app:_docker_socket_present", ""),
            Symbol("app:_reaper_docker_client", ""),
        ),
        apply=_apply_no_init_scripts,
    )


def loopback_only() -> Mend:
    """Open every other listener on the loopback interface too, whatever it asks for."""
    return Mend(
        name="listeners",
        reference="none: it is about this machine",
        symbols=(Symbol("core.pgproxy:asyncio"),),
        apply=_apply_loopback_only,
    )


def secure_transport() -> Mend:
    """Take loopback for a secure transport, as policies with ``aws:SecureTransport`` ask for it."""
    return Mend(
        name="secure transport",
        reference="AWS global condition context keys",
        symbols=(Symbol("app:pin_request_origin", "source_ip secure_transport"),),
        apply=_apply_secure_transport,
    )


def _apply_no_init_scripts(_: Tools) -> None:
    app = module("app")

    async def run_none() -> None:
        app._ready_scripts_state["status"] = "completed"

    app._run_init_scripts = lambda: None
    app._run_ready_scripts = run_none
    app._docker_socket_present = lambda: False
    app._reaper_docker_client = lambda: None


def _apply_loopback_only(_: Tools) -> None:
    upstream = asyncio.start_server

    async def start_server(
        client_connected_cb: Any,  # noqa: ANN401
        host: object = None,  # noqa: ARG001
        port: Any = None,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> asyncio.Server:
        return await upstream(client_connected_cb, "127.0.0.1", port, **options)

    module("core.pgproxy").asyncio.start_server = start_server


def _apply_secure_transport(_: Tools) -> None:
    app = module("app")
    upstream: Callable[[str, bool], None] = app.pin_request_origin

    def pin(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001, FBT001
        upstream(source_ip, True)  # noqa: FBT003

    app.pin_request_origin = pin
