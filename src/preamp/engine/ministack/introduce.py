"""Brings ministack up inside our process: settings, check, mends, in this order.

The only place that decides the order; what each mend does is in the file of its subject.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from preamp.engine.ministack.bootstrapped import ensure_bootstrapped
from preamp.engine.ministack.settings import apply_settings
from preamp.engine.ministack.upstream import Tools, Upstream, check, module

if TYPE_CHECKING:
    from preamp.engine.activity import ActivityFeed
    from preamp.engine.asgi import Application
    from preamp.engine.hosting import Hosting
    from preamp.engine.mail import MailStore
    from preamp.engine.setup import Setup


class Emulator:
    """The mended ministack.

    Attributes:
        application: What it serves, as an ASGI application.
    """

    def __init__(self, app: Upstream, setup: Setup) -> None:
        self._app = app
        self._setup = setup
        self.application: Application = app.app

    def services(self) -> list[str]:
        """Return the signing names of the services it serves."""
        return sorted({*self._app.SERVICE_HANDLERS, *self._app.SERVICE_NAME_ALIASES})

    async def reset(self) -> None:
        """Forget every resource, but not what a bootstrapped account has."""
        async with self._app._get_reset_lock():
            await asyncio.to_thread(self._app._reset_all_state)
        await ensure_bootstrapped(self._setup)


def introduce(setup: Setup, mail: MailStore, hosting: Hosting, activity: ActivityFeed) -> Emulator:
    """Import ministack with our settings, check it and mend it.

    Args:
        setup: The engine's settings, with the port it has.
        mail: Where accepted messages go.
        hosting: Runs functions.
        activity: Hears what happens.

    Raises:
        Fault: ``EngineMendFault`` if it is not the release we know.
    """
    apply_settings(setup)
    from preamp.engine.ministack.catalog import all_mends

    mends = all_mends()
    check(mends)
    tools = Tools(setup, mail, hosting, activity)
    for mend in mends:
        mend.apply(tools)
    return Emulator(module("app"), setup)
