"""The packages of npm that speak to the local cloud in tests."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.local.conftest import Recorder

from preamp.npm.fetching import PackageSet, ensure_packages

SOURCES: Final = Path(__file__).with_name("frontend")
"""Where they are named, beside the programs that use them."""

_PACKAGES: Final = PackageSet(SOURCES, "client-tests", "Amplify's client")


def link_packages(folder: Path) -> None:
    """Put the packages where programs in a folder find them; fetched once for all runs."""
    assert ensure_packages(_PACKAGES, Recorder()), _PACKAGES.log().read_text()
    (folder / "node_modules").symlink_to(_PACKAGES.directory() / "node_modules")
