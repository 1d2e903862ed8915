"""Which files of a project are no sources. Git: "gitignore"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.errors import UserError
from preamp.sandbox.ignoring import Ignored

if TYPE_CHECKING:
    from pathlib import Path


def write(place: Path, text: str = "") -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("amplify/backend.py", False),
        ("amplify/.hidden.py", False),
        ("amplify/__pycache__/backend.cpython-313.pyc", True),
        ("amplify/.backend.py.swp", True),
        ("amplify/backend.py~", True),
        ("amplify/4913", True),
        (".preamp/ada/assembly/manifest.json", True),
        ("amplify_outputs.json", True),
        ("node_modules/left-pad/index.js", True),
        ("amplify/hello/amplify_env/hello.py", True),
        (".amplify/generated/env/hello.ts", True),
    ],
)
def test_what_tools_leave_behind_is_no_source(tmp_path: Path, path: str, *, ignored: bool) -> None:
    assert (tmp_path / path in Ignored(tmp_path)) is ignored


def test_git_s_own_rules_hold(tmp_path: Path) -> None:
    write(tmp_path / ".gitignore", "*.csv\nbuild/\n/top.txt\n")
    write(tmp_path / "amplify" / ".gitignore", "!kept.csv\nlocal.py\n")
    ignored = Ignored(tmp_path)
    assert tmp_path / "amplify" / "data.csv" in ignored
    assert tmp_path / "amplify" / "kept.csv" not in ignored
    assert tmp_path / "amplify" / "local.py" in ignored
    assert tmp_path / "local.py" not in ignored
    assert tmp_path / "top.txt" in ignored
    assert tmp_path / "amplify" / "top.txt" not in ignored


def test_what_is_below_an_ignored_folder_is_ignored(tmp_path: Path) -> None:
    write(tmp_path / ".gitignore", "build/\n")
    write(tmp_path / "build" / ".gitignore", "!kept.py\n")
    assert tmp_path / "build" / "kept.py" in Ignored(tmp_path)


def test_rules_above_the_project_hold_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path / ".gitignore", "*.py\n")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    write(repository / ".gitignore", "generated.py\n")
    project = repository / "backend"
    project.mkdir()
    ignored = Ignored(project)
    assert project / "generated.py" in ignored
    assert project / "backend.py" not in ignored


def test_a_changed_gitignore_is_read_again(tmp_path: Path) -> None:
    ignored = Ignored(tmp_path)
    assert tmp_path / "a.csv" not in ignored
    write(tmp_path / ".gitignore", "*.csv\n")
    ignored.forget()
    assert tmp_path / "a.csv" in ignored


def test_patterns_of_the_command_line(tmp_path: Path) -> None:
    ignored = Ignored(tmp_path, ["notes/", "*.csv"])
    (tmp_path / "amplify" / "notes").mkdir(parents=True)
    assert tmp_path / "amplify" / "notes" in ignored
    assert tmp_path / "amplify" / "notes" / "a.py" in ignored
    assert tmp_path / "a.csv" in ignored
    assert tmp_path / "a.py" not in ignored


def test_a_pattern_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        Ignored(tmp_path, ["!"])
    assert raised.value.code == "InvalidPatternError"


def test_what_lies_elsewhere_is_none_of_ours(tmp_path: Path) -> None:
    assert tmp_path / "a.py" in Ignored(tmp_path / "project")
