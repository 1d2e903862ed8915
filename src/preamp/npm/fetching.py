"""Fetching pinned packages once, into the user's cache, with the npm that came with us.

Where packages come from is for the user's own npm settings to say; each is held against its
checksum.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.errors import Fault
from preamp.events import StageFinished, StageStarted
from preamp.npm.program import NOT_INHERITED, PATIENCE, npm_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.events import Reporter

_OPTIONS: Final = (
    "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier",
    "--loglevel=error", "--prefer-offline",
)  # fmt: skip


@dataclass(frozen=True)
class PackageSet:
    """Packages that are fetched together.

    Attributes:
        source: The folder of their ``package.json``, and of the ``package-lock.json`` that pins
            every package that is fetched for them, with its checksum.
        kind: The folder of the cache they go to.
        title: What they are called to people.
    """

    source: Path
    kind: str
    title: str

    @property
    def packages(self) -> Path:
        """What is wanted."""
        return self.source / "package.json"

    @property
    def lock(self) -> Path:
        """What is fetched for it."""
        return self.source / "package-lock.json"

    def directory(self) -> Path:
        """The folder whose ``node_modules`` they are in, whether it is there yet or not."""
        content = self.packages.read_bytes() + self.lock.read_bytes()
        return cache_root() / self.kind / hashlib.sha256(content).hexdigest()[:16]

    def log(self) -> Path:
        """What npm said when it was last asked for them; need not be there."""
        return self.directory().with_suffix(".log")


def ensure_packages(
    packages: PackageSet, reporter: Reporter, trim: Callable[[Path], None] | None = None
) -> bool:
    """Fetch packages if they are not there; tell whether they are now.

    Args:
        packages: Which.
        reporter: Hears of the fetching.
        trim: Removes, from the folder it is given, what nobody needs.
    """
    directory = packages.directory()
    if directory.is_dir():
        return True
    from filelock import FileLock

    directory.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{directory}.lock"):
        # Someone else may have fetched them while we waited for the lock.
        return directory.is_dir() or _fetch(packages, directory, reporter, trim)


def _fetch(
    packages: PackageSet,
    directory: Path,
    reporter: Reporter,
    trim: Callable[[Path], None] | None,
) -> bool:
    reporter.report(StageStarted(packages.title))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix=f"{directory.name}-", dir=directory.parent, ignore_cleanup_errors=True
    ) as temporary:
        new = Path(temporary, "new")
        new.mkdir()
        if not _install(packages, new):
            return False
        if trim:
            trim(new)
        new.replace(directory)
    size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    summary = f"fetched, {size / 1e6:.0f} MB kept"
    reporter.report(StageFinished(packages.title, time.monotonic() - started, summary))
    return True


def _install(packages: PackageSet, folder: Path) -> bool:
    for source in (packages.packages, packages.lock):
        shutil.copyfile(source, folder / source.name)
    environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
    with packages.log().open("wb") as output:
        try:
            command = [str(node_binary()), str(npm_program()), "ci", *_OPTIONS, *PATIENCE]
        except Fault as fault:
            output.write(f"{fault.message}\n".encode())
            return False
        finished = subprocess.run(
            command,
            # npm also reads the settings of the folder it runs in: not those of a project.
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    return finished.returncode == 0
