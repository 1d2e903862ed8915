"""Projects on disk, and handlers run from their bundles."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import pytest

from preamp.bundling import Bundle, BundleRequest, LocalDestination, bundle
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.bundling import Architecture, Destination
    from preamp.contract.site import Site
    from preamp.events import Event

_RUN = """
import importlib, json, sys
from pathlib import Path
named = Path(sys.argv[1], ".preamp-dependencies")
sys.path[:0] = [sys.argv[1], *([named.read_text()] if named.exists() else [])]
module, _, name = sys.argv[2].rpartition(".")
print(json.dumps(getattr(importlib.import_module(module), name)({}, None)))
"""


class Options(TypedDict, total=False):
    handler: str
    source_root: Path
    dependencies: tuple[str, ...]
    runtime: str
    architecture: Architecture
    site: Site
    exclude: tuple[Path, ...]
    destination: Destination
    call_first: str


@dataclass
class Recorder:
    events: list[Event] = field(default_factory=list)

    def report(self, event: Event) -> None:
        self.events.append(event)

    @property
    def codes(self) -> list[str]:
        return [event.code for event in self.events]


@dataclass
class Project:
    folder: Path
    cache: Path
    recorder: Recorder = field(default_factory=Recorder)

    def write(self, path: str, text: str = "") -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def request(self, entry: str, **options: Unpack[Options]) -> BundleRequest:
        return BundleRequest(entry=self.folder / entry, project=self.folder, **options)

    def bundle(self, entry: str, **options: Unpack[Options]) -> Bundle:
        return bundle(self.request(entry, **options), cache=self.cache, reporter=self.recorder)

    def bundle_local(self, entry: str, **options: Unpack[Options]) -> Bundle:
        options["destination"] = LocalDestination(Path(sys.executable), sys.version_info.minor)
        return self.bundle(entry, **options)

    def refusal(self, entry: str, **options: Unpack[Options]) -> UserError:
        with pytest.raises(UserError) as caught:
            self.bundle(entry, **options)
        return caught.value


def files(made: Bundle) -> list[str]:
    """The files of a bundle, without the dependencies' metadata."""
    found = (path.relative_to(made.directory) for path in made.directory.rglob("*"))
    return sorted(path.as_posix() for path in found if (made.directory / path).is_file())


def run(made: Bundle, python: str | Path = sys.executable) -> object:
    """What the bundled handler returns in an interpreter that sees nothing else."""
    done = subprocess.run(
        [python, "-I", "-S", "-B", "-c", _RUN, made.directory, made.handler],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: object = json.loads(done.stdout)
    return result
