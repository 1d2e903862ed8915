"""Backends that combine options of storage, and what only shows when they are built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.synthesis import synthesize

from preamp.contract.identity import BackendId
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BRANCH: Final = BackendId("d1a2b3c4e5f6g7", "main", "branch")
SUB: Final = "${cognito-identity.amazonaws.com:sub}"

PHOTOS: Final = """
from preamp import define_auth, define_backend, define_function, define_storage

resize = define_function(name="resize", entry="main.py")
report = define_function(name="report", entry="main.py", resource_group_name="storage")
auth = define_auth(login_with={"email": True}, groups=["staff", "press"])
photos = define_storage(
    name="photos",
    keep_on_delete=True,
    access=lambda allow: {
        "album/*": [
            allow.guest.to(["get"]),
            allow.authenticated.to(["read"]),
            allow.groups(["staff", "press"]).to(["read", "write"]),
            allow.resource(resize).to(["read"]),
        ],
        "album/press/*": [allow.groups(["press"]).to(["read", "write", "delete"])],
        "album/raw/*": [allow.resource(resize).to(["read", "write"])],
        "own/{entity_id}/*": [
            allow.entity("identity").to(["read", "write", "delete"]),
            allow.groups(["staff"]).to(["read", "delete"]),
            allow.resource(report).to(["list"]),
        ],
    },
    triggers={"on_upload": report, "on_delete": report},
)
backend = define_backend(photos=photos, auth=auth, resize=resize, report=report)
backend.photos.resources.cfn_resources.cfn_bucket.bucket_name = "shop-photos"
"""
OWN_USERS: Final = """
from preamp import define_backend, define_storage, reference_auth

ROLE = "arn:aws:iam::123456789012:role/"
auth = reference_auth(
    user_pool_id="eu-west-1_abcdefghi",
    identity_pool_id="eu-west-1:12345678-1234-1234-1234-123456789012",
    user_pool_client_id="3n4b5urk1ft4fl3mg5e62d9ado",
    auth_role_arn=ROLE + "users",
    unauth_role_arn=ROLE + "guests",
    groups={"staff": ROLE + "staff"},
)
one = define_storage(
    name="one",
    access=lambda allow: {
        "a/*": [allow.guest.to(["read"]), allow.groups(["staff"]).to(["write"])],
    },
)
two = define_storage(name="two", is_default=True, versioned=True, access=lambda allow: {})
define_backend(auth=auth, one=one, two=two)
"""


def made(folder: Path, source: str, backend_id: BackendId = BRANCH) -> dict[str, Any]:
    """The templates of a backend by the last part of their names."""
    for name, text in (("backend.py", source), ("main.py", "def handler(event, context): ...\n")):
        (folder / "amplify").mkdir(exist_ok=True)
        (folder / "amplify" / name).write_text(text, encoding="utf-8")
    synthesize(folder, folder / "cdk.out", backend_id)
    found = {}
    for file in (folder / "cdk.out").glob("*.template.json"):
        template = json.loads(file.read_text(encoding="utf-8"))
        name = next((n for n in ("storage", "auth", "function") if n in file.name), "root")
        found[name] = template
    return found


def policies(template: dict[str, Any]) -> dict[str, dict[tuple[str, str], list[str]]]:
    """Where each role may do what, by effect and action."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] != "AWS::IAM::Policy" or "Access" not in properties["PolicyName"]:
            continue
        (role,) = properties["Roles"]
        name = role if isinstance(role, str) else role["Ref"]
        of_role = found[name] = {}
        for statement in properties["PolicyDocument"]["Statement"]:
            of_role[statement["Effect"], statement["Action"]] = paths_of(statement)
    return found


def paths_of(statement: dict[str, Any]) -> list[str]:
    if "Condition" in statement:
        prefixes: list[str] = statement["Condition"]["StringLike"]["s3:prefix"]
        return prefixes
    resources = statement["Resource"]
    each = resources if isinstance(resources, list) else [resources]
    return [resource["Fn::Join"][1][1].removeprefix("/") for resource in each]


def role(found: dict[str, Any], word: str) -> Any:
    """What the one role may do whose name has a word in it."""
    (name,) = [name for name in found if word in name]
    return found[name]


