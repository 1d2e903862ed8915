"""Makes the example from the template `notifications`: `make docs`.

The template is the source. Only what no template has, such as demo.sh, is the example's own.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from preamp.scaffold.apply import apply
from preamp.scaffold.plan import plan_project
from preamp.scaffold.starter import STARTERS

EXAMPLE = Path(__file__).parents[1] / "examples" / "notifications"
STARTER = STARTERS["notifications"]


def generate(place: Path) -> None:
    """Make the example in a folder, and remove what an earlier template left in it."""
    for folder in {path.parts[0] for path in STARTER.files()}:
        shutil.rmtree(place / folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as made:
        project = Path(made) / EXAMPLE.name
        apply(plan_project(project, STARTER))
        shutil.copytree(project, place, dirs_exist_ok=True)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE)
