"""Where preamp keeps what it can make again: one directory per user, shared by all projects.

Owns the choice of that directory only; what lies below it belongs to whoever puts it there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

CACHE_VARIABLE: Final = "PREAMP_CACHE_DIR"
"""The environment variable that moves the cache."""


def cache_root() -> Path:
    """Return the root of the user's cache; it need not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return _platform_cache() / "preamp"


def _platform_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    # The XDG specification tells us to ignore a relative path.
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"
