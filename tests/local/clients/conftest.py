"""Fixtures: one sandbox with users and files, and a frontend of it that a dev server serves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.cli.commandline import Project
from tests.local.clients.client_packages import SOURCES, link_packages
from tests.local.clients.dev_server import DevServer
from tests.local.clients.notes import Notes
from tests.local.conftest import Recorder, aws_client

from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.engine.protocol import EngineConnection

_BACKEND: Final = Path(__file__).parents[2] / "projects" / "users_and_files"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The backend, deployed as people do it."""
    folder = tmp_path_factory.mktemp("sandbox") / "app"
    project = Project(shutil.copytree(_BACKEND, folder))
    try:
        deployed = project.run("sandbox", "--once")
        assert deployed.status == 0, deployed.err
        yield project
    finally:
        project.run("sandbox", "stop")


@pytest.fixture(scope="module")
def cloud(sandbox: Project) -> EngineConnection:
    """How to speak with the local cloud that the sandbox runs on."""
    (directory,) = sandbox.folder.glob(".preamp/*/engine")
    return EngineProcess(directory, port=None, reporter=Recorder()).start()


@pytest.fixture(scope="module")
def frontend(sandbox: Project) -> Path:
    """The folder of the frontend, with its packages, beside the files of the sandbox."""
    for source in SOURCES.glob("*.mjs"):
        shutil.copy(source, sandbox.folder)
    link_packages(sandbox.folder)
    return sandbox.folder


@pytest.fixture(scope="module")
def dev_server(frontend: Path, cloud: EngineConnection) -> Iterator[DevServer]:
    """Serves the frontend, and does what its user would do elsewhere."""
    outputs: dict[str, Any] = json.loads((frontend / "amplify_outputs.json").read_text())
    cognito, s3 = aws_client(cloud, "cognito-idp"), aws_client(cloud, "s3")
    bucket = outputs["storage"]["bucket_name"]
    s3.put_object(Bucket=bucket, Key="public/welcome.txt", Body=b"welcome")

    def promote(user: str) -> str:
        pool = outputs["auth"]["user_pool_id"]
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName="ADMINS")
        return "promoted"

    with DevServer(frontend, cloud, promote) as server:
        yield server
    cognito.close()
    s3.close()


@pytest.fixture(scope="module")
def notes(frontend: Path, cloud: EngineConnection) -> Iterator[Notes]:
    """What the function noted that is told of files."""
    outputs: dict[str, Any] = json.loads((frontend / "amplify_outputs.json").read_text())
    sqs = aws_client(cloud, "sqs")
    yield Notes(sqs, outputs["custom"]["notes"])
    sqs.close()
