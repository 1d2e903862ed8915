"""Which esbuild bundles: the one a project has installed, or else ours, fetched when first needed.

A project's own is of the version that its other tools use, and needs no network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError
from preamp.npm.fetching import PackageSet, ensure_packages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site
    from preamp.events import Reporter

ESBUILD: Final = PackageSet(Path(__file__).parent, "esbuild", "esbuild")
"""Ours: pinned, with the checksum of each platform's executable."""

_PACKAGE: Final = Path("node_modules", "esbuild")


@dataclass(frozen=True)
class Esbuild:
    """An esbuild that is there.

    Attributes:
        package: Its folder.
        version: Its version.
    """

    package: Path
    version: str


def find_esbuild(folder: Path, reporter: Reporter, sites: Sequence[Site] = ()) -> Esbuild:
    """The esbuild for handlers in a folder, which is looked for as Node looks for packages.

    Args:
        folder: Absolute.
        reporter: Hears of ours being fetched.
        sites: The user's lines that need it.

    Raises:
        UserError: ``EsbuildMissingError`` if it cannot be fetched.
    """
    for place in (folder, *folder.parents):
        found = _at(place / _PACKAGE)
        if found:
            return found
    directory = ESBUILD.directory()
    if ensure_packages(ESBUILD, reporter):
        ours = _at(directory / _PACKAGE)
        if ours:
            return ours
    raise UserError(
        "EsbuildMissingError",
        "esbuild, which bundles handlers in JavaScript and TypeScript, could not be fetched",
        f"see {ESBUILD.log()}; or install one in the project: npm install --save-dev esbuild",
        sites=sites,
    )


def _at(package: Path) -> Esbuild | None:
    try:
        description = json.loads((package / "package.json").read_text(encoding="utf-8"))
        return Esbuild(package, str(description["version"]))
    except (OSError, ValueError, LookupError):
        return None
