"""Brings ministack up inside our process: settings, check, mends, in this order.

The only place that decides the order; what each mend does is in the file of its subject.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from preamp.engine.ministack.bootstrapped import ensure_bootstrapped
from preamp.engine.ministack.interrupted_stacks import settle_interrupted_stacks
from preamp.engine.ministack.persistence import mark_everything
from preamp.engine.ministack.settings import apply_settings
from preamp.engine.ministack.upstream import Tools, Upstream, check, module
from preamp.engine.pending import PendingWork

if TYPE_CHECKING:
    from preamp.engine.activity import ActivityFeed
    from preamp.engine.asgi import Application
    from preamp.engine.durability import Keeper
    from preamp.engine.hosting import Hosting
    from preamp.engine.mail import MailStore
    from preamp.engine.setup import Setup


class Emulator:
    """The mended ministack.

    Attributes:
        application: What it serves, as an ASGI application.
    """

    def __init__(self, app: Upstream, tools: Tools) -> None:
        self._app = app
        self._tools = tools
        self.application: Application = app.app

    def services(self) -> list[str]:
        """Return the signing names of the services it serves."""
        return sorted({*self._app.SERVICE_HANDLERS, *self._app.SERVICE_NAME_ALIASES})

    async def reset(self) -> None:
        """Forget every resource, but not what a bootstrapped account has."""
        async with self._app._get_reset_lock():
            self._tools.pending.forget()
            await asyncio.to_thread(self._app._reset_all_state)
        await ensure_bootstrapped(self._tools.setup)
        mark_everything(self._tools.keeper)

    async def resume(self) -> None:
        """Go on with what was begun and not done when the last engine was killed."""
        keeper = self._tools.keeper
        with keeper.watching():
            await settle_interrupted_stacks()
            mark_everything(keeper)
        self._tools.pending.resume()


def introduce(
    setup: Setup, mail: MailStore, hosting: Hosting, activity: ActivityFeed, keeper: Keeper
) -> Emulator:
    """Import ministack with our settings, check it and mend it.

    Args:
        setup: The engine's settings, with the port it has.
        mail: Where accepted messages go.
        hosting: Runs functions.
        activity: Hears what happens.
        keeper: Keeps what changes.

    Raises:
        Fault: ``EngineMendFault`` if it is not the release we know.
    """
    apply_settings(setup)
    from preamp.engine.ministack.catalog import all_mends

    mends = all_mends()
    check(mends)
    tools = Tools(setup, mail, hosting, activity, keeper, PendingWork(keeper))
    for mend in mends:
        mend.apply(tools)
    return Emulator(module("app"), tools)
