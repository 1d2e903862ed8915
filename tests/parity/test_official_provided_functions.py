"""Functions that the user's own code makes: the same as with the official library.

`canonical/08-provided-functions.json` holds two of them from a backend that has more; what other
resources of it let them do is not part of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.parity.normalize import differences, normalize
from tests.synthesis import PROJECTS, synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator

CANONICAL: Final = Path(__file__).with_name("canonical") / "08-provided-functions.json"
BEFORE: Final = "a function waits for the policy that lets it read its secrets"
DIFFERENCES: Final = {"python.say-hello.DependsOn": BEFORE}


def found(official: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for stack, expected in official["stacks"].items():
        made = ours["stacks"][stack]
        assert made["description"] == expected["description"]
        for name, resource in expected["resources"].items():
            place = f"{stack}.{name}"
            for where, wanted, actual in differences(resource, made["resources"][name], place):
                yield where, f"{wanted} != {actual}"
    for name, code in official["code"].items():
        for where, wanted, actual in differences(code, ours["code"][name], name):
            yield where, f"{wanted} != {actual}"


def test_functions_that_are_given_equal_the_official_ones(tmp_path: Path) -> None:
    synthesize(PROJECTS / "provided_functions", tmp_path / "cdk.out")
    ours = normalize(tmp_path / "cdk.out", ids=True).form
    official = json.loads(CANONICAL.read_text(encoding="utf-8"))
    told = dict(found(official, ours))
    assert set(told) == set(DIFFERENCES), told
