"""Names the project's files in what functions log and raise, in the place of Lambda's copies."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from preamp.contract.local_code import LocalCode
from preamp.sandbox.functions import code_directories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly

_ON_LAMBDA: Final = re.compile(r"(?:file://)?/var/task/(?P<file>[^\s\"'():]+)")


class SourceNames:
    """What files of functions' code are called in the project.

    Args:
        assembly: What is deployed.
        project: The project's folder, absolute.
    """

    def __init__(self, assembly: CloudAssembly, project: Path) -> None:
        self._project = project
        self._codes = code_directories(assembly)
        self._sources = cache(self._read)
        # where a bundle has a source map, Node names the project's files itself
        here = re.escape(str(project))
        self._absolute = re.compile(rf"(?:file://)?{here}/(?=[^\s\"'()]+:\d+)")

    def named(self, path: str, text: str) -> str:
        """A text with the project's files in it, relative to the project.

        Args:
            path: Construct path of the function that it is of.
            text: What it logged, or a line of a trace.
        """
        if "/var/task/" in text:
            text = _ON_LAMBDA.sub(lambda found: self._name(path, found), text)
        return self._absolute.sub("", text)

    def _name(self, path: str, found: re.Match[str]) -> str:
        return self._sources(path).get(found["file"], found[0])

    def _read(self, path: str) -> Mapping[str, str]:
        code = self._codes.get(path)
        sources = LocalCode.read(code).sources if code and code.is_dir() else {}
        return {
            name: file.relative_to(self._project).as_posix()
            for name, file in sources.items()
            if file.is_relative_to(self._project)
        }
