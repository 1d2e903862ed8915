"""The uv that came with preamp, and the environment it installs what is ours in.

For what the user's project has no say in: uv's settings for a project are left out.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED: Final = frozenset(
    {
        "HOME", "PATH", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "NETRC",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    }
)  # fmt: skip
_OF_A_PROJECT: Final = ("UV_PYTHON", "UV_PROJECT", "UV_WORKING", "UV_TARGET", "UV_PREFIX")


def uv_binary() -> Path | None:
    """Path of the uv program; None if it is missing."""
    import uv

    try:
        return Path(uv.find_uv_bin())
    except FileNotFoundError:
        return None


def uv_variables(outer: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables uv needs: where packages come from, and the way there.

    Args:
        outer: The user's environment.
    """
    return {name: value for name, value in outer.items() if _is_needed(name)}


def _is_needed(name: str) -> bool:
    if name.startswith("UV_"):
        return not name.startswith(_OF_A_PROJECT)
    return name in _NAMED or name.lower().endswith("_proxy") or name.startswith("XDG_")
