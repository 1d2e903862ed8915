"""Reads a ``requirements.txt`` with everything it includes, line by line, with its places.

The format is pip's ("Requirements File Format"), of which only what makes sense for a bundle is
taken: requirements with hashes, ``-r``, ``-c`` and the options that say where packages are found.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.bundling.declaration import Declared, Dependencies, malformed, parse, read_text
from preamp.bundling.entry import near, shown
from preamp.contract.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.bundling.request import BundleRequest

_COMMENT: Final = re.compile(r"(^|\s+)#.*$")
_HASH: Final = re.compile(r"\s--hash[= ](\S+)")
_OPTION: Final = re.compile(r"(-[a-zA-Z]|--[a-z-]+)[\s=]*(.*)")
_VARIABLE: Final = re.compile(r"\$\{([A-Z0-9_]+)\}")
_INCLUDES: Final = {"-r": "-r", "--requirement": "-r", "-c": "-c", "--constraint": "-c"}
_PLACES: Final = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index"}
)
_POINTLESS: Final = frozenset({"--only-binary", "--prefer-binary", "--require-hashes", "--pre"})


def read_requirements_file(file: Path, request: BundleRequest) -> Dependencies:
    """Read a requirements file and the files it names.

    Raises:
        UserError: A line is malformed or asks for what a bundle cannot have.
    """
    reader = _Reader(request)
    reader.read(file, reader.requirements)
    return Dependencies(
        tuple(reader.requirements),
        tuple(reader.constraints),
        tuple(reader.options),
        {name: frozenset(digests) for name, digests in reader.hashes.items()},
    )


@dataclass
class _Reader:
    request: BundleRequest
    requirements: list[Declared] = field(default_factory=list)
    constraints: list[Declared] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    hashes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: set[tuple[Path, bool]] = field(default_factory=set)

    def read(self, file: Path, into: list[Declared]) -> None:
        if (file, into is self.constraints) in self.seen:
            return
        self.seen.add((file, into is self.constraints))
        name = shown(file, self.request)
        for number, line in _logical_lines(read_text(file, Site(name, 1))):
            site = Site(name, number)
            text = _VARIABLE.sub(lambda found: os.environ.get(found[1], found[0]), line)
            if text.startswith("-"):
                self._read_option(text, file, site, into)
            else:
                self._read_requirement(text, site, into)

    def _read_requirement(self, line: str, site: Site, into: list[Declared]) -> None:
        declared = parse(_HASH.sub("", line), site)
        into.append(declared)
        if digests := _HASH.findall(line):
            self.hashes[declared.name].update(digests)

    def _read_option(self, line: str, file: Path, site: Site, into: list[Declared]) -> None:
        match = _OPTION.fullmatch(line)
        name, value = (match[1], match[2].strip()) if match else (line, "")
        if name in _INCLUDES:
            target = self.constraints if _INCLUDES[name] == "-c" else into
            self.read(self._included(file, value, site), target)
        elif name in _PLACES:
            self.options.append(_absolute_place(name, value, file))
        elif name in ("-e", "--editable"):
            raise malformed(
                f"{line!r}: a bundle cannot hold an editable install",
                "import the code as a module of the project, or name a built wheel",
                site,
            )
        elif name not in _POINTLESS:
            known = (*_INCLUDES, *_PLACES)
            raise malformed(
                f"the option {name} has no meaning here", near(name, known) or "remove it", site
            )

    def _included(self, file: Path, value: str, site: Site) -> Path:
        included = Path(os.path.normpath(file.parent / value))
        if not included.is_file():
            raise malformed(f"there is no file {value}", "correct the path", site)
        return included


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    started, collected = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        started = started if collected else number
        if line.endswith("\\"):
            collected += line[:-1]
            continue
        if whole := _COMMENT.sub("", collected + line).strip():
            yield started, whole
        collected = ""
    if whole := _COMMENT.sub("", collected).strip():
        yield started, whole


def _absolute_place(name: str, value: str, file: Path) -> str:
    if name in ("-f", "--find-links") and "://" not in value:
        value = str((file.parent / value).resolve())
    return f"{name} {value}".strip()
