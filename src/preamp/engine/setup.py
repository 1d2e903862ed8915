"""What the parent tells the engine, and where the engine keeps its things.

The child's side. Read once from standard input; nothing secret is in arguments or environment.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from preamp.engine.snapshots import BLOBS, JOURNAL, MAIL, STATE


@dataclass(frozen=True)
class Setup:
    """The settings of one engine.

    Attributes:
        state_directory: The root of everything it writes.
        port: The port to serve on, 0 for any free one; once bound, the port it has.
        preferred_port: The port to serve on if any will do and this one is free; 0 for none.
        region: The region it stands for.
        account: The account it stands for.
        access_key_id: The root access key.
        secret_access_key: Its secret.
        token: Bearer token of the engine's own paths.
        cache: The user's cache.
        enforce_iam: Whether policies are enforced; who calls is checked in any case.
        uv: The program that installs what Python functions need into it, if there is one.
        uv_variables: The environment variables it runs with.
        node_sdk: Where the AWS SDK for JavaScript is, or will be.
    """

    state_directory: Path
    port: int
    region: str
    account: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    cache: Path
    enforce_iam: bool = True
    preferred_port: int = 0
    uv: Path | None = None
    uv_variables: dict[str, str] = field(default_factory=dict, repr=False)
    node_sdk: Path | None = None

    @classmethod
    def from_json(cls, line: str) -> Setup:
        """Read what the parent wrote."""
        content = json.loads(line)
        for name in ("state_directory", "cache", "uv", "node_sdk"):
            content[name] = Path(content[name]) if content.get(name) else None
        return cls(**content)

    @property
    def state(self) -> Path:
        """Where everything is that survives; see `preamp.engine.snapshots`."""
        return self.state_directory / STATE

    @property
    def journal(self) -> Path:
        """Where the state is, as records."""
        return self.state / JOURNAL

    @property
    def blobs(self) -> Path:
        """Where large values are, such as the bodies of S3 objects."""
        return self.state / BLOBS

    @property
    def temporary(self) -> Path:
        """Where everything is that dies with the process; no other engine's is there."""
        return self.state_directory / "tmp" / str(os.getpid())

    @property
    def mail(self) -> Path:
        """Where accepted messages are."""
        return self.state / MAIL
