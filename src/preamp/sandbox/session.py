"""Who runs the inner loop of a sandbox, and how other terminals speak with it.

One process at a time holds a sandbox's session. It listens on the loopback address; whoever can
read its record, which is the user alone, may ask. A question is one line of JSON with the
record's token; the answer is one or more lines.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.assembly.lock import Guarded, current_holder, single_writer
from preamp.contract.messages import decode, encode_error, encode_event
from preamp.engine.record import write_private
from preamp.errors import PreampError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.assembly.place import DeploymentPlace
    from preamp.events import Event
    from preamp.sandbox.feed import Feed

_LOOPBACK: Final = "127.0.0.1"
_LONGEST_QUESTION: Final = 4096
_PATIENCE: Final = 5.0


@dataclass(frozen=True)
class SessionState:
    """How a session is.

    Attributes:
        pid: Its process.
        state: What the loop is doing, e.g. ``idle``.
        rounds: How many rounds have ended.
        error: Code of what the latest round failed with; None if it succeeded.
    """

    pid: int
    state: str
    rounds: int
    error: str | None


class Controlled(Protocol):
    """What can be asked of a session."""

    def state(self) -> SessionState:
        """How it is."""

    def redeploy(self) -> None:
        """Deploy again, as if a source had been saved."""

    def stop(self) -> None:
        """End, after what cannot be interrupted."""


@contextmanager
def hold_session(place: DeploymentPlace, controlled: Controlled, feed: Feed) -> Iterator[None]:
    """Be the one session of a sandbox while the body runs.

    Args:
        place: Which sandbox.
        controlled: What other terminals may ask.
        feed: What they may follow.

    Raises:
        UserError: ``SandboxRunningError`` if another process is.
    """
    with single_writer(place.session_lock, Guarded.SESSION):
        server = _Server(controlled, feed)
        serving = threading.Thread(target=server.serve_forever, name="control", daemon=True)
        serving.start()
        try:
            record = {"port": server.port, "token": server.token}
            write_private(place.session_record, json.dumps(record))
            yield
        finally:
            place.session_record.unlink(missing_ok=True)
            feed.close()
            server.shutdown()
            server.server_close()


def find_session(place: DeploymentPlace) -> SessionClient | None:
    """The running session of a sandbox, or None."""
    if current_holder(place.session_lock) is None:
        return None
    with suppress(OSError, ValueError, KeyError):
        record = json.loads(place.session_record.read_text(encoding="utf-8"))
        return SessionClient(int(record["port"]), str(record["token"]))
    return None


class SessionClient:
    """Speaks with a running session from another process.

    Args:
        port: Its port on the loopback address.
        token: What its record says.
    """

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    def state(self) -> SessionState | None:
        """How it is; None if it has just ended."""
        for answer in self._ask("state"):
            return SessionState(**json.loads(answer))
        return None

    def redeploy(self) -> None:
        """Let it deploy again."""
        list(self._ask("redeploy"))

    def stop(self) -> None:
        """Let it end, and wait until it has."""
        for _ in self._ask("stop", patience=None):
            pass

    def follow(self) -> Iterator[Event | PreampError]:
        """What happens in it, from its latest round's beginning on, until it ends."""
        for line in self._ask("follow", patience=None):
            yield decode(line)

    def _ask(self, question: str, patience: float | None = _PATIENCE) -> Iterator[str]:
        with suppress(ConnectionError), socket.create_connection((_LOOPBACK, self._port)) as there:
            there.settimeout(patience)
            asked = json.dumps({"token": self._token, "ask": question})
            there.sendall(f"{asked}\n".encode())
            with there.makefile(encoding="utf-8") as answers:
                yield from answers


def _encoded(item: Event | PreampError) -> str:
    return encode_error(item) if isinstance(item, PreampError) else encode_event(item)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, controlled: Controlled, feed: Feed) -> None:
        super().__init__((_LOOPBACK, 0), _Conversation)
        self.controlled = controlled
        self.feed = feed
        self.token = secrets.token_urlsafe(24)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.request.settimeout(_PATIENCE)
        with suppress(OSError, ValueError, TypeError, AttributeError):
            question: dict[str, Any] = json.loads(self.rfile.readline(_LONGEST_QUESTION))
            given = str(question.get("token", ""))
            if hmac.compare_digest(given.encode(), self.server.token.encode()):
                self._answer(str(question.get("ask")))

    def _answer(self, question: str) -> None:
        controlled = self.server.controlled
        match question:
            case "state":
                self._say(json.dumps(asdict(controlled.state())))
            case "redeploy":
                controlled.redeploy()
            case "follow":
                self._tell_everything()
            case "stop":
                # its end is ours: whoever waits for it hears the connection close
                with self.server.feed.followed() as happening:
                    controlled.stop()
                    while happening.get() is not None:
                        pass

    def _tell_everything(self) -> None:
        with self.server.feed.followed() as happening:
            while (item := happening.get()) is not None:
                self._say(_encoded(item))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\n".encode())
