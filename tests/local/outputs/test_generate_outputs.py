"""`preamp generate outputs`: who is asked, with whose credentials, and what is said if it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.local.conftest import aws_client
from tests.local.engine.local_engine import Stacks, unique_name
from tests.local.outputs.backends import BASE, DATA, models_template, template

from preamp.cli.main import preamp
from preamp.contract.identity import BackendId
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.engine.protocol import EngineConnection

APP = BackendId("d1shop", "main", "branch")
MAY_READ = ["cloudformation:DescribeStacks", "cloudformation:GetTemplateSummary"]


@pytest.fixture(scope="module")
def stacks(engine: EngineConnection) -> Iterator[Stacks]:
    """A backend of an app's branch, and a stack that is no backend."""
    made = Stacks(aws_client(engine, "cloudformation"), aws_client(engine, "s3"))
    root = template({"Auth": BASE})
    made.create(APP.stack_name, root)
    made.create("no-backend", {"Resources": root["Resources"]})
    made.create("no-models", template({"GraphQL": DATA}))
    empty = template({"GraphQL": DATA})
    empty["Resources"]["data"] = made.nested(models_template("shop-empty"))
    made.create("empty-models", empty)
    yield made
    for name in made.names:
        made.delete(name)


@pytest.fixture
def _at_the_engine(
    stacks: Stacks,  # noqa: ARG001 - they are there
    engine: EngineConnection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """An empty folder, and the variables of `preamp sandbox env`."""
    for name, value in engine.variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)


def generate(*words: str) -> str:
    """Run the command; what it says."""
    arguments = ["generate", "outputs", *words]
    finished = CliRunner().invoke(preamp, arguments, catch_exceptions=False, standalone_mode=False)
    return finished.output


@pytest.mark.usefixtures("_at_the_engine")
def test_a_backend_is_found_by_its_stack_and_by_app_and_branch() -> None:
    named = json.loads(generate("--stack", APP.stack_name, "--out-dir", "a/b", "--json"))
    assert [Path(each).name for each in named["files"]] == [
        "amplify_outputs.json",
        "amplify_local.mjs",
    ]
    of_branch = ("--app-id", "d1shop", "--branch", "main", "--format", "dart")
    assert generate(*of_branch, "--outputs-version", "1.2") == "wrote amplify_outputs.dart\n"
    content = json.loads(Path("a/b/amplify_outputs.json").read_text())
    assert content["version"] == "1.5"
    assert content["auth"]["user_pool_id"] == BASE["userPoolId"]
    assert '"version": "1.2"' in Path("amplify_outputs.dart").read_text()


@pytest.mark.usefixtures("_at_the_engine")
def test_credentials_that_may_read_the_stack_are_enough(
    engine: EngineConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam, user = aws_client(engine, "iam"), unique_name("reader")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    with pytest.raises(UserError) as caught:
        generate("--stack", APP.stack_name)
    assert caught.value.code == "CredentialsError"
    assert "cloudformation:GetTemplateSummary" in caught.value.hint
    statement = {"Effect": "Allow", "Action": MAY_READ, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=user, PolicyName="read", PolicyDocument=policy)
    assert "wrote amplify_outputs.json" in generate("--stack", APP.stack_name)


@pytest.mark.usefixtures("_at_the_engine")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--stack", "nowhere"), "StackMissingError", "no stack nowhere"),
        (("--app-id", "d1shop", "--branch", "dev"), "StackMissingError", "branch dev of the app"),
        (("--stack", "no-backend"), "NotABackendError", "no-backend"),
        (("--stack", "no-models"), "OutputEntryError", "no description of its models"),
        (("--stack", "empty-models"), "OutputEntryError", "no description of its models"),
        (("--stack", "any", "--profile", "absent"), "CredentialsError", "absent"),
        ((), "BackendNotFoundError", "backend"),
    ],
)
def test_what_fails_says_what_to_do(words: tuple[str, ...], code: str, told: str) -> None:
    with pytest.raises(UserError) as caught:
        generate(*words)
    assert caught.value.code == code
    assert told in caught.value.message
    assert caught.value.hint
    assert not list(Path.cwd().iterdir())


@pytest.mark.usefixtures("_at_the_engine")
@pytest.mark.parametrize(
    ("absent", "code"),
    [("AWS_ACCESS_KEY_ID", "CredentialsError"), ("AWS_REGION", "RegionMissingError")],
)
def test_without_credentials_or_a_region_nothing_is_asked(
    absent: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(absent)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    if absent == "AWS_ACCESS_KEY_ID":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(UserError) as caught:
        generate("--stack", APP.stack_name)
    assert caught.value.code == code


@pytest.mark.usefixtures("_at_the_engine")
def test_keys_that_are_not_known_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN000000000")
    with pytest.raises(UserError) as caught:
        generate("--stack", APP.stack_name)
    assert caught.value.code == "CredentialsError"


@pytest.mark.parametrize(
    "words",
    [
        ("--stack", "a", "--branch", "main"),
        ("--branch", "main"),
        ("--app-id", "d1shop"),
        ("--stack", "a", "--identifier", "me"),
        ("--profile", "work"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...]) -> None:
    finished = CliRunner().invoke(preamp, ["generate", "outputs", *words])
    assert (finished.exit_code, finished.output.count("Error: ")) == (2, 1)
