"""What the rest of preamp may know of an engine: how to start, find, reset and stop one.

Knows nothing of the emulator behind it, nor of processes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class EngineConnection:
    """How to speak with a running engine.

    Attributes:
        endpoint: Base address of every service, ``http://127.0.0.1:PORT``.
        region: The region resources are made in.
        account: The twelve-digit account they belong to.
        access_key_id: Root access key of this engine; it stays the same across restarts.
        secret_access_key: Its secret.
        token: Bearer token of the engine's own paths (``/_preamp/…``); new at every start.
        pid: The engine's process.
        port: Its port on the loopback interface.
        started_at: When it became ready, in seconds since the epoch.
        enforces_iam: Whether policies are enforced; who calls is checked in any case.
    """

    endpoint: str
    region: str
    account: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    pid: int
    port: int
    started_at: float
    enforces_iam: bool = True

    def variables(self) -> dict[str, str]:
        """Return the environment variables by which AWS tools and SDKs reach this engine."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }


class Engine(Protocol):
    """An AWS emulator with a life of its own: it outlives the command that started it."""

    def start(self) -> EngineConnection:
        """Return the running engine, starting it if there is none."""

    def running(self) -> EngineConnection | None:
        """Return the running engine, or None; never starts one."""

    def stop(self, timeout: float = 10.0) -> bool:
        """Stop it, saving its state; False if none was running.

        Args:
            timeout: Seconds it may take before it is killed.
        """

    def reset(self) -> None:
        """Forget every resource and message of the running engine."""

    def supports(self, service: str) -> bool:
        """Tell whether it serves an AWS service, by its signing name (``s3``, ``sns``)."""
