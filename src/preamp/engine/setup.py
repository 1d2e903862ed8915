"""What the parent tells the engine, and where the engine keeps its things.

The child's side. Read once from standard input; nothing secret is in arguments or environment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Setup:
    """The settings of one engine.

    Attributes:
        state_directory: The root of everything it writes.
        port: The port to serve on, 0 for any free one; once bound, the port it has.
        region: The region it stands for.
        account: The account it stands for.
        access_key_id: The root access key.
        secret_access_key: Its secret.
        token: Bearer token of the engine's own paths.
    """

    state_directory: Path
    port: int
    region: str
    account: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def from_json(cls, line: str) -> Setup:
        """Read what the parent wrote."""
        content = json.loads(line)
        return cls(**{**content, "state_directory": Path(content["state_directory"])})

    @property
    def state(self) -> Path:
        """Where the emulator saves its state when it stops."""
        return self.state_directory / "state"

    @property
    def objects(self) -> Path:
        """Where the bodies of S3 objects are."""
        return self.state_directory / "s3"

    @property
    def temporary(self) -> Path:
        """Where everything is that dies with the process."""
        return self.state_directory / "tmp"

    @property
    def mail(self) -> Path:
        """Where accepted messages are."""
        return self.state_directory / "mail"
