"""Synthesizes the backend and looks at its templates: no account, no local cloud."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
Resources = list[dict[str, Any]]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Every resource of the backend, of all its stacks."""
    out = tmp_path_factory.mktemp("synth") / "assembly"
    synth = [sys.executable, "-m", "preamp", "synth", "--quiet", "--out", str(out)]
    subprocess.run(synth, cwd=PROJECT, check=True)
    templates = [json.loads(path.read_text()) for path in out.glob("*.template.json")]
    return [one for template in templates for one in template["Resources"].values()]


def properties(resources: Resources, kind: str) -> list[dict[str, Any]]:
    """What is set on each resource of a CloudFormation type."""
    return [one["Properties"] for one in resources if one["Type"] == kind]


def test_no_caller_waits_long_for_a_greeting(resources: Resources) -> None:
    """There is one function, and it answers or fails within half a minute."""
    [greeter] = properties(resources, "AWS::Lambda::Function")
    assert greeter["Timeout"] <= 30
