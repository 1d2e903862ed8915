"""How tests may be written: real things instead of mocks, events instead of waiting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
BANNED = {
    "unittest.mock": "use the real thing, or a fake with behaviour of its own",
    "mock.patch": "pass a collaborator instead",
    "pytest.mark.flaky": "find out why",
}
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
