"""The engine's own paths, ``/_preamp/…``: health, snapshots, debugging, activity and mail.

Stands between the guard, which has checked the token, and the emulator.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs

from preamp.contract.activity import Activity
from preamp.engine.asgi import Application, Receive, Scope, Send, read_json, respond, respond_json
from preamp.engine.snapshots import Snapshots, is_snapshot_name

if TYPE_CHECKING:
    from preamp.engine.activity import ActivityFeed
    from preamp.engine.mail import MailStore

_MAIL: Final = "/_preamp/mail"
_DEBUG: Final = "/_preamp/debug"
_LONGEST_WAIT: Final = 60.0
_SNAPSHOTS: Final = "/_preamp/snapshots"


class Emulator(Protocol):
    """What these paths need of the emulator."""

    application: Application

    def services(self) -> list[str]:
        """Return the signing names of the services it serves."""

    async def reset(self) -> None:
        """Forget every resource, but not what a bootstrapped account has."""


class Debugger(Protocol):
    """What these paths need of whoever runs functions."""

    def debug(self, name: str, port: int, library: Path | None, /) -> int:
        """Let a function's next environment wait for a debugger; the port to attach to."""

    def end_debugging(self, name: str, /) -> bool:
        """Run a function as always; False if it was not debugged."""


class OwnPaths:
    """Answers the engine's own paths and passes the rest on.

    Args:
        emulator: What serves everything else.
        mail: The messages SES accepted.
        debugger: Lets functions be debugged.
        activity: What happens in the engine.
        snapshots: Takes snapshots.
    """

    def __init__(
        self,
        emulator: Emulator,
        mail: MailStore,
        debugger: Debugger,
        activity: ActivityFeed,
        snapshots: Snapshots,
    ) -> None:
        self._emulator = emulator
        self._mail = mail
        self._debugger = debugger
        self._activity = activity
        self._snapshots = snapshots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        if scope["type"] == "http" and scope["path"].startswith("/_preamp/"):
            await self._answer(scope, receive, send)
        else:
            await self._emulator.application(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        match method, path:
            case "GET", "/_preamp/health":
                await respond_json(send, 200, self._health())
            case "POST", "/_preamp/reset":
                self._mail.clear()
                self._activity.forget()
                await self._emulator.reset()
                await respond_json(send, 200, {})
            case "GET", "/_preamp/activity":
                await self._tell_activity(_query(scope), send)
            case "GET", "/_preamp/denials":
                await self._tell_denials(_query(scope), send)
            case _ if path == _MAIL or path.startswith(_MAIL + "/"):
                await self._answer_mail(method, path, send)
            case "POST", _ if path.startswith(_SNAPSHOTS + "/"):
                name = path.removeprefix(_SNAPSHOTS + "/")
                await self._take_snapshot(name, send)
            case "POST", "/_preamp/debug":
                await self._debug(receive, send)
            case "DELETE", _ if path.startswith(_DEBUG + "/"):
                name = path.removeprefix(_DEBUG + "/")
                ended = await asyncio.to_thread(self._debugger.end_debugging, name)
                await respond_json(send, 200, {"ended": ended})
            case _:
                await respond_json(send, 404, {"message": f"there is no {method} {path}"})

    async def _answer_mail(self, method: str, path: str, send: Send) -> None:
        match method, path:
            case "GET", "/_preamp/mail":
                await respond_json(send, 200, self._mail.summaries())
            case "DELETE", "/_preamp/mail":
                self._mail.clear()
                await respond_json(send, 200, {})
            case "GET", _:
                await self._send_mail(path.removeprefix(_MAIL + "/"), send)
            case _:
                await respond_json(send, 404, {"message": f"there is no {method} {path}"})

    async def _debug(self, receive: Receive, send: Send) -> None:
        """Answer ``{"function": name, "port": first to try, "debugpy": directory or null}``."""
        try:
            content = await read_json(receive)
            name, first = str(content["function"]), int(content["port"])
            library = Path(content["debugpy"]) if content.get("debugpy") else None
            port = await asyncio.to_thread(self._debugger.debug, name, first, library)
        except (ValueError, KeyError, TypeError) as error:
            await respond_json(send, 400, {"message": f"this asks for nothing: {error}"})
        except OSError as error:
            await respond_json(send, 409, {"message": str(error)})
        else:
            await respond_json(send, 200, {"port": port})

    async def _tell_activity(self, query: dict[str, str], send: Send) -> None:
        """Answer ``?after=NUMBER&wait=SECONDS``; without a number, what happens from now on."""
        try:
            number = int(query["after"]) if "after" in query else None
            seconds = min(_LONGEST_WAIT, float(query.get("wait", 0)))
        except ValueError as error:
            await respond_json(send, 400, {"message": f"this asks for nothing: {error}"})
        else:
            activity = await self._activity.wait(number, seconds)
            await respond_json(send, 200, activity.to_json())

    async def _tell_denials(self, query: dict[str, str], send: Send) -> None:
        """Answer ``?since=SECONDS``, since the epoch."""
        try:
            since = float(query.get("since", 0))
        except ValueError as error:
            await respond_json(send, 400, {"message": f"this asks for nothing: {error}"})
        else:
            denials = Activity(self._activity.denials(since), 0)
            await respond_json(send, 200, denials.to_json())

    async def _take_snapshot(self, name: str, send: Send) -> None:
        if not is_snapshot_name(name):
            await respond_json(send, 400, {"message": f"{name!r} is no name for a snapshot"})
            return
        try:
            # In this thread: between two steps of whatever else runs.
            self._snapshots.take(name)
        except OSError as error:
            await respond_json(send, 507, {"message": str(error)})
        else:
            await respond_json(send, 200, {})

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


def _query(scope: Scope) -> dict[str, str]:
    values = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return {name: several[0] for name, several in values.items()}


def _resident_memory() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
