"""Secrets in the cloud assembly: where they are, who uses them, and that they are not in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.synthesis import DEMO, PROJECTS, Recorder, synthesize

from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.assembly.read import read_assembly
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

FUNCTIONS = """
from preamp import define_backend, secret
from preamp.constructs import PythonFunction

stack = define_backend().create_stack("s")
key = secret("KEY")
PythonFunction(stack, "One", entry="fn.py", environment={"KEY": key})
late = PythonFunction(stack, "Two", entry="fn.py")
late.add_secret("OTHER", secret("OTHER"))
late.add_secret("SAME", secret("OTHER"))
PythonFunction(stack, "Plain", entry="fn.py", environment={"A": "b"})
"""
HANDLER = "def handler(event, context):\n    return 1\n"
CONFIG = "AMPLIFY_SSM_ENV_CONFIG"
RENEWAL = "PREAMP_SECRETS_LAST_UPDATED"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "amplify").mkdir(parents=True)
    (folder / "amplify" / "backend.py").write_text(FUNCTIONS, encoding="utf-8")
    (folder / "amplify" / "fn.py").write_text(HANDLER, encoding="utf-8")
    return folder


def produced(project: Path, output: Path, **context: object) -> dict[str, dict[str, Any]]:
    """The properties of all resources by construct path."""
    produce_assembly(find_project(project), DEMO, output, Recorder(), context=context)
    return {
        stack.path_of(logical_id).rpartition("/")[2]: resource["Properties"]
        for stack in read_assembly(output).stack.tree()
        for logical_id, resource in stack.resources.items()
        if resource["Type"] in {"AWS::Lambda::Function", "Custom::AmplifySecretFetcherResource"}
    }


def variables(properties: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = properties["Environment"]["Variables"]
    return found


def test_the_lines_that_use_a_secret_travel_with_the_assembly(
    project: Path, tmp_path: Path
) -> None:
    synthesize(project, tmp_path / "out")
    assert read_assembly(tmp_path / "out").secrets == {
        "KEY": (Site("amplify/backend.py", 6), Site("amplify/backend.py", 7)),
        "OTHER": (Site("amplify/backend.py", 9), Site("amplify/backend.py", 10)),
    }


def test_only_who_uses_secrets_gets_our_entry(project: Path, tmp_path: Path) -> None:
    found = produced(project, tmp_path / "out")
    handlers = {name: properties["Handler"] for name, properties in found.items()}
    assert handlers == {
        "One": "preamp_entry.fn.handler",
        "Two": "preamp_entry.fn.handler",
        "Plain": "fn.handler",
    }
    assert variables(found["Plain"]) == {"A": "b"}
    code = {name: properties["Code"]["S3Key"] for name, properties in found.items()}
    assert code["One"] == code["Two"] != code["Plain"]


def test_a_secret_can_be_added_later(project: Path, tmp_path: Path) -> None:
    found = variables(produced(project, tmp_path / "out")["Two"])
    config = json.loads(found[CONFIG])
    assert set(config) == {"OTHER", "SAME"}
    assert config["OTHER"] == config["SAME"]
    assert found["OTHER"] == found["SAME"] == "<value will be resolved during runtime>"


def test_a_changed_secret_changes_the_functions_that_use_it_alone(
    project: Path, tmp_path: Path
) -> None:
    times = {"KEY": 1000, "OTHER": 2000}
    context = {"secretLastUpdated": 2000, "preamp:secret-times": times}
    before = produced(project, tmp_path / "out", **context)
    assert variables(before["One"])[RENEWAL] == "1000"
    assert variables(before["Two"])[RENEWAL] == "2000"
    context = {"secretLastUpdated": 3000, "preamp:secret-times": {**times, "KEY": 3000}}
    after = produced(project, tmp_path / "out", **context)
    assert {name for name in before if before[name] != after[name]} == {"One"}


def test_without_knowing_when_secrets_changed_functions_stay_as_the_official_ones(
    project: Path, tmp_path: Path
) -> None:
    found = produced(project, tmp_path / "out")
    assert not any(RENEWAL in variables(properties) for properties in found.values())


def test_the_custom_resource_changes_with_the_secrets_it_fetches_alone(tmp_path: Path) -> None:
    folder = PROJECTS / "secrets"
    resource = "AmplifySecretFetcherResource"

    def updated(**times: int) -> object:
        context = {"secretLastUpdated": max(times.values()), "preamp:secret-times": times}
        return produced(folder, tmp_path / "out", **context)[resource]["secretLastUpdated"]

    assert updated(APPLE_KEY_ID=1000, MY_API_KEY=2000) == 1000
    assert updated(APPLE_KEY_ID=3000, MY_API_KEY=2000) == 3000
    assert (
        produced(folder, tmp_path / "out", secretLastUpdated=5)[resource]["secretLastUpdated"] == 5
    )


def test_where_nobody_knows_the_custom_resource_fetches_with_every_deployment(
    tmp_path: Path,
) -> None:
    found = [
        produced(PROJECTS / "secrets", tmp_path / "out")["AmplifySecretFetcherResource"]
        for _ in range(2)
    ]
    first, second = (properties["secretLastUpdated"] for properties in found)
    assert 1_700_000_000_000 < first < second


def test_a_name_that_cannot_be_is_an_error_at_its_line(project: Path, tmp_path: Path) -> None:
    source = FUNCTIONS.replace('secret("KEY")', 'secret("MY KEY")')
    (project / "amplify" / "backend.py").write_text(source, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        synthesize(project, tmp_path / "out")
    assert refused.value.code == "InvalidSecretNameError"
    assert refused.value.sites == (Site("amplify/backend.py", 6),)


EXPOSED = """
from aws_cdk import CfnOutput, aws_sns as sns
from preamp import define_backend, secret
from preamp.constructs import resolve_secret

