"""The parent's side of the engine's own paths (``/_preamp/…``): health, activity, mail and more.

Standard library only. AWS APIs are not spoken here.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from preamp.contract.activity import Activity, CallDenied
from preamp.contract.mail import MailSummary
from preamp.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

_DEBUG: Final = "/_preamp/debug"
_SNAPSHOTS: Final = "/_preamp/snapshots"
_TIMEOUT: Final = 30.0
_HEALTH_TIMEOUT: Final = 5.0


@dataclass(frozen=True)
class Health:
    """What a running engine says of itself.

    Attributes:
        pid: Its process.
        services: Signing names of the services it serves.
        memory: Resident memory in bytes, 0 where the system does not tell.
    """

    pid: int
    services: frozenset[str]
    memory: int


class EngineClient:
    """Speaks with one running engine."""

    def __init__(self, connection: EngineConnection) -> None:
        self._connection = connection

    def health(self) -> Health:
        """Ask how it is.

        Raises:
            OSError: It does not answer.
            Fault: ``EngineProtocolFault`` if something else answers at its port.
        """
        answer = self._json("GET", "/_preamp/health", _HEALTH_TIMEOUT)
        if not isinstance(answer, dict) or "pid" not in answer:
            raise Fault("EngineProtocolFault", "the local cloud answered something unexpected")
        return Health(int(answer["pid"]), frozenset(answer["services"]), int(answer["memory"]))

    def reset(self) -> None:
        """Forget every resource and message."""
        self._request("POST", "/_preamp/reset")

    def snapshot(self, name: str) -> None:
        """Keep the whole state as it is now.

        Args:
            name: What to call it: letters, digits, ``.``, ``_`` and ``-``.

        Raises:
            UserError: ``SnapshotError`` if there is no room for it.
        """
        accepted = (http.client.OK, http.client.INSUFFICIENT_STORAGE)
        status, body = self._request("POST", f"{_SNAPSHOTS}/{name}", accepted=accepted)
        if status == http.client.INSUFFICIENT_STORAGE:
            raise UserError(
                "SnapshotError",
                f"the snapshot could not be written: {json.loads(body)['message']}",
                "make room on the disk, then try again",
            )

    def mail(self) -> tuple[MailSummary, ...]:
        """List the messages SES accepted, newest first."""
        answer = self._json("GET", "/_preamp/mail")
        return tuple(_mail_summary(item) for item in answer)

    def raw_mail(self, message_id: str) -> bytes:
        """Return one message as it would have been sent, a MIME document.

        Raises:
            UserError: ``MailNotFoundError`` if there is no such message.
        """
        accepted = (http.client.OK, http.client.NOT_FOUND)
        status, body = self._request("GET", f"/_preamp/mail/{message_id}", accepted=accepted)
        if status == http.client.NOT_FOUND:
            raise UserError(
                "MailNotFoundError",
                f"no message has the id {message_id!r}",
                "list the messages with `preamp mail list`",
            )
        return body

    def clear_mail(self) -> None:
        """Delete every message."""
        self._request("DELETE", "/_preamp/mail")

    def activity(self, after: int | None, wait: float) -> Activity:
        """Return what happened in the engine; wait for something if nothing did.

        Args:
            after: Number of the last thing known, from the answer before; 0 for everything that is
                remembered, None for what happens from now on.
            wait: Seconds to wait at most, up to 60.

        Raises:
            OSError: It does not answer, or was stopped while we waited.
        """
        query = {"wait": wait} if after is None else {"after": after, "wait": wait}
        path = f"/_preamp/activity?{urlencode(query)}"
        return Activity.from_json(self._json("GET", path, _TIMEOUT + wait))

    def denials(self, since: float = 0.0) -> tuple[CallDenied, ...]:
        """List the calls that policies denied, oldest first.

        Args:
            since: Seconds since the epoch; older ones are left out.
        """
        answer = Activity.from_json(self._json("GET", f"/_preamp/denials?since={since!r}"))
        return tuple(one for one in answer.happenings if isinstance(one, CallDenied))

    def debug(self, function: str, port: int, debugpy: Path | None) -> int:
        """Let a function's next environment wait for a debugger, without a clock.

        Args:
            function: Its name.
            port: The first port to try.
            debugpy: Where Python's debugger can be imported from.

        Returns:
            The port to attach to, on the loopback address.

        Raises:
            UserError: ``DebugPortError`` if no port is free.
        """
        content = {"function": function, "port": port, "debugpy": debugpy and str(debugpy)}
        status, body = self._request(
            "POST", _DEBUG, content=content, accepted=(http.client.OK, http.client.CONFLICT)
        )
        answer = json.loads(body)
        if status == http.client.CONFLICT:
            raise UserError(
                "DebugPortError", answer["message"], "end what listens there, then try again"
            )
        return int(answer["port"])

    def end_debugging(self, function: str) -> bool:
        """Run a function as always; False if it was not debugged."""
        return bool(self._json("DELETE", f"{_DEBUG}/{function}")["ended"])

    def _json(self, method: str, path: str, timeout: float = _TIMEOUT) -> Any:  # noqa: ANN401
        return json.loads(self._request(method, path, timeout)[1])

    def _request(
        self,
        method: str,
        path: str,
        timeout: float = _TIMEOUT,
        *,
        content: object = None,
        accepted: Container[int] = (http.client.OK,),
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._connection.port, timeout=timeout)
        try:
            headers = {"Authorization": f"Bearer {self._connection.token}"}
            body = None if content is None else json.dumps(content)
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, received = response.status, response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"the local cloud broke off: {error!r}") from error
        finally:
            connection.close()
        if status not in accepted:
            raise Fault(
                "EngineProtocolFault", f"the local cloud answered {method} {path} with {status}"
            )
        return status, received


def _mail_summary(item: dict[str, Any]) -> MailSummary:
    return MailSummary(
        id=item["id"],
        timestamp=item["timestamp"],
        sender=item["from"],
        to=tuple(item["to"]),
        cc=tuple(item["cc"]),
        bcc=tuple(item["bcc"]),
        subject=item["subject"],
        source=item["source"],
        attachments=tuple(item["attachments"]),
    )
