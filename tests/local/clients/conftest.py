"""Fixtures: one backend with users and files, and a frontend of it that a dev server serves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.clients.client_packages import SOURCES, link_packages
from tests.local.clients.dev_server import DevServer
from tests.local.clients.user_and_files import template
from tests.local.engine.local_engine import Stacks, unique_name

from preamp.outputs.local_client import LOCAL_CLIENT, LocalCloud, local_client

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]


@pytest.fixture(scope="module")
def outputs(client: ClientFactory) -> dict[str, Any]:
    """A deployed backend, told as in the file that frontends read."""
    stacks = Stacks(client("cloudformation"), client("s3"))
    name = unique_name("clients")
    stack = stacks.create(name, template())
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.reasons(name)
    made = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    s3 = client("s3")
    s3.put_object(Bucket=made["Bucket"], Key="public/welcome.txt", Body=b"welcome")
    region = "us-east-1"
    return {
        "version": "1.4",
        "auth": {
            "aws_region": region,
            "user_pool_id": made["Pool"],
            "user_pool_client_id": made["Client"],
            "identity_pool_id": made["Identities"],
            "unauthenticated_identities_enabled": True,
        },
        "storage": {"aws_region": region, "bucket_name": made["Bucket"]},
    }


@pytest.fixture(scope="module")
def frontend(
    outputs: dict[str, Any], engine: EngineConnection, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a frontend with its packages."""
    folder = tmp_path_factory.mktemp("frontend")
    for source in SOURCES.glob("*.mjs"):
        shutil.copy(source, folder)
    link_packages(folder)
    (folder / "amplify_outputs.json").write_text(json.dumps(outputs))
    module = local_client(outputs, LocalCloud(engine.endpoint, engine.region))
    (folder / LOCAL_CLIENT).write_text(module)
    return folder


@pytest.fixture(scope="module")
def dev_server(
    frontend: Path, outputs: dict[str, Any], client: ClientFactory, engine: EngineConnection
) -> Iterator[DevServer]:
    """Serves the frontend, and does what its user would do elsewhere."""
    pool = outputs["auth"]["user_pool_id"]

    def promote(user: str) -> str:
        client("cognito-idp").admin_add_user_to_group(
            UserPoolId=pool, Username=user, GroupName="ADMINS"
        )
        return "promoted"

    with DevServer(frontend, engine, promote) as server:
        yield server
