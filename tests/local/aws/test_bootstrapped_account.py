"""Deployments to an account as the CDK's bootstrap leaves it: roles, bucket, version."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import shutil
import sys
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.aws.conftest import (
    EMPTY_REGION,
    EVERYTHING,
    OTHER_REGION,
    TAKES_ROLES,
    Account,
)
from tests.local.cdk import run_cdk
from tests.local.cli.commandline import EXAMPLE, Project
from tests.local.conftest import Recorder

from preamp.assembly.read import CloudAssembly, FileAsset, read_assembly
from preamp.contract.identity import BackendId
from preamp.deploy.account import aws_account
from preamp.deploy.apply import deploy, destroy
from preamp.deploy.assets import AssetPublisher
from preamp.deploy.deployed import read_stack
from preamp.errors import UserError
from preamp.events import Notice

if TYPE_CHECKING:
    from pathlib import Path

    from tests.amplify_service import AmplifyService

    from preamp.deploy.target import Target

BRANCH: Final = BackendId("d1shop", "main", "branch")
BUCKET: Final = "cdk-hnb659fds-assets-{}-{}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example, with its own cdk.json."""
    made = Project.of_example(tmp_path_factory.mktemp("shop") / "shop")
    shutil.copy2(EXAMPLE / "cdk.json", made.folder)
    return made


@pytest.fixture(scope="module")
def assembly(project: Project, amplify: AmplifyService) -> CloudAssembly:
    """A branch of it."""
    amplify.add(BRANCH.namespace, BRANCH.name)
    words = ("synth", "--branch", BRANCH.name, "--app-id", BRANCH.namespace, "--out", "build")
    written = project.run(*words, AWS_ENDPOINT_URL_AMPLIFY=amplify.endpoint)
    assert written.status == 0, written.err
    return read_assembly(project.folder / "build")


