"""The users of a backend: the same as with the official library, logical ids included.

`canonical/*-auth*.json` hold the stacks of auth of backends that have more, and the outputs and
metadata that are about it. `DIFFERENCES` says what is different on purpose, and why.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.parity.normalize import differences, normalize
from tests.synthesis import PROJECTS, synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator

CANONICAL: Final = Path(__file__).with_name("canonical")

DIFFERENCES: Final[dict[str, dict[str, str]]] = {
    "02-auth": {},
}
PROJECT_OF: Final = {
    "02-auth": "auth_plain",
}


def found(official: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, str]]:
    root = ours["stacks"]["."]
    parts = [
        ("outputs", official["outputs"], root["outputs"]),
        ("metadata", official["metadata"], root["metadata"]),
        ("code", official["code"], ours["code"]),
    ]
    parts += [(name, stack, ours["stacks"][name]) for name, stack in official["stacks"].items()]
    for place, expected, actual in parts:
        for where, wanted, got in differences(expected, actual, place):
            if place not in ("outputs", "metadata") or where.split(".")[1] in expected:
                yield where, f"{wanted} != {got}"


@pytest.mark.parametrize("case", sorted(PROJECT_OF))
def test_auth_equals_the_official_one(case: str, tmp_path: Path) -> None:
    synthesize(PROJECTS / PROJECT_OF[case], tmp_path / "cdk.out")
    ours = normalize(tmp_path / "cdk.out", ids=True).form
    official = json.loads((CANONICAL / f"{case}.json").read_text(encoding="utf-8"))
    told = dict(found(official, ours))
    assert set(told) == set(DIFFERENCES[case]), told
