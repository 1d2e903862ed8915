"""A project as `preamp init` makes it: deployed, used, tested with its own test, deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from tests.local.cli.commandline import Project, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

GREETING = {"greeting": "Hello, Ada!"}
MESSAGE = '{"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}'


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Path]:
    """Where a project `shop` may be made; what runs in it is stopped."""
    yield tmp_path
    if (tmp_path / "shop").exists():
        Project(tmp_path / "shop").run("sandbox", "stop")


def made(parent: Path, template: str) -> Project:
    answer = Project(parent).run("init", "shop", "--template", template)
    assert answer.status == 0, answer.err
    return Project(parent / "shop")


def own_tests(project: Project) -> None:
    """Run the project's own tests, as its developer would."""
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=project.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout


def test_the_minimal_project_answers_and_is_gone_when_deleted(parent: Path) -> None:
    project = made(parent, "minimal")
    own_tests(project)
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    invoked = project.run("invoke", "Greeter", "--event", '{"name": "Ada"}')
    assert (invoked.status, invoked.json) == (0, GREETING), invoked.err
    deleted = project.run("sandbox", "delete", "--yes")
    assert deleted.status == 0, deleted.err
    assert not (project.folder / "amplify_outputs.json").exists()


def test_the_notifications_project_sends_an_e_mail(parent: Path) -> None:
    project = made(parent, "notifications")
    own_tests(project)
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    invoked = project.run("invoke", "CustomNotifications/Publisher", "--event", MESSAGE)
    assert invoked.status == 0, invoked.err
    assert "To: ada@example.org\n" in project.run("mail", "show", "--wait", "30").out
    told = json.loads((project.folder / "amplify_outputs.json").read_text())
    assert told["data"]["default_authorization_type"] == "AMAZON_COGNITO_USER_POOLS"
    assert told["data"]["api_key"]
    assert list(told["data"]["model_introspection"]["models"]) == ["Todo"]
    _keep_rows_while_an_index_comes(project)
    _write_code_for_clients(project)
    assert project.run("sandbox", "delete", "--yes").status == 0


def _keep_rows_while_an_index_comes(project: Project) -> None:
    """A field and an index of it are added to the model; the table is the one that it was."""
    variables = project.run("sandbox", "env", "--json").json
    dynamodb = boto3.session.Session().client(
        "dynamodb",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    (table,) = dynamodb.list_tables()["TableNames"]
    row = {"id": {"S": "1"}, "content": {"S": "stay"}}
    dynamodb.put_item(TableName=table, Item=row)
    definition = "amplify/data/resource.py"
    project.replace(
        definition, "    content: str | None", "    content: str | None\n    due: str | None"
    )
    project.replace(definition, "import Model", "import Index, Model")
    project.replace(definition, "api_key()]", 'api_key()], indexes=[Index("due")]')
    changed = project.run("sandbox", "--once")
    assert changed.status == 0, changed.err
    described = dynamodb.describe_table(TableName=table)["Table"]
    assert [each["IndexName"] for each in described["GlobalSecondaryIndexes"]] == ["todosByDue"]
    assert dynamodb.scan(TableName=table)["Items"] == [row]
    dynamodb.close()


def _write_code_for_clients(project: Project) -> None:
    """Statements are of the API that is deployed now, and types of its models."""
    written = project.run("generate", "graphql-client-code", "--out", "graphql", "--json")
    assert written.status == 0, written.err
    names = sorted(Path(file).name for file in written.json["files"])
    assert names == ["API.ts", "mutations.ts", "queries.ts", "subscriptions.ts"]
    assert "listTodoByDue" in (project.folder / "graphql" / "queries.ts").read_text()
    modelled = project.run("generate", "models", "--out", "models.py")
    assert (modelled.status, modelled.out) == (0, "wrote models.py\n")
    assert "    due: str | None\n" in (project.folder / "models.py").read_text()


def test_git_sees_only_what_belongs_into_it(parent: Path) -> None:
    project = made(parent, "minimal")
    assert project.run("synth").status == 0
    git = ["git", "-C", str(project.folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    seen = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    ).stdout.split()
    made_by_commands = {name for name in seen if "cdk.out" in name or "__pycache__" in name}
    assert "amplify/backend.py" in seen
    assert made_by_commands == set()
