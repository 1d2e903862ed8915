"""How tests may be written: real things instead of mocks, events instead of waiting."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
BANNED = {
    "unittest.mock": "use the real thing, or a fake with behaviour of its own",
    "mock.patch": "pass a collaborator instead",
    "pytest.mark.flaky": "find out why",
}
NAMES_PAGE = re.compile(r'AWS: "[^"]+"|AWS has no page')
SLEEP = re.compile(r"^\s*time\.sleep\(", re.MULTILINE)


@pytest.mark.parametrize("banned", sorted(BANNED))
def test_no_test_uses(banned: str) -> None:
    users = [
        path.name
        for path in TESTS.rglob("*.py")
        if path != Path(__file__) and banned in path.read_text(encoding="utf-8")
    ]
    assert users == [], BANNED[banned]


def test_no_test_sleeps() -> None:
    sleepers = [
        path.name for path in TESTS.rglob("*.py") if SLEEP.search(path.read_text(encoding="utf-8"))
    ]
    assert sleepers == []


def test_what_is_tested_of_functions_has_its_page() -> None:
    folders = ("functional/lambda_host", "functional/lambda_host_node", "local/functions")
    files = [path for folder in folders for path in (TESTS / folder).glob("test_*.py")]
    assert len(files) > 20
    unnamed = [path.name for path in files if not NAMES_PAGE.search(docstring(path))]
    assert unnamed == [], 'say where AWS defines it: AWS: "title of the page"; or that it does not'


def docstring(path: Path) -> str:
    """What a module says of itself."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
