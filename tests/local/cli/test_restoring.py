"""What comes back, and what is forgotten, from the command line."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
from tests.local.cli.commandline import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKEND = "amplify/backend.py"
TABLE = """
from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

from preamp import define_backend

stack = define_backend().create_stack("data")
key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
dynamodb.Table(stack, "Table", partition_key=key, removal_policy=RemovalPolicy.DESTROY)
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A table with an item, deployed; tests leave it so."""
    project = Project(tmp_path_factory.mktemp("restoring") / "app")
    project.write(BACKEND, TABLE)
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    put_item(project)
    yield project
    project.run("sandbox", "stop")


@pytest.fixture
def deployed(shared: Project) -> Project:
    """The shared one, with the definition that stays deployed."""
    shared.write(BACKEND, TABLE)
    assert count_items(shared) == 1
    return shared


def test_a_deployment_that_loses_data_says_how_it_comes_back(deployed: Project) -> None:
    before = snapshots(deployed)
    deployed.write(BACKEND, TABLE.replace('"Table"', '"Another"'))
    lost = deployed.run("sandbox", "--once", "--allow-data-loss")
    assert lost.status == 0, lost.err
    (snapshot,) = snapshots(deployed) - before
    assert f"preamp sandbox restore {snapshot}" in lost.err
    assert count_items(deployed) == 0
    restored = deployed.run("sandbox", "restore", snapshot, "--yes")
    assert restored.status == 0, restored.err
    assert count_items(deployed) == 1
    deployed.write(BACKEND, TABLE)
    assert "nothing changed" in deployed.run("sandbox", "--once").out


def test_a_reset_forgets_everything_until_it_is_brought_back(deployed: Project) -> None:
    asked = deployed.run("sandbox", "reset", stdin="n\n")
    assert asked.status == 1
    assert "tables, objects, messages, users, secrets, e-mails" in asked.out + asked.err
    assert count_items(deployed) == 1
    reset = deployed.run("sandbox", "reset", "--yes")
    assert "preamp sandbox restore before-reset" in reset.out
    assert "deployed" in deployed.run("sandbox", "--once").out
    assert count_items(deployed) == 0
    assert deployed.run("sandbox", "restore", "before-reset", "--yes").status == 0
    assert count_items(deployed) == 1


def test_a_snapshot_that_is_not_there_is_named(project: Project) -> None:
    project.write(BACKEND, TABLE)
    assert project.run("sandbox", "restore", "--json").json == []
    missing = project.run("sandbox", "restore", "yesterday", "--yes")
    assert missing.status == 1
    assert "there is no snapshot 'yesterday'" in missing.err


def test_a_killed_local_cloud_goes_on_where_it_was(deployed: Project) -> None:
    before = deployed.run("sandbox", "status", "--json").json
    engine = psutil.Process(before["pid"])
    os.kill(engine.pid, signal.SIGKILL)
    psutil.wait_procs([engine])
    again = deployed.run("sandbox", "--once")
    assert "nothing changed" in again.out
    assert deployed.run("sandbox", "status", "--json").json["endpoint"] == before["endpoint"]
    assert count_items(deployed) == 1


def snapshots(project: Project) -> set[str]:
    return {one["name"] for one in project.run("sandbox", "restore", "--json").json}


def put_item(project: Project) -> None:
    client, table = client_and_table(project)
    client.put_item(TableName=table, Item={"id": {"S": "precious"}})
    client.close()


def count_items(project: Project) -> int:
    client, table = client_and_table(project)
    count: int = client.scan(TableName=table)["Count"]
    client.close()
    return count


def client_and_table(project: Project) -> tuple[Any, str]:
    """A client of the sandbox's DynamoDB, and its only table."""
    variables = project.run("sandbox", "env", "--json").json
    client: Any = boto3.session.Session(region_name=variables["AWS_REGION"]).client(
        "dynamodb",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    (table,) = client.list_tables()["TableNames"]
    return client, table
