"""The engine's own paths, ``/_preamp/…``: health, reset and the mail store over HTTP.

Stands between the guard, which has checked the token, and the emulator.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from preamp.engine.asgi import Application, Receive, Scope, Send, respond, respond_json

if TYPE_CHECKING:
    from preamp.engine.mail import MailStore

_MAIL: Final = "/_preamp/mail"


class Emulator(Protocol):
    """What these paths need of the emulator."""

    application: Application

    def services(self) -> list[str]:
        """Return the signing names of the services it serves."""

    async def reset(self) -> None:
        """Forget every resource, but not what a bootstrapped account has."""


class OwnPaths:
    """Answers the engine's own paths and passes the rest on.

    Args:
        emulator: What serves everything else.
        mail: The messages SES accepted.
    """

    def __init__(self, emulator: Emulator, mail: MailStore) -> None:
        self._emulator = emulator
        self._mail = mail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        if scope["type"] == "http" and scope["path"].startswith("/_preamp/"):
            await self._answer(scope["method"], scope["path"], send)
        else:
            await self._emulator.application(scope, receive, send)

    async def _answer(self, method: str, path: str, send: Send) -> None:
        match method, path:
            case "GET", "/_preamp/health":
                await respond_json(send, 200, self._health())
            case "POST", "/_preamp/reset":
                self._mail.clear()
                await self._emulator.reset()
                await respond_json(send, 200, {})
            case "GET", "/_preamp/mail":
                await respond_json(send, 200, self._mail.summaries())
            case "DELETE", "/_preamp/mail":
                self._mail.clear()
                await respond_json(send, 200, {})
            case "GET", _ if path.startswith(_MAIL + "/"):
                await self._send_mail(path.removeprefix(_MAIL + "/"), send)
            case _:
                await respond_json(send, 404, {"message": f"there is no {method} {path}"})

    def _health(self) -> dict[str, object]:
        return {
            "pid": os.getpid(),
            "services": self._emulator.services(),
            "memory": _resident_memory(),
        }

    async def _send_mail(self, message_id: str, send: Send) -> None:
        raw = self._mail.raw(message_id)
        if raw is None:
            await respond_json(send, 404, {"message": f"no message has the id {message_id!r}"})
        else:
            await respond(send, 200, raw, "message/rfc822")


def _resident_memory() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
