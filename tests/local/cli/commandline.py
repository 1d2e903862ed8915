"""Runs the real command line in the folder of a project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from tests.local.cli.standby import standby

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = ROOT / "examples" / "notifications"
_LEFT_OUT: Final = shutil.ignore_patterns(".preamp", "cdk.out", "__pycache__", "*.json")


@dataclass(frozen=True)
class Answer:
    """What a command did.

    Attributes:
        status: Exit status.
        out: Standard output.
        err: Standard error.
    """

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


class Project:
    """A project on disk that the command line is run in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_example(cls, folder: Path) -> Project:
        """A copy of the example, without users and data: they take seconds, and other tests."""
        shutil.copytree(EXAMPLE, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
        project = cls(folder)
        for name in ("auth", "data"):
            shutil.rmtree(folder / "amplify" / name)
            line = f"from .{name}.resource import {name}\n"
            project.replace("amplify/backend.py", line, "")
        project.replace("amplify/backend.py", "(auth=auth, data=data)", "()")
        return project

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file of the project."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def run(self, *words: str, stdin: str = "", **variables: str) -> Answer:
        """Run a command to its end, with more variables if any are given."""
        with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            given.write(stdin)
            given.seek(0)
            streams = given, out, err
            status = standby().run(words, self.folder, {**environment(), **variables}, streams)
            for written in (out, err):
                written.seek(0)
            return Answer(status, out.read(), err.read())

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command, with more variables if any are given."""
        return subprocess.Popen(
            command(*words),
            cwd=self.folder,
            env={**environment(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "preamp.cli.main", *words]


def environment() -> dict[str, str]:
    """The environment without the developer's AWS settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
