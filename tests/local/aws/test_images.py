"""Container images of a backend, which are handed to docker.

A program stands in for docker that notes how it is called.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.conftest import Recorder

from preamp.assembly.images import ImageAsset
from preamp.deploy.account import aws_account
from preamp.deploy.images import ImagePublisher
from preamp.deploy.roles import Roles
from preamp.errors import UserError
from preamp.events import AssetPublished, OutputPrinted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.aws.conftest import Account

ROLE: Final = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
    "cdk-hnb659fds-image-publishing-role-${AWS::AccountId}-${AWS::Region}"
)
REPOSITORY: Final = "cdk-hnb659fds-container-assets-${AWS::AccountId}-${AWS::Region}"
DOCKER: Final = """#!{python}
import json, os, sys
with open({record!r}, "a") as record:
    call = {{"words": sys.argv[1:], "folder": os.getcwd(), "stdin": sys.stdin.read()}}
    record.write(json.dumps(call) + "\\n")
if "--target" in sys.argv:
    print("no such target")
    sys.exit(1)
"""


class Docker:
    """The program, and what it was called with."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / "calls"
        self._record.touch()
        self.program = folder / "docker"
        self.program.write_text(DOCKER.format(python=sys.executable, record=str(self._record)))
        self.program.chmod(0o755)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._record.read_text().splitlines()]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Docker(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CDK_DOCKER", raising=False)
    return made


@pytest.fixture(autouse=True)
def _at_aws(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.root().items():
        monkeypatch.setenv(name, value)


def image(folder: Path, tag: str, *flags: str) -> ImageAsset:
    return ImageAsset(tag, "Handler/Image", folder, flags, REPOSITORY, tag, ROLE)


def publish(asset: ImageAsset, recorder: Recorder) -> int:
    target = aws_account()
    return ImagePublisher(target, Roles(target), recorder).publish([asset])


def test_an_image_that_is_not_there_is_built_and_pushed(docker: Docker, tmp_path: Path) -> None:
    recorder = Recorder()
    asset = image(tmp_path, "new", "--platform", "linux/arm64")
    assert publish(asset, recorder) == 1
    build, login, push = docker.calls
    assert build["folder"] == str(tmp_path)
    assert build["words"][:4] == ["build", "--platform", "linux/arm64", "--tag"]
    assert build["words"][-1] == "."
    assert push["words"] == ["push", build["words"][4]]
    assert push["words"][1].endswith("cdk-hnb659fds-container-assets-000000000000-eu-west-1:new")
    assert login["words"][:4] == ["login", "--username", "AWS", "--password-stdin"]
    assert login["stdin"]
    assert recorder.events == [AssetPublished("Handler/Image", 0, uploaded=True)]


def test_an_image_that_is_there_needs_no_docker(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.client("ecr").put_image(
        repositoryName=REPOSITORY.replace("${AWS::AccountId}", "000000000000").replace(
            "${AWS::Region}", account.region
        ),
        imageManifest=json.dumps({"schemaVersion": 2, "config": {}, "layers": []}),
        imageTag="there",
    )
    monkeypatch.setenv("PATH", "")
    recorder = Recorder()
    assert publish(image(tmp_path, "there"), recorder) == 0
    assert recorder.events == [AssetPublished("Handler/Image", 0, uploaded=False)]


def test_no_docker_is_told_before_anything_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_DOCKER", "no-such-docker")
    with pytest.raises(UserError) as caught:
        publish(image(tmp_path, "new"), Recorder())
    assert caught.value.code == "DockerMissingError"
    assert "Handler/Image" in caught.value.message
    assert "no-such-docker" in caught.value.message


@pytest.mark.usefixtures("docker")
def test_what_docker_says_is_shown_if_it_fails(tmp_path: Path) -> None:
    recorder = Recorder()
    with pytest.raises(UserError) as caught:
        publish(image(tmp_path, "bad", "--target", "absent"), recorder)
    assert caught.value.code == "DockerFailedError"
    assert OutputPrinted("no such target") in recorder.events


def test_the_local_cloud_runs_no_containers(tmp_path: Path) -> None:
    target = dataclasses.replace(aws_account(), bootstrapped=False)
    with pytest.raises(UserError) as caught:
        ImagePublisher(target, Roles(target), Recorder()).publish([image(tmp_path, "x")])
    assert caught.value.code == "DockerAssetError"
