"""Right schemas pass a strict type checker; of wrong ones it finds each mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

FILES: Final = Path(__file__).parents[2] / "projects" / "typed_data"
ERROR: Final = re.compile(r"^\S*?(\w+\.py):(\d+): error: ", re.MULTILINE)
# the CDK's types take a minute to read, and no schema has any of them
CONFIGURATION: Final = """[mypy]
strict = true
[mypy-preamp.*]
follow_imports = silent
[mypy-aws_cdk.*,constructs.*]
follow_imports = skip
"""


def mistakes(folder: Path) -> set[tuple[str, int]]:
    """The lines in which mypy finds something."""
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    files = [str(FILES / name) for name in ("right.py", "wrong.py")]
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), *files]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    return {(name, int(line)) for name, line in ERROR.findall(answer.stdout)}


def test_right_schemas_pass_and_each_mistake_of_wrong_ones_is_found(tmp_path: Path) -> None:
    text = (FILES / "wrong.py").read_text(encoding="utf-8").splitlines()
    expected = {
        ("wrong.py", number) for number, line in enumerate(text, 1) if line.endswith("# wrong")
    }
    found = mistakes(tmp_path)
    assert [text[line - 1] for _, line in sorted(expected - found)] == [], "not found"
    assert sorted(found - expected) == [], "found where nothing is wrong"
    assert len(expected) > 60
