"""What an engine leaves on disk for later commands to find it: its record and its root keys.

Every file is readable by its owner alone. Knows nothing of starting or stopping.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.protocol import EngineConnection

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNT: Final = "000000000000"
_REGION: Final = "us-east-1"


@dataclass(frozen=True)
class RootKeys:
    """The root credentials of one engine; kept, so that what a user exported stays valid."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True)
class EngineRecord:
    """An engine process, starting (no port yet) or running.

    Attributes:
        pid: Its process id.
        created: When the process was created, as the operating system tells it: with the pid it
            names one process for good.
        token: Bearer token of the engine's own paths.
        port: Its port, None while it starts.
        started_at: When it became ready, in seconds since the epoch.
        enforces_iam: Whether policies are enforced.
    """

    pid: int
    created: float
    token: str = field(repr=False)
    port: int | None = None
    started_at: float = 0.0
    enforces_iam: bool = True

    def connection(self, keys: RootKeys) -> EngineConnection:
        """Return how to speak with it; the engine must have a port."""
        if self.port is None:
            raise ValueError("the engine has no port yet")
        return EngineConnection(
            endpoint=f"http://127.0.0.1:{self.port}",
            region=_REGION,
            account=_ACCOUNT,
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
            token=self.token,
            pid=self.pid,
            port=self.port,
            started_at=self.started_at,
            enforces_iam=self.enforces_iam,
        )


def read_record(path: Path) -> EngineRecord | None:
    """Return the record at `path`; None if there is none or it cannot be understood."""
    try:
        return EngineRecord(**_read(path))
    except (OSError, ValueError, TypeError):
        return None


def write_record(path: Path, record: EngineRecord) -> None:
    """Write the record at `path`."""
    write_private(path, json.dumps(asdict(record)))


def root_keys(path: Path) -> RootKeys:
    """Return the root keys kept at `path`, making them at the first call."""
    with suppress(OSError, ValueError, TypeError):
        return RootKeys(**_read(path))
    # AWS's shape, so that tools which check it are content. "AKIA" would claim to be one of AWS's.
    keys = RootKeys("LKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30))
    write_private(path, json.dumps(asdict(keys)))
    return keys


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner alone."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


def _read(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{path} holds no object")
    return content
