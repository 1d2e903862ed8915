"""Backends with data: every resource is the official library's, logical ids included.

`canonical/data/` has, for each resource of what the official library makes, a digest of its
canonical form; `LEFT_OUT` says what is not in it, and why.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.parity.normalize import normalize
from tests.synthesis import DEMO, PROJECTS, synthesize

from preamp.contract.identity import BackendId
from preamp.events import Notice

BRANCH: Final = BackendId("d1a2b3c4e5f6g7", "main", "branch")
CANONICAL: Final = Path(__file__).with_name("canonical") / "data"
PROJECT_OF: Final = {
    "02-seed": "seed",
    "06-reference-auth": "auth_reference",
    "08-function-access": "function_access",
    "10-data-types": "data_types",
    "11-data-relations": "data_relations",
    "12-data-auth": "data_auth",
    "13-data-custom-ops": "data_operations",
    "14-data-combined": "data_combined",
    "16-branch": "seed",
}

SANE: Final = "PythonFunction has defaults that real handlers can live with, and an architecture"
NEWER: Final = "other versions of the CDK say of each source, or do not, that it has no markers"
FRAME: Final = "what goes around the steps of a pipeline is the same code in other words"
TIME: Final = (
    "Amplify's construct notes when it was made, as it cannot be told that it is a sandbox"
)
BEFORE: Final = (
    "a function waits for its policy, which is removed with it; there it comes at the end"
)

KEPT: Final = "a function that is made elsewhere keeps what it is told of other resources"

LEFT_OUT: Final[dict[tuple[str, str], str]] = {
    ("AWS::Lambda::Function", "DependsOn"): BEFORE,
    ("AWS::IAM::Policy", "DeletionPolicy"): BEFORE,
    ("AWS::IAM::Policy", "UpdateReplacePolicy"): BEFORE,
    ("Custom::CDKBucketDeployment", "SourceMarkers"): NEWER,
    ("Custom::CDKBucketDeployment", "SourceMarkersConfig"): NEWER,
    ("AWS::AppSync::Resolver", "Code"): FRAME,
    ("Custom::SQLSNSTopicARNCustomResource", "Create"): TIME,
    ("Custom::SQLSNSTopicARNCustomResource", "Update"): TIME,
    ("Custom::SQLLayerVersionCustomResource", "Create"): TIME,
    ("Custom::SQLLayerVersionCustomResource", "Update"): TIME,
}
"""Properties and attributes that are not compared, by the type of the resource."""

DIFFERENCES: Final[dict[str, str]] = {
    "CustomNotifications:CustomNotifications/Emailer": SANE,
    "CustomNotifications:CustomNotifications/Publisher": SANE,
    "function:say-inline": KEPT,
    "function:say-inline/ServiceRole/DefaultPolicy": KEPT,
    "python:say-hello": KEPT,
    "python:say-hello/ServiceRole/DefaultPolicy": KEPT,
}
"""Resources that are different on purpose."""


def digests(form: dict[str, Any]) -> dict[str, dict[str, str]]:
    """A digest of each resource by its name, and of what else a stack has, by stack."""
    return {
        address: {
            **{name: digest(compared(each)) for name, each in stack["resources"].items()},
            **{
                section: digest(stack[section])
                for section in ("outputs", "parameters", "conditions", "metadata", "description")
                if stack.get(section)
            },
        }
        for address, stack in form["stacks"].items()
    }


def compared(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource without what is left out."""
    kind = resource["Type"]
    properties = resource.get("Properties", {})
    kept = {key: each for key, each in properties.items() if (kind, key) not in LEFT_OUT}
    attributes = {key: each for key, each in resource.items() if (kind, key) not in LEFT_OUT}
    return {**attributes, "Properties": kept}


def digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@pytest.mark.parametrize("case", sorted(PROJECT_OF))
def test_every_resource_is_the_official_one(case: str, tmp_path: Path) -> None:
    backend_id = BRANCH if case.endswith("-branch") else DEMO
    heard = synthesize(PROJECTS / PROJECT_OF[case], tmp_path / "cdk.out", backend_id)
    assert [event for event in heard.events if isinstance(event, Notice)] == []
    form = normalize(tmp_path / "cdk.out", ids=True).form
    official = json.loads((CANONICAL / f"{case}.json").read_text(encoding="utf-8"))
    ours = digests(form)
    assert set(ours) == set(official)
    told = {
        f"{address}:{name}": form["stacks"][address]["resources"].get(name, "another")
        for address, names in official.items()
        for name in {**names, **ours[address]}
        if ours[address].get(name) != names.get(name)
    }
    assert {name: each for name, each in told.items() if name not in DIFFERENCES} == {}
