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
from tests.synthesis import DEMO, PROJECTS, synthesize

from preamp.contract.identity import BackendId
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

BRANCH: Final = BackendId("d1a2b3c4e5f6g7", "main", "branch")
CANONICAL: Final = Path(__file__).with_name("canonical")

LEAST = "the function may read the secrets it fetches, in its own region and account, and no others"
OURS = "the function that fetches secrets is our own, in Python"
READS = "the function that reads what exists is our own, in Python"
BEFORE = "a function waits for the policy that lets it read its variables, which goes with it"

FETCHER: Final = "AmplifySecretFetcherResourceProviderLambda"
READER: Final = "AmplifyRefAuthCustomResourceProviderLambda"
ADMIN: Final = "function.resources.user-admin-lambda"
CONFIRMED: Final = "auth.resources.post-confirmation-lambda"

DIFFERENCES: Final[dict[str, dict[str, str]]] = {
    "02-auth": {},
    "04-auth-full": {
        f"{CONFIRMED}.DependsOn": BEFORE,
        f"{CONFIRMED}/ServiceRole/DefaultPolicy.DeletionPolicy": BEFORE,
        f"{CONFIRMED}/ServiceRole/DefaultPolicy.UpdateReplacePolicy": BEFORE,
    },
    "05-auth-external": {
        f"auth.resources.{FETCHER}/ServiceRole/DefaultPolicy.Properties.PolicyDocument.Statement": (
            LEAST
        ),
        f"code.auth:{FETCHER}.Code.files[0]": OURS,
        f"code.auth:{FETCHER}.Handler": OURS,
        f"code.auth:{FETCHER}.Runtime": OURS,
    },
    "06-reference-auth": {
        f"{ADMIN}.DependsOn": BEFORE,
        f"{ADMIN}/ServiceRole/DefaultPolicy.DeletionPolicy": BEFORE,
        f"{ADMIN}/ServiceRole/DefaultPolicy.UpdateReplacePolicy": BEFORE,
        f"code.auth:{READER}.Code.files[0]": READS,
        f"code.auth:{READER}.Handler": READS,
        f"code.auth:{READER}.Runtime": READS,
    },
    "15-auth-passwordless": {},
    "16-auth-branch": {},
}
PROJECT_OF: Final = {
    "02-auth": "auth_plain",
    "04-auth-full": "auth_full",
    "05-auth-external": "auth_external",
    "06-reference-auth": "auth_reference",
    "15-auth-passwordless": "auth_passwordless",
    "16-auth-branch": "auth_plain",
}


def found(official: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, str]]:
    root = ours["stacks"]["."]
    code = {at: it for at, it in ours["code"].items() if at.split(":")[0] in official["stacks"]}
    parts = [
        ("outputs", official["outputs"], root["outputs"]),
        ("metadata", official["metadata"], root["metadata"]),
        ("code", official["code"], code),
    ]
    parts += [(name, stack, ours["stacks"][name]) for name, stack in official["stacks"].items()]
    for place, expected, actual in parts:
        for where, wanted, got in differences(expected, actual, place):
            if place not in ("outputs", "metadata") or where.split(".")[1] in expected:
                yield where, f"{wanted} != {got}"


@pytest.mark.parametrize("case", sorted(PROJECT_OF))
def test_auth_equals_the_official_one(case: str, tmp_path: Path) -> None:
    backend_id = BRANCH if case.endswith("-branch") else DEMO
    heard = synthesize(PROJECTS / PROJECT_OF[case], tmp_path / "cdk.out", backend_id)
    assert [event for event in heard.events if isinstance(event, Notice)] == []
    ours = normalize(tmp_path / "cdk.out", ids=True).form
    official = json.loads((CANONICAL / f"{case}.json").read_text(encoding="utf-8"))
    told = dict(found(official, ours))
    assert set(told) == set(DIFFERENCES[case]), told