backend = define_backend()
one = backend.create_stack("one")
two = backend.create_stack("two")
key = secret("KEY")
kept = resolve_secret(one, key).unsafe_unwrap()
sns.Topic(one, "Topic", display_name=kept)
"""


@pytest.mark.parametrize(
    "use",
    [
        'sns.Topic(two, "Topic", display_name=f"x{kept}")',
        'CfnOutput(one, "Output", value=kept)',
        'backend.add_output(custom={"key": kept})',
        'sns.Topic(one, "Other", display_name=resolve_secret(backend.stack, key).unsafe_unwrap())',
    ],
)
def test_a_secret_that_would_leave_its_stack_is_refused(
    project: Path, tmp_path: Path, use: str
) -> None:
    (project / "amplify" / "backend.py").write_text(EXPOSED + use, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        synthesize(project, tmp_path / "out")
    assert refused.value.code == "SecretExposedError"
    assert "'KEY'" in refused.value.message
    assert Site("amplify/backend.py", 10) in refused.value.sites


def test_each_stack_may_fetch_the_same_secret_for_itself(project: Path, tmp_path: Path) -> None:
    source = EXPOSED + 'sns.Topic(two, "T", display_name=resolve_secret(two, key).unsafe_unwrap())'
    (project / "amplify" / "backend.py").write_text(source, encoding="utf-8")
    synthesize(project, tmp_path / "out")
    resources = [
        resource
        for stack in read_assembly(tmp_path / "out").stack.tree()
        for resource in stack.resources.values()
        if resource["Type"] == "Custom::AmplifySecretFetcherResource"
    ]
    assert [each["Properties"]["secretNames"] for each in resources] == [["KEY"], ["KEY"]]


@pytest.mark.parametrize(
    "given",
    [
        'sns.Topic(one, "T", display_name=key)',
        'Tags.of(one).add("t", key)',
        'one.to_json_string({"a": key})',
    ],
)
def test_a_secret_given_to_the_cdk_itself_is_told_what_to_do(
    project: Path, tmp_path: Path, given: str
) -> None:
    source = EXPOSED.replace("CfnOutput, aws_sns", "Tags, aws_sns") + given
    (project / "amplify" / "backend.py").write_text(source, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        synthesize(project, tmp_path / "out")
    assert refused.value.code == "BackendRaisedError"
    assert "resolve_secret(stack, secret(" in refused.value.hint
    assert refused.value.sites == (Site("amplify/backend.py", 12),)
