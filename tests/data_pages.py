"""The snippets of our pages about data, as files of projects."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = [ROOT / "docs" / name for name in ("data-modeling.md", "data-operations.md")]
SNIPPET: Final = re.compile(
    r"^```python\n# in amplify/(?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
DEFINITION: Final = "data/resource.py"


def snippets() -> Iterator[tuple[str, int, dict[str, str]]]:
    """Each definition with the other files of its section, and where it stands."""
    for page in PAGES:
        _, *sections = page.read_text(encoding="utf-8").split("\n## ")
        for section in sections:
            title, _, text = section.partition("\n")
            found = [(each["file"], each["text"]) for each in SNIPPET.finditer(text)]
            others = {file: code for file, code in found if file != DEFINITION}
            mine = [code for file, code in found if file == DEFINITION]
            for number, code in enumerate(mine):
                yield title, number, {**others, DEFINITION: code}
