"""What tells Amplify's console of a branch's backend: the same as in the official library.

`canonical/16-branch-linker.json` holds the part of the official root stack that does it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tests.parity.normalize import differences, normalize
from tests.synthesis import PROJECTS, synthesize

from preamp.contract.identity import BackendId

BRANCH: Final = BackendId("d1a2b3c4e5f6g7", "main", "branch")
CANONICAL: Final = Path(__file__).with_name("canonical") / "16-branch-linker.json"
LINKER: Final = "AmplifyBranchLinker/"

OURS = "the function that updates the branch is our own, in Python"
FUNCTION: Final = "code..:AmplifyBranchLinker/CustomResourceLambda"
DIFFERENCES: Final = {
    f"{FUNCTION}.Code.files[0]": OURS,
    f"{FUNCTION}.Handler": OURS,
    f"{FUNCTION}.Runtime": OURS,
}


def linker(form: dict[str, Any]) -> dict[str, Any]:
    """The part of an assembly's canonical form that is about the linker."""
    root = form["stacks"]["."]
    return {
        "resources": {k: v for k, v in root["resources"].items() if k.startswith(LINKER)},
        "code": {k: v for k, v in form["code"].items() if k.startswith(f".:{LINKER}")},
        "tags": root["manifest"]["tags"],
    }


def test_a_branch_is_linked_as_by_the_official_library(tmp_path: Path) -> None:
    synthesize(PROJECTS / "empty", tmp_path / "cdk.out", BRANCH)
    ours = linker(normalize(tmp_path / "cdk.out", ids=True).form)
    official = json.loads(CANONICAL.read_text(encoding="utf-8"))
    found = {
        place: f"{expected} != {actual}"
        for part in official
        for place, expected, actual in differences(official[part], ours[part], part)
    }
    assert set(found) == set(DIFFERENCES), found


def test_a_branch_refuses_to_be_deleted_and_a_sandbox_does_not(tmp_path: Path) -> None:
    protected = {}
    for backend_id in (BRANCH, BackendId("shop", "me", "sandbox")):
        synthesize(PROJECTS / "empty", tmp_path / backend_id.kind, backend_id)
        manifest = json.loads((tmp_path / backend_id.kind / "manifest.json").read_text())
        stack = manifest["artifacts"][backend_id.stack_name]["properties"]
        protected[backend_id.kind] = stack.get("terminationProtection", False)
    assert protected == {"branch": True, "sandbox": False}
