"""The snippets of Amplify's pages about data, as our pages have them, make the official schemas.

`canonical/data-pages.json` holds the GraphQL that the official library makes of each snippet, by
the section of our pages, printed by one printer. Types that every conversation brings along are
compared elsewhere.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.data_pages import DEFINITION, snippets
from tests.parity.graphql_text import definitions

ENTRY: Final = re.compile(r"""(?:entry=|sql_reference\()["']([^"']+)["']""")
OFFICIAL: Final[dict[str, list[list[dict[str, str]] | None]]] = json.loads(
    (Path(__file__).with_name("canonical") / "data-pages.json").read_text(encoding="utf-8")
)
RENAMED: Final = {
    "Set up AI": {"Recipe": "GenerateRecipeReturnType"},
    "Tools": {"Weather": "GetWeatherReturnType"},
}
"""Classes where Amplify's page has a type without a name, which is called after the operation."""


def schemas(folder: Path, files: dict[str, str]) -> list[str]:
    """The GraphQL of a snippet's schemas."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for entry in ENTRY.findall(files[DEFINITION]):
        (folder / "data" / entry).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / entry).touch()
    package = f"amplify_of_{folder.parent.name}"
    spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
    assert spec
    root = importlib.util.module_from_spec(spec)
    root.__path__ = [str(folder)]
    sys.modules[package] = root
    data = importlib.import_module(f"{package}.data.resource").data
    return [each.sdl for each in data.schemas()]


def described(text: str, title: str) -> dict[str, str]:
    """A schema in the form of the recordings."""
    for ours, theirs in RENAMED.get(title, {}).items():
        text = re.sub(rf"\b{ours}\b", theirs, text)
    return {name: each for name, each in definitions(text).items() if "AmplifyAI" not in name}


@pytest.mark.parametrize(
    ("title", "number", "files"),
    [pytest.param(*each, id=f"{each[0]} {each[1] + 1}") for each in snippets()],
)
def test_a_snippet_makes_the_schema_of_amplifys(
    tmp_path: Path, title: str, number: int, files: dict[str, str]
) -> None:
    made = [described(text, title) for text in schemas(tmp_path / "amplify", files)]
    official = OFFICIAL[title][number]
    if official is not None:
        assert made == official


def test_every_snippet_of_amplifys_is_there() -> None:
    ours: dict[str, int] = {}
    for title, number, _ in snippets():
        ours[title] = number + 1
    assert ours == {title: len(each) for title, each in OFFICIAL.items()}
