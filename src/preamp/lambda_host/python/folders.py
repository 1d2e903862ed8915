"""Packages installed by uv into folders of the user's cache, each made once and whole.

Standard library only. Knows nothing of what is installed, nor of what it is for.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class NotInstalledError(Exception):
    """The installer failed; the text is its own."""


class InstalledFolders:
    """The folders below one folder of the cache.

    Args:
        root: That folder.
        uv: The program that installs; None if there is none.
        variables: The environment variables it runs with.
    """

    def __init__(self, root: Path, uv: Path | None, variables: Mapping[str, str]) -> None:
        self._root = root
        self._uv = uv
        self._variables = variables

    def find(self, name: str) -> Path | None:
        """The folder of a name, if it is there."""
        directory = self._root / name
        return directory if directory.is_dir() else None

    def make(
        self,
        name: str,
        installations: Callable[[Path], Iterable[Iterable[str]]],
        finish: Callable[[Path], None] | None = None,
    ) -> Path:
        """Make the folder of a name; whoever is first with it wins.

        Args:
            name: Its name.
            installations: Gives the arguments of each run of uv, from the folder to install into.
            finish: What is left to do with the folder before anyone sees it.

        Raises:
            NotInstalledError: The installer failed, or is missing.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._root, prefix=".new-") as temporary:
            made = Path(temporary, "made")
            for arguments in installations(made):
                self._run(arguments, made.parent)
            if finish is not None:
                finish(made)
            directory = self._root / name
            try:
                made.rename(directory)
            except OSError:
                # Someone else was quicker.
                if not directory.is_dir():
                    raise
        return directory

    def _run(self, arguments: Iterable[str], folder: Path) -> None:
        if self._uv is None:
            raise NotInstalledError("the uv program is missing")
        try:
            subprocess.run(
                [self._uv, *arguments, "--quiet", "--color=never"],
                cwd=folder,
                env=dict(self._variables),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise NotInstalledError(error.stderr.strip()) from error
        except OSError as error:
            raise NotInstalledError(str(error)) from error
