"""What each entry becomes in each version; `tests/local/outputs` compares the whole files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preamp.contract.entries import AUTH, GRAPHQL, OUTPUTS_VERSIONS, STORAGE, EntryKind, OutputEntry
from preamp.errors import UserError
from preamp.outputs.document import compose_document

POOL = {
    "userPoolId": "pool",
    "webClientId": "client",
    "identityPoolId": "identities",
    "authRegion": "eu-west-1",
}
API = {
    "awsAppsyncApiId": "api",
    "awsAppsyncApiEndpoint": "https://api/graphql",
    "awsAppsyncAuthenticationType": "AWS_IAM",
    "awsAppsyncRegion": "eu-west-1",
    "amplifyApiModelSchemaS3Uri": "s3://b/model-schema.graphql",
}
BUCKET = {"name": "a", "bucketName": "b", "storageRegion": "eu-west-1", "paths": {"x/*": {}}}
FILES = {
    "storageRegion": "eu-west-1",
    "bucketName": "b",
    "buckets": json.dumps([json.dumps(BUCKET)]),
}


def section(
    kind: EntryKind, payload: dict[str, str], version: str = "1.5", models: object = None
) -> dict[str, Any]:
    """The one section that an entry becomes."""
    entry = OutputEntry(kind, payload)
    document = compose_document([entry], version=version, models=lambda: models)
    (name,) = document.keys() - {"version"}
    found: dict[str, Any] = document[name]
    return found


def versions_with(kind: EntryKind, payload: dict[str, str], *path: str) -> list[str]:
    """The versions whose section has something at a path."""

    def has(version: str) -> bool:
        value: Any = section(kind, payload, version)
        for key in path:
            value = value[0] if isinstance(value, list) else value or {}
            value = value.get(key)
        return value is not None

    return [version for version in OUTPUTS_VERSIONS if has(version)]


def test_each_version_has_what_came_with_it() -> None:
    users = {**POOL, "groups": "[]", "passwordlessOptions": '{"emailOtpEnabled":true}'}
    assert versions_with(STORAGE, FILES, "buckets") == ["1.1", "1.2", "1.3", "1.4", "1.5"]
    assert versions_with(STORAGE, FILES, "buckets", "paths") == ["1.2", "1.3", "1.4", "1.5"]
    assert versions_with(AUTH, users, "groups") == ["1.3", "1.4", "1.5"]
    assert versions_with(AUTH, users, "passwordless") == ["1.4", "1.5"]


def test_what_an_entry_does_not_say_is_not_written() -> None:
    assert section(AUTH, POOL) == {
        "user_pool_id": "pool",
        "aws_region": "eu-west-1",
        "user_pool_client_id": "client",
        "identity_pool_id": "identities",
    }


def test_a_length_alone_makes_a_whole_password_policy() -> None:
    policy = section(AUTH, {**POOL, "passwordPolicyMinLength": "12"})["password_policy"]
    assert policy == {
        "min_length": 12,
        "require_lowercase": False,
        "require_numbers": False,
        "require_symbols": False,
        "require_uppercase": False,
    }


@pytest.mark.parametrize("absent", ["oauthRedirectSignIn", "oauthRedirectSignOut"])
def test_without_both_ways_back_the_browser_is_sent_nowhere(absent: str) -> None:
    ways = {"oauthRedirectSignIn": "a", "oauthRedirectSignOut": "b"}
    assert "oauth" in section(AUTH, {**POOL, **ways})
    assert "oauth" not in section(AUTH, {**POOL, **ways, absent: ""})


def test_models_are_asked_for_only_if_there_is_an_api() -> None:
    def unwanted() -> object:
        raise AssertionError

    compose_document([OutputEntry(AUTH, POOL)], models=unwanted)
    assert section(GRAPHQL, API, models={"models": {}})["model_introspection"] == {"models": {}}


@pytest.mark.parametrize(
    ("kind", "payload", "name"),
    [
        (AUTH, {**POOL, "groups": "[ADMINS]"}, "groups"),
        (STORAGE, {**FILES, "buckets": '["{]"]'}, "buckets"),
    ],
)
def test_a_value_that_is_no_json_is_named(
    kind: EntryKind, payload: dict[str, str], name: str
) -> None:
    with pytest.raises(UserError) as caught:
        section(kind, payload)
    assert caught.value.code == "OutputEntryError"
    assert f"the stack output {name} " in caught.value.message
