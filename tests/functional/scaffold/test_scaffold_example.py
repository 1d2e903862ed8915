"""The example of the repository is what `preamp init` makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from preamp.scaffold.gitignore import ENTRIES

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "notifications"
OWN = {"demo.sh"}
MADE = {".pytest_cache", *(entry.rstrip("/") for entry in ENTRIES)}


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(place): path.read_bytes()
        for path in folder.rglob("*")
        for place in [path.relative_to(folder)]
        if path.is_file() and not MADE & set(place.parts) and not place.name.startswith(".cdk.out")
    }


def test_the_example_is_the_template_and_a_demonstration(tmp_path: Path) -> None:
    made = tmp_path / EXAMPLE.name
    command = [sys.executable, "-m", "preamp", "init", str(made), "--template", "notifications"]
    subprocess.run(command, check=True, capture_output=True)
    expected, found = files(made), files(EXAMPLE)
    assert found.keys() - expected.keys() == OWN
    differing = [place for place, content in expected.items() if found.get(place) != content]
    assert differing == [], "edit the template in src/preamp/scaffold, then run: make docs"


def test_making_the_example_again_keeps_what_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "demo.sh").write_text("mine")
    (tmp_path / "amplify").mkdir()
    (tmp_path / "amplify" / "gone.py").write_text("of an earlier template")
    script = ROOT / "docs" / "generate_example.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)
    assert files(tmp_path) == {**files(EXAMPLE), "demo.sh": b"mine"}