def target_of(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Target:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return dataclasses.replace(aws_account(), poll_interval=0.02)


def test_whoever_may_take_the_roles_deploys_a_branch(
    account: Account,
    assembly: CloudAssembly,
    amplify: AmplifyService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target, recorder = target_of(account.user(TAKES_ROLES), monkeypatch), Recorder()
    deployed = deploy(assembly, target, recorder)
    assert not [event for event in recorder.events if isinstance(event, Notice)]
    cloudformation = account.client("cloudformation")
    [stack] = cloudformation.describe_stacks(StackName=BRANCH.stack_name)["Stacks"]
    assert stack["EnableTerminationProtection"] is True
    assert {tag["Key"]: tag["Value"] for tag in stack["Tags"]}["amplify:branch-name"] == "main"
    linked = amplify.branches["/apps/d1shop/branches/main"]
    assert linked["backend"] == {"stackArn": deployed.stack_id}
    assert deploy(assembly, target, recorder).no_op
    with pytest.raises(UserError) as caught:
        destroy(BRANCH.stack_name, target, recorder, bootstrapping=assembly.bootstrapping)
    assert caught.value.code == "StackProtectedError"


def test_the_cdk_command_line_deploys_the_same_stack_of_the_same_project(
    account: Account,
    amplify: AmplifyService,
    project: Project,
    assembly: CloudAssembly,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deploy(assembly, target_of(account.user(TAKES_ROLES), monkeypatch), Recorder())
    other = Account(account.engine, OTHER_REGION)
    other.bootstrap(tmp_path)
    synth = f"synth --quiet --branch {BRANCH.name} --app-id {BRANCH.namespace}"
    app = f"{sys.executable} -m preamp.cli.main {synth}"
    variables = {**other.user(TAKES_ROLES), "AWS_ENDPOINT_URL_AMPLIFY": amplify.endpoint}
    words = ("deploy", "--app", app, "--require-approval", "never")
    done = run_cdk(project.folder, variables, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert described(other, assembly) == described(account, assembly)
    assert assets(other, assembly) == assets(account, assembly)

    compare = ("diff", "--app", str(assembly.directory), "--fail")
    same = run_cdk(tmp_path, account.user(TAKES_ROLES), *compare)
    assert same.returncode == 0, same.stdout + same.stderr
    assert deploy(assembly, target_of(other.user(TAKES_ROLES), monkeypatch), Recorder()).no_op

    cloudformation = other.client("cloudformation")
    cloudformation.update_termination_protection(
        StackName=BRANCH.stack_name, EnableTerminationProtection=False
    )
    gone = run_cdk(project.folder, variables, "destroy", "--app", app, "--force")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert read_stack(cloudformation, BRANCH.stack_name) is None


def test_a_profile_may_take_a_role_and_name_the_region(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = account.user(TAKES_ROLES)
    (tmp_path / "config").write_text(
        "[profile person]\n"
        f"aws_access_key_id = {user.pop('AWS_ACCESS_KEY_ID')}\n"
        f"aws_secret_access_key = {user.pop('AWS_SECRET_ACCESS_KEY')}\n"
        "[profile deployer]\n"
        "source_profile = person\n"
        "role_arn = arn:aws:iam::000000000000:role/"
        "cdk-hnb659fds-lookup-role-000000000000-eu-west-1\n"
        f"region = {account.region}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", user["AWS_ENDPOINT_URL"])
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    target = aws_account("deployer")
    assert target.where == f"aws://000000000000/{account.region}"
    caller = target.clients.client("sts").get_caller_identity()["Arn"]
    assert ":assumed-role/cdk-hnb659fds-lookup-role-" in caller


def test_an_account_without_bootstrap_is_told_first(
    account: Account, assembly: CloudAssembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Account(account.engine, EMPTY_REGION)
    recorder = Recorder()
    with pytest.raises(UserError) as caught:
        deploy(assembly, target_of(empty.root(), monkeypatch), recorder)
    assert caught.value.code == "BootstrapMissingError"
    assert f"npx aws-cdk bootstrap aws://000000000000/{EMPTY_REGION}" in caught.value.hint
    assert empty.client("cloudformation").list_stacks()["StackSummaries"] == []


def test_an_outdated_bootstrap_is_told_with_both_versions(
    account: Account, assembly: CloudAssembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = dataclasses.replace(assembly.bootstrapping, version=999)
    newer = dataclasses.replace(assembly, bootstrapping=needs)
    with pytest.raises(UserError) as caught:
        deploy(newer, target_of(account.user(TAKES_ROLES), monkeypatch), Recorder())
    assert caught.value.code == "BootstrapOutdatedError"
    assert "needs 999" in caught.value.message
    assert "npx aws-cdk bootstrap" in caught.value.hint


def test_whoever_may_not_take_them_goes_on_with_their_own_rights(
    account: Account, assembly: CloudAssembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = {**TAKES_ROLES, "Effect": "Deny"}
    target, recorder = target_of(account.user(EVERYTHING, denied), monkeypatch), Recorder()
    deploy(assembly, target, recorder)
    told = [event.message for event in recorder.events if isinstance(event, Notice)]
    assert len(told) == 1
    assert "cdk-hnb659fds-deploy-role" in told[0]


def test_a_large_asset_is_uploaded_in_parts(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(65 << 20)
    bucket = BUCKET.format(account.engine.account, account.region)
    asset = FileAsset("large", "large", path, "file", bucket, "large.bin")
    published = AssetPublisher(target_of(account.root(), monkeypatch)).publish([asset], Recorder())
    assert published.size == 65 << 20
    found = account.client("s3").head_object(Bucket=bucket, Key="large.bin")
    assert found["ContentLength"] == 65 << 20
    # the tag of an object in parts ends with their number
    assert found["ETag"].endswith('-5"')


def described(account: Account, assembly: CloudAssembly) -> dict[str, Any]:
    """What CloudFormation says of a deployed backend, but for names made of account and time."""
    cloudformation = account.client("cloudformation")

    def one(stack: str) -> dict[str, Any]:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        nested = {
            each["LogicalResourceId"]: one(each["PhysicalResourceId"])
            for each in resources
            if each["ResourceType"] == "AWS::CloudFormation::Stack"
        }
        template = cloudformation.get_template(StackName=stack)["TemplateBody"]
        return {
            "template": template,
            "resources": sorted((r["LogicalResourceId"], r["ResourceType"]) for r in resources),
            "status": {r["ResourceStatus"] for r in resources},
            "tags": sorted((tag["Key"], tag["Value"]) for tag in found.get("Tags", [])),
            "capabilities": sorted(found.get("Capabilities", [])),
            "protected": found.get("EnableTerminationProtection"),
            "outputs": sorted(each["OutputKey"] for each in found.get("Outputs", [])),
            "nested": nested,
        }

    return one(assembly.stack_name)


def assets(account: Account, assembly: CloudAssembly) -> dict[str, dict[str, str]]:
    """The content of every asset, by its key; what is in an archive, file by file."""
    s3, bucket = account.client("s3"), BUCKET.format(account.engine.account, account.region)
    found = {}
    for asset in assembly.assets:
        got = s3.get_object(Bucket=bucket, Key=asset.object_key)
        found[asset.object_key] = {"type": got["ContentType"], **contents(got["Body"].read())}
    return found


def contents(content: bytes) -> dict[str, str]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {"file": hashlib.sha256(content).hexdigest()}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            entry.filename: hashlib.sha256(archive.read(entry)).hexdigest()
            for entry in archive.infolist()
            if not entry.is_dir()
        }
