"""The backends that a page shows: files of Python, each under the name it has in a project."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.functional.synth.warm_project import WarmProject

from preamp.assembly.warm import WarmSynthesizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_SNIPPET: Final = re.compile(
    r"^```python\n# in (?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Page:
    """A page whose sections show backends.

    Attributes:
        path: The page.
        definition: The file with which another backend of a section begins.
        plain: Files that each backend has unless it shows its own.
        expected: What the templates must have in them, by section.
        always: What they must have in them otherwise.
        showing: A file that a backend has to show to be made; any will do if it is empty.
    """

    path: Path
    definition: str
    plain: Mapping[str, str]
    expected: Mapping[str, Sequence[str]]
    always: str
    showing: str = ""

    def check(self, folder: Path) -> None:
        """Synthesize every backend of the page in a folder, one after the other.

        Raises:
            AssertionError: Something expected is not there.
        """
        seen = set()
        project = WarmProject(folder)
        with WarmSynthesizer(project.folder) as warm:
            warm.start()
            for name, files in _backends(self.path, self.definition):
                if self.showing and self.showing not in files:
                    continue
                templates = _templates(project, warm, {**self.plain, **files})
                expected = self.expected.get(name, [self.always])
                assert [text for text in expected if text not in templates] == [], name
                seen.add(name)
        assert set(self.expected) <= seen


def _backends(page: Path, definition: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The files of each backend: of a section's definition, and what follows it.

    Args:
        page: The page.
        definition: The file with which another backend begins.

    Yields:
        The section's title, with a number if it has several, and the texts by file.
    """
    _, *sections = page.read_text(encoding="utf-8").split("\n## ")
    for section in sections:
        title, _, text = section.partition("\n")
        made: list[dict[str, str]] = []
        for found in _SNIPPET.finditer(text):
            if not made or (found["file"] == definition and definition in made[-1]):
                made.append({})
            made[-1][found["file"]] = found["text"]
        for number, files in enumerate(made, 1):
            yield title if number == 1 else f"{title} {number}", files


def _templates(project: WarmProject, warm: WarmSynthesizer, files: Mapping[str, str]) -> str:
    """The templates of a backend, as one text."""
    shutil.rmtree(project.folder / "amplify", ignore_errors=True)
    for name, text in files.items():
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text(text, encoding="utf-8")
    project.synthesize(warm)
    found = [json.loads(file.read_text()) for file in project.output.glob("*.template.json")]
    return json.dumps(found, ensure_ascii=False)
