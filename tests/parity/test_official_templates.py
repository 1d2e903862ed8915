"""The same backends as the official library's, compared resource by resource.

`canonical/` holds what the official library makes of each backend, in the form that
`normalize` brings an assembly into, logical ids included. `DIFFERENCES` says what is different
on purpose, and why.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.parity.normalize import differences, normalize
from tests.synthesis import PROJECTS, synthesize

CANONICAL: Final = Path(__file__).with_name("canonical")

SANE_DEFAULTS = "PythonFunction has defaults that real handlers can live with (30 s, 512 MB)"
EXPLICIT = "PythonFunction always names the architecture that its dependencies are installed for"
BEFORE = "a function waits for its policy, which is removed with it; there it comes at the very end"
VERSION = "the id of a version has a hash of the code in it, and a schedule's role one of the id"
PYTHON = "a Python handler: its runtime, code and handler are not those of the TypeScript one"

JOBS: Final = "stacks.jobs.resources.all-options-lambda"
THUMBS: Final = "stacks.storage.resources.thumbs-lambda"
TIMES: Final = "stacks.function.resources"
NOTIFICATIONS: Final = "stacks.CustomNotifications.resources.CustomNotifications"

DIFFERENCES: Final[dict[str, dict[str, str]]] = {
    "01-empty": {},
    "02-seed-custom": {
        f"{NOTIFICATIONS}/{function}.Properties.{name}": why
        for function in ("Emailer", "Publisher")
        for name, why in {
            "Architectures": EXPLICIT,
            "MemorySize": SANE_DEFAULTS,
            "Timeout": SANE_DEFAULTS,
        }.items()
    }
    | {
        f"code.CustomNotifications:CustomNotifications/{function}.{name}": PYTHON
        for function in ("Emailer", "Publisher")
        for name in ("Code.files[0]", "Handler", "Runtime")
    },
    "03-custom-stacks": {},
    "07-functions": {
        f"{JOBS}.DependsOn": BEFORE,
        f"{JOBS}/ServiceRole/DefaultPolicy.DeletionPolicy": BEFORE,
        f"{JOBS}/ServiceRole/DefaultPolicy.UpdateReplacePolicy": BEFORE,
    }
    | {
        f"{TIMES}.{name}.LogicalId": VERSION
        for name in (
            "SchedulerRoleForTarget(durable-lambda/CurrentVersion)",
            "SchedulerRoleForTarget(durable-lambda/CurrentVersion)/DefaultPolicy",
            "durable-lambda/CurrentVersion",
            "weekly-report-lambda/CurrentVersion",
        )
    },
    "09-storage": {
        f"{THUMBS}.DependsOn": BEFORE,
        f"{THUMBS}/ServiceRole/DefaultPolicy.DeletionPolicy": BEFORE,
        f"{THUMBS}/ServiceRole/DefaultPolicy.UpdateReplacePolicy": BEFORE,
    },
}
PROJECT_OF: Final = {
    "01-empty": "empty",
    "02-seed-custom": "seed",
    "03-custom-stacks": "custom_stacks",
    "07-functions": "functions",
    "09-storage": "storage",
}

PARTS: Final = {"02-seed-custom"}
"""Cases of which some stacks alone are compared here, and the rest elsewhere."""


@pytest.mark.parametrize("case", sorted(PROJECT_OF))
def test_templates_equal_the_official_ones(case: str, tmp_path: Path) -> None:
    synthesize(PROJECTS / PROJECT_OF[case], tmp_path / "cdk.out")
    ours: dict[str, Any] = normalize(tmp_path / "cdk.out", ids=True).form
    official = json.loads((CANONICAL / f"{case}.json").read_text(encoding="utf-8"))
    if case in PARTS:
        for section in ("stacks", "code"):
            ours[section] = {name: ours[section][name] for name in official[section]}
        ours["assets"] = official["assets"]
    found = {
        place: f"{expected} != {actual}"
        for section in ("stacks", "code", "assets")
        for place, expected, actual in differences(official[section], ours[section], section)
    }
    assert set(found) == set(DIFFERENCES[case]), found
