"""What `preamp init` says and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NARROW = 80


def init(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "preamp", "init", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "next_command"),
    [
        ("shop", "cd shop && preamp sandbox"),
        ("my shop", "cd 'my shop' && preamp sandbox"),
        (".", "preamp sandbox"),
    ],
)
def test_it_ends_with_the_one_next_command(tmp_path: Path, name: str, next_command: str) -> None:
    made = init(tmp_path, name)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[-1].strip() == next_command
    assert "nothing more to install" in made.stdout


def test_it_fits_a_narrow_terminal_whatever_it_has_to_say(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pyproject.toml").write_text("")
    (shop / "cdk.json").write_text("{}")
    (shop / ".gitignore").symlink_to("nowhere")
    (shop / "tests").write_text("")
    made = init(shop)
    assert "pyproject.toml" in made.stdout
    assert max(map(len, made.stdout.splitlines())) <= NARROW


def test_what_was_appended_and_kept_is_listed(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("node_modules\n")
    (tmp_path / "cdk.json").write_text("{}")
    lines = init(tmp_path).stdout.splitlines()
    assert any(line.startswith("changed  .gitignore") for line in lines)
    assert any(line.split() == ["kept", "cdk.json"] for line in lines)


def test_scripts_get_json_alone(tmp_path: Path) -> None:
    made = json.loads(init(tmp_path, "shop", "--template", "minimal", "--json").stdout)
    assert made["template"] == "minimal"
    assert made["next"] == "cd shop && preamp sandbox"
    assert "amplify/backend.py" in made["written"]
    assert (made["changed"], made["kept"], made["requirements"]) == ([], [], [])
    again = init(tmp_path, "shop", "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["error"] == "BackendExistsError"


def test_an_unknown_template_is_refused_with_those_there_are(tmp_path: Path) -> None:
    refused = init(tmp_path, "--template", "blog")
    assert refused.returncode == 2
    assert "minimal" in refused.stderr
    assert list(tmp_path.iterdir()) == []
