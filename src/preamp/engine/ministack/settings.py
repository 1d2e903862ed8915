"""ministack's settings: environment variables, read when its modules are imported.

Set in the engine's process alone and before anything of ministack's is imported there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from preamp.engine.setup import Setup

_OFF: Final = "0"
_ON: Final = "1"
_RETRY_SECONDS: Final = "0.25"


def apply_settings(setup: Setup, environment: MutableMapping[str, str] = os.environ) -> None:
    """Put ministack's settings in the environment.

    Args:
        setup: The engine's settings, with the port it has.
        environment: Where they go.
    """
    environment.update(
        {
            "GATEWAY_PORT": str(setup.port),
            "BIND_HOST": "127.0.0.1",
            "SFTP_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": _OFF,
            "SFTP_ENABLED": _OFF,
            "AUTH": "true",
            "MINISTACK_ACCOUNT_ID": setup.account,
            "MINISTACK_REGION": setup.region,
            "PERSIST_STATE": _ON,
            # What is written there is not what survives: see `persistence`.
            "STATE_DIR": str(setup.temporary / "state"),
            "S3_PERSIST": _OFF,
            "S3_DATA_DIR": str(setup.temporary / "s3"),
            "LAMBDA_EXECUTOR": "local",
            # AWS waits a minute before it tries again; a developer need not.
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": _RETRY_SECONDS,
            # There may be a Docker here, but it is not for us.
            "DOCKER_HOST": f"unix://{setup.temporary / 'no-docker.sock'}",
            "LOG_LEVEL": "WARNING",
        }
    )