def test_what_lies_deeper_is_denied_to_those_who_are_not_named_there(tmp_path: Path) -> None:
    templates = made(tmp_path, PHOTOS)
    found = policies(templates["storage"])
    below = ["album/press/*", "album/raw/*"]
    assert role(found, "unauthenticated") == {
        ("Allow", "s3:GetObject"): ["album/*"],
        ("Deny", "s3:GetObject"): below,
    }
    assert role(found, "staff") == {
        ("Allow", "s3:GetObject"): ["album/*", "own/*"],
        ("Deny", "s3:GetObject"): below,
        ("Allow", "s3:ListBucket"): ["album/*", "album/", "own/*", "own/"],
        ("Deny", "s3:ListBucket"): [
            "album/press/*", "album/press/", "album/raw/*", "album/raw/",
        ],
        ("Allow", "s3:PutObject"): ["album/*"],
        ("Deny", "s3:PutObject"): below,
        ("Allow", "s3:DeleteObject"): ["own/*"],
    }  # fmt: skip
    assert role(found, "press") == {
        ("Allow", "s3:GetObject"): ["album/*"],
        ("Deny", "s3:GetObject"): ["album/raw/*"],
        ("Allow", "s3:ListBucket"): ["album/*", "album/"],
        ("Deny", "s3:ListBucket"): ["album/raw/*", "album/raw/"],
        ("Allow", "s3:PutObject"): ["album/*"],
        ("Deny", "s3:PutObject"): ["album/raw/*"],
        ("Allow", "s3:DeleteObject"): ["album/press/*"],
    }
    users = role(found, "amplifyAuthauthenticated")
    assert users["Allow", "s3:GetObject"] == ["album/*", f"own/{SUB}/*"]
    assert users["Allow", "s3:DeleteObject"] == [f"own/{SUB}/*"]
    assert role(found, "resize")["Allow", "s3:GetObject"] == ["album/*"]
    assert role(found, "resize")["Deny", "s3:GetObject"] == ["album/press/*"]
    assert role(found, "report") == {("Allow", "s3:ListBucket"): ["own/*", "own/"]}


def test_a_branch_keeps_what_it_is_told_to_keep(tmp_path: Path) -> None:
    resources = made(tmp_path, PHOTOS)["storage"]["Resources"].values()
    (bucket,) = [each for each in resources if each["Type"] == "AWS::S3::Bucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["BucketName"] == "shop-photos"
    assert [each for each in resources if each["Type"] == "Custom::S3AutoDeleteObjects"] == []


def test_users_who_exist_already_have_rules_too(tmp_path: Path) -> None:
    templates = made(tmp_path, OWN_USERS)
    found = policies(templates["storage"])
    assert found == {
        "guests": {
            ("Allow", "s3:GetObject"): ["a/*"],
            ("Allow", "s3:ListBucket"): ["a/*", "a/"],
        },
        "staff": {("Allow", "s3:PutObject"): ["a/*"]},
    }
    told = json.dumps(templates["root"]["Outputs"]["buckets"])
    assert told.index("one") < told.index("two")
    default = json.dumps(templates["root"]["Outputs"]["bucketName"])
    assert "twoBucket" in default


@pytest.mark.parametrize(
    ("definitions", "code", "words", "lines"),
    [
        (
            (
                'auth = define_auth(login_with={"email": True}, groups=["admins"])\n'
                'a = define_storage(name="a", access=lambda allow: {\n'
                '    "a/*": [allow.groups(["admin"]).to(["read"])]})\n'
                "define_backend(auth=auth, a=a)\n"
            ),
            "InvalidStorageAccessDefinitionError",
            "the group 'admin', which auth does not have; did you mean 'admins'?",
            [4],
        ),
        (
            (
                'a = define_storage(name="a", access=lambda allow: {\n'
                '    "a/*": [allow.guest.to(["read"])]})\n'
                "define_backend(a=a)\n"
            ),
            "InvalidStorageAccessDefinitionError",
            "for guests, but the backend has no auth",
            [3],
        ),
        (
            (
                'a = define_storage(name="a")\nb = define_storage(name="b")\n'
                "define_backend(a=a, b=b)\n"
            ),
            "NoDefaultStorageError",
            "2 buckets none is the default",
            [2, 3],
        ),
        (
            (
                'a = define_storage(name="a", is_default=True)\n'
                'b = define_storage(name="b", is_default=True)\n'
                "define_backend(a=a, b=b)\n"
            ),
            "MultipleDefaultStorageError",
            "more than one default bucket",
            [2, 3],
        ),
        (
            (
                'a = define_storage(name="a", is_default=True)\nb = define_storage(name="a")\n'
                "define_backend(a=a, b=b)\n"
            ),
            "StorageNameTakenError",
            "two buckets are named 'a'",
            [2, 3],
        ),
    ],
)
def test_mistakes_are_told_at_their_lines(
    tmp_path: Path, definitions: str, code: str, words: str, lines: list[int]
) -> None:
    start = "from preamp import define_auth, define_backend, define_storage\n"
    with pytest.raises(UserError) as caught:
        made(tmp_path, start + definitions)
    assert caught.value.code == code
    assert words in caught.value.message
    assert [site.line for site in caught.value.sites] == lines
