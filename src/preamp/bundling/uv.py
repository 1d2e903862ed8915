"""Runs uv, in an environment of its own but with the user's package index.

It is the only module that knows uv's program and variables.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from preamp.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What says where packages come from, how the network is reached, and where uv keeps its files.
_HONOURED: Final = re.compile(
    r"UV_((DEFAULT_)?INDEX(_.*)?|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|KEYRING_PROVIDER|NATIVE_TLS"
    r"|SYSTEM_CERTS|INSECURE_HOST|OFFLINE|CACHE_DIR|CREDENTIALS_DIR|CONFIG_FILE|NO_CONFIG"
    r"|EXCLUDE_NEWER|PRERELEASE|HTTP_.*|REQUEST_TIMEOUT|CONCURRENT_.*|LOCK_TIMEOUT)"
)
_CHOOSES_VERSIONS: Final = re.compile(
    r"UV_((DEFAULT_)?INDEX(_URL|_STRATEGY)?|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CONFIG_FILE"
    r"|NO_CONFIG|EXCLUDE_NEWER|PRERELEASE)"
)
_FOREIGN: Final = frozenset(
    {"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONPATH", "PYTHONHOME"}
)


class UvError(Exception):
    """uv ended with an error.

    Attributes:
        text: What it wrote.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def run_uv(arguments: list[str | Path], *, folder: Path) -> str:
    """Run uv and return its standard output.

    Args:
        arguments: After ``uv``.
        folder: Where it runs, and looks for ``uv.toml`` or ``[tool.uv]``.

    Raises:
        UvError: uv refused.
        Fault: There is no uv, though preamp depends on it.
    """
    command = [_find_uv(), *map(str, arguments), "--color=never", "--no-progress"]
    done = subprocess.run(
        [*command, "--no-python-downloads"],
        cwd=folder,
        env=uv_environment(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise UvError(done.stderr.strip())
    return done.stdout


def uv_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The variables uv gets: none that name an environment, project or mode of the user's."""
    return {
        name: value
        for name, value in outer.items()
        if name not in _FOREIGN and (not name.startswith("UV_") or _HONOURED.fullmatch(name))
    }


def uv_identity(outer: Mapping[str, str]) -> str:
    """What, besides its arguments, decides which versions uv chooses."""
    chosen = sorted(f"{name}={outer[name]}" for name in outer if _CHOOSES_VERSIONS.fullmatch(name))
    return "\n".join([f"uv {version('uv')}", *chosen])


def own_interpreter() -> str:
    """An interpreter that uv may ask about; any will do when a target platform is given."""
    return sys.executable


def _find_uv() -> str:
    import uv

    try:
        return uv.find_uv_bin()
    except FileNotFoundError as error:
        raise Fault("UvMissingFault", f"the uv program is not where it belongs: {error}") from error
