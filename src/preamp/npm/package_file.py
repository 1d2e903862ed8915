"""One package of npm as the file that is published, fetched once into the user's cache."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.events import StageFinished, StageStarted
from preamp.npm.program import NOT_INHERITED, PATIENCE, npm_program

if TYPE_CHECKING:
    from preamp.events import Reporter

_OPTIONS: Final = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


@dataclass(frozen=True)
class PackageFile:
    """A published package.

    Attributes:
        name: Its name, with its scope.
        version: Its version.
        integrity: SHA-512 of its file, in base64.
        kind: The folder of the cache it goes to.
        title: What it is called to people.
    """

    name: str
    version: str
    integrity: str
    kind: str
    title: str

    @property
    def path(self) -> Path:
        """Where it is in the cache, whether it is there yet or not."""
        return cache_root() / self.kind / self.version / self._file_name

    def is_in(self, file: Path) -> bool:
        """Whether a file is this package as it was published.

        Raises:
            OSError: The file cannot be read.
        """
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha512").digest()
        return base64.b64encode(found).decode() == self.integrity

    def ensure(self, reporter: Reporter) -> str:
        """Fetch it if it is not there.

        Args:
            reporter: Hears of the fetching.

        Returns:
            Why it is not there now; empty if it is.
        """
        if self.path.is_file():
            return ""
        from filelock import FileLock

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock"):
            # another process may have fetched it while this one waited
            return "" if self.path.is_file() else self._fetch(reporter)

    def _fetch(self, reporter: Reporter) -> str:
        reporter.report(StageStarted(self.title))
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            said = self._pack(Path(folder))
            packed = Path(folder, self._file_name)
            if said or not packed.is_file():
                return said or "npm wrote no file"
            if not self.is_in(packed):
                return "what was fetched is not what was published"
            packed.replace(self.path)
        summary = f"fetched, {self.path.stat().st_size / 1e6:.0f} MB"
        reporter.report(StageFinished(self.title, time.monotonic() - started, summary))
        return ""

    def _pack(self, folder: Path) -> str:
        """Have npm write the file, from the registry it is set to use; what it complained of."""
        environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        wanted = f"{self.name}@{self.version}"
        done = subprocess.run(
            [node_binary(), npm_program(), "pack", wanted, *_OPTIONS, *PATIENCE],
            # npm also reads the settings of the folder it runs in: not those of a project
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return ""
        lines = done.stderr.strip().splitlines()
        return lines[0] if lines else f"npm ended with {done.returncode}"

    @property
    def _file_name(self) -> str:
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"
