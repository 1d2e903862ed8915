"""Right schemas pass a strict type checker; of wrong ones it finds each mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.data_pages import DEFINITION, snippets

FILES: Final = Path(__file__).parents[2] / "projects" / "typed_data"
ERROR: Final = re.compile(r"^\S*?(\w+\.py):(\d+): error: ", re.MULTILINE)
# the CDK's types take a minute to read, and no schema has any of them
CONFIGURATION: Final = """[mypy]
strict = true
namespace_packages = true
explicit_package_bases = true
[mypy-preamp.*]
follow_imports = silent
[mypy-aws_cdk.*,constructs.*]
follow_imports = skip
"""


def checked(folder: Path, *arguments: str) -> str:
    """What mypy says of files."""
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), *arguments]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    return answer.stdout


def test_right_schemas_pass_and_each_mistake_of_wrong_ones_is_found(tmp_path: Path) -> None:
    text = (FILES / "wrong.py").read_text(encoding="utf-8").splitlines()
    expected = {
        ("wrong.py", number) for number, line in enumerate(text, 1) if line.endswith("# wrong")
    }
    answer = checked(tmp_path, *(str(FILES / name) for name in ("right.py", "wrong.py")))
    found = {(name, int(line)) for name, line in ERROR.findall(answer)}
    assert [text[line - 1] for _, line in sorted(expected - found)] == [], "not found"
    assert sorted(found - expected) == [], "found where nothing is wrong"
    assert len(expected) > 60


def test_so_do_the_snippets_of_the_pages(tmp_path: Path) -> None:
    places = []
    for number, (_, _, files) in enumerate(snippets()):
        for name, text in files.items():
            file = tmp_path / f"snippet{number}" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        places.append(f"snippet{number}/{DEFINITION}")
    # as the page says
    answer = checked(tmp_path, "--disable-error-code=empty-body", *places)
    assert answer.startswith("Success"), answer
