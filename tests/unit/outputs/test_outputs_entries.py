from __future__ import annotations

import json
from typing import Any

import pytest

from preamp.contract.entries import CUSTOM, PLATFORM, OutputEntry
from preamp.errors import UserError
from preamp.outputs.document import compose_document
from preamp.outputs.entries import collect_entries

METADATA = {
    "AWS::Amplify::Platform": {"version": "1", "stackOutputs": ["deploymentType", "region"]},
    "AWS::Amplify::Custom": {"version": "1", "stackOutputs": ["customOutputs"]},
    "aws:cdk:path": "app",
}
OUTPUTS = {
    "deploymentType": "sandbox",
    "region": "us-east-1",
    "customOutputs": json.dumps({"version": "1.4", "custom": {"topic": "arn"}, "geo": {"x": 1}}),
    "Other": "value",
}


def collect(
    metadata: dict[str, Any] = METADATA, outputs: dict[str, str] = OUTPUTS
) -> tuple[OutputEntry, ...]:
    return collect_entries("app", metadata, outputs)


def test_entries_hold_the_outputs_they_name() -> None:
    entries = {entry.kind: dict(entry.payload) for entry in collect()}
    assert entries[PLATFORM] == {"deploymentType": "sandbox", "region": "us-east-1"}
    assert list(entries[CUSTOM]) == ["customOutputs"]


def test_the_document_has_the_version_first_and_every_part_that_was_added() -> None:
    document = compose_document(collect())
    assert document == {"version": "1.5", "custom": {"topic": "arn"}, "geo": {"x": 1}}
    assert next(iter(document)) == "version"


def test_a_backend_without_added_outputs_has_a_document_with_the_version_only() -> None:
    metadata = {"AWS::Amplify::Platform": METADATA["AWS::Amplify::Platform"]}
    assert compose_document(collect(metadata)) == {"version": "1.5"}


def test_an_entry_we_do_not_know_is_passed_over() -> None:
    metadata = {**METADATA, "AWS::Amplify::Dreams": {"version": "9", "stackOutputs": ["x"]}}
    assert len(collect(metadata)) == 2


def test_a_stack_without_entries_is_no_backend() -> None:
    with pytest.raises(UserError) as caught:
        collect({"aws:cdk:path": "app"})
    assert caught.value.code == "NotABackendError"


@pytest.mark.parametrize(
    ("metadata", "outputs", "told"),
    [
        ({"AWS::Amplify::Custom": {"version": "2", "stackOutputs": []}}, OUTPUTS, "version '2'"),
        (METADATA, {**OUTPUTS, "region": ""}, "lacks region"),
    ],
)
def test_an_entry_that_is_not_as_its_version_says_is_an_error(
    metadata: dict[str, Any], outputs: dict[str, str], told: str
) -> None:
    with pytest.raises(UserError) as caught:
        collect(metadata, outputs)
    assert caught.value.code == "OutputEntryError"
    assert told in caught.value.message


@pytest.mark.parametrize("text", ['{"custom": {"a": "say "hi""}}', "[1]"])
def test_added_outputs_that_are_no_json_object_are_an_error(text: str) -> None:
    entries = collect(outputs={**OUTPUTS, "customOutputs": text})
    with pytest.raises(UserError) as caught:
        compose_document(entries)
    assert caught.value.code == "OutputEntryError"
    assert text in caught.value.message
