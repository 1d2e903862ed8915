"""`preamp sandbox --target aws`: a developer's own deployment in an account.

The tests of a file run in their order: they are one life of one sandbox.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.aws.conftest import EVERYTHING, TAKES_ROLES
from tests.local.cli.commandline import Project
from tests.local.cli.session import session

from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local.aws.conftest import Account
    from tests.local.cli.commandline import Answer
    from tests.local.cli.session import Session

BACKEND: Final = """
from aws_cdk import RemovalPolicy, aws_dynamodb as dynamodb
from preamp import define_backend, define_function, secret

greeter = define_function(
    name="greeter", entry="greeter.py", environment={"GREETING": secret("GREETING")}
)
backend = define_backend(greeter=greeter)
stack = backend.create_stack("Visits")
key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
table = dynamodb.Table(
    stack, "Table", partition_key=key, removal_policy=RemovalPolicy.DESTROY
)
function = backend.greeter.resources.lambda_
backend.add_output(custom={"greeter": function.function_name, "table": table.table_name})
"""
GREETER: Final = """
import os


def handler(event, context):
    print("greeting", event.get("who", "somebody"))
    return os.environ["GREETING"] + " everybody"
"""
BACKEND_FILE: Final = "amplify/backend.py"
AT_AWS: Final = ("--target", "aws", "--identifier", "ann")
BUCKET: Final = "cdk-hnb659fds-assets-000000000000-eu-west-1"
STACK: Final = BackendId("greetings", "ann", "sandbox").stack_name


class Developer:
    """Works on a project with an account of her own."""

    def __init__(self, project: Project, account: Account) -> None:
        self.project = project
        self.account = account
        self.variables = account.user(EVERYTHING)

    def sandbox(self, *words: str, stdin: str = "") -> Answer:
        return self.project.run("sandbox", *words, *AT_AWS, stdin=stdin, **self.variables)

    @property
    def outputs(self) -> dict[str, str]:
        text = (self.project.folder / "amplify_outputs.json").read_text(encoding="utf-8")
        found: dict[str, str] = json.loads(text)["custom"]
        return found

    def greeting(self) -> Any:
        answer = self.account.client("lambda").invoke(FunctionName=self.outputs["greeter"])
        return json.load(answer["Payload"])

    def stack_status(self) -> str | None:
        client = self.account.client("cloudformation")
        stacks = client.list_stacks()["StackSummaries"]
        status = {each["StackName"]: each["StackStatus"] for each in reversed(stacks)}
        found: str | None = status.get(STACK)
        return found


@pytest.fixture(scope="module")
def developer(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Developer:
    project = Project(tmp_path_factory.mktemp("cloud") / "greetings")
    project.write(BACKEND_FILE, BACKEND)
    project.write("amplify/greeter.py", GREETER)
    return Developer(project, account)


@pytest.fixture(scope="module")
def running(developer: Developer) -> Iterator[Session]:
    words = (*AT_AWS, "--stream-function-logs", "--logs-filter", "greeter")
    with session(developer.project, *words, **developer.variables) as found:
        yield found


def test_a_secret_that_is_not_set_is_asked_for(developer: Developer) -> None:
    refused = developer.sandbox("--once")
    assert refused.status == 1
    assert "error [SecretNotSetError]" in refused.err
    assert "preamp sandbox secret set GREETING --target aws --identifier ann" in refused.err
    assert developer.stack_status() is None

    assert developer.sandbox("secret", "set", "GREETING", stdin="hello\n").out == "set GREETING\n"
    assert developer.sandbox("secret", "list").out == "GREETING\n"
    assert developer.sandbox("secret", "get", "GREETING", "--json").json["value"] == "hello"


def test_a_session_deploys_to_the_account(developer: Developer, running: Session) -> None:
    opened = running.until("sandbox.opened")
    assert "account 000000000000 in eu-west-1" in opened["endpoint"]
    assert running.until("round.finished")["changes"] > 0
    assert developer.stack_status() == "CREATE_COMPLETE"
    assert developer.greeting() == "hello everybody"


def test_what_functions_log_is_shown_as_it_comes(developer: Developer, running: Session) -> None:
    developer.greeting()
    logged = running.until("function.logged", text="greeting somebody")
    assert logged["path"].startswith("function/greeter")


def test_a_saved_handler_is_swapped_past_cloudformation(
    developer: Developer, running: Session
) -> None:
    developer.project.replace("amplify/greeter.py", "everybody", "Bob")
    assert running.until("round.started")["saved"] == ["amplify/greeter.py"]
    assert running.until("resource.changed", progress="done")["via"] == "hotswap"
    running.until("round.finished", changes=1)
    assert developer.greeting() == "hello Bob"
    assert developer.stack_status() == "CREATE_COMPLETE"


def test_what_cannot_be_swapped_is_cloudformations(developer: Developer, running: Session) -> None:
    added = 'dynamodb.Table(stack, "Added", partition_key=key)\n'
    developer.project.write(BACKEND_FILE, BACKEND + added)
    running.until("round.finished", changes=2)
    assert developer.stack_status() == "UPDATE_COMPLETE"
    assert developer.greeting() == "hello Bob"


def test_a_mistake_is_told_and_the_next_save_goes_on(
    developer: Developer, running: Session
) -> None:
    developer.project.replace(BACKEND_FILE, 'name="id"', "name=")
    running.until("BackendSyntaxError")
    status = developer.sandbox("status", "--json").json
    assert (status["session"], status["error"]) == ("idle", "BackendSyntaxError")
    assert (status["stack_name"], status["stack_status"]) == (STACK, "UPDATE_COMPLETE")
    developer.project.replace(BACKEND_FILE, "name=,", 'name="id",')
    running.until("round.finished", changes=0)


def test_a_secret_that_changes_is_deployed(developer: Developer, running: Session) -> None:
    assert developer.sandbox("secret", "set", "GREETING", stdin="good morning").status == 0
    running.until("round.finished")
    assert developer.greeting() == "good morning Bob"


def test_what_functions_log_is_read_from_the_account(developer: Developer) -> None:
    logged = developer.project.run("logs", *AT_AWS, **developer.variables)
    assert "REPORT RequestId" in logged.out


def test_another_terminal_looks_on(developer: Developer, running: Session) -> None:
    with session(developer.project, *AT_AWS, **developer.variables) as looking_on:
        looking_on.until("sandbox.opened")
        looking_on.until("round.finished")
    assert running.process.poll() is None


def test_another_terminal_goes_on_and_knows_what_another_checkout_swapped(
    developer: Developer, running: Session, tmp_path: Path
) -> None:
    assert developer.sandbox("stop").out == "stopped\n"
    assert running.ended() == 0
    assert developer.sandbox("stop").out == "the sandbox was not running\n"

    other = Developer(Project(tmp_path / "greetings"), developer.account)
    for name in (BACKEND_FILE, "amplify/greeter.py"):
        other.project.write(name, (developer.project.folder / name).read_text(encoding="utf-8"))
    other.project.replace("amplify/greeter.py", "Bob", "Eve")
    assert other.sandbox("--once").status == 0
    assert developer.greeting() == "good morning Eve"

    assert developer.sandbox("--once").status == 0
    assert developer.greeting() == "good morning Bob"


def test_whoever_may_not_swap_has_cloudformation_do_it(developer: Developer) -> None:
    elsewhere = Developer(developer.project, developer.account)
    elsewhere.variables = developer.account.user(TAKES_ROLES)
    record = {"Bucket": BUCKET, "Key": f"preamp/hotswaps/{STACK}.json"}
    developer.account.client("s3").delete_object(**record)
    unsure = elsewhere.sandbox("--once")
    assert unsure.status == 0
    assert "it could not be made sure that" in unsure.err

    developer.project.replace("amplify/greeter.py", "Bob", "Dan")
    refused = elsewhere.sandbox("--once")
    assert refused.status == 0, refused.err
    assert "CloudFormation makes the change" in refused.err
    assert developer.greeting() == "good morning Dan"


def test_whoever_may_not_touch_secrets_is_told_so(developer: Developer) -> None:
    elsewhere = Developer(developer.project, developer.account)
    elsewhere.variables = developer.account.user(TAKES_ROLES)
    for words in (("list",), ("get", "GREETING"), ("set", "GREETING"), ("remove", "GREETING")):
        refused = elsewhere.sandbox("secret", *words, stdin="hello")
        assert refused.status == 1
        assert "error [CredentialsError]" in refused.err
        assert "is not authorized to perform: ssm:" in refused.err


def test_data_is_lost_only_if_that_is_said(developer: Developer) -> None:
    table = developer.outputs["table"]
    developer.account.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "1"}})
    developer.project.replace(BACKEND_FILE, 'name="id"', 'name="sku"')
    refused = developer.sandbox("--once")
    assert refused.status == 1
    assert "error [DataLossError]" in refused.err
    assert developer.outputs["table"] == table


def test_it_is_gone_when_deleted(developer: Developer) -> None:
    unasked = developer.sandbox("delete")
    assert "NotConfirmedError" in unasked.err
    gone = developer.sandbox("delete", "--yes")
    assert (gone.status, gone.out) == (0, f"deleted {STACK}\n")
    assert not (developer.project.folder / "amplify_outputs.json").exists()
    found = developer.account.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="preamp/")
    assert found["KeyCount"] == 0
    assert developer.sandbox("status", "--json").json["stack_status"] is None
    assert developer.sandbox("delete", "--yes").out == f"there is no {STACK}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sandbox", "--profile", "work"), "go with --target aws"),
        (("sandbox", "--target", "aws", "--no-iam"), "of the local cloud"),
        (("sandbox", "--target", "aws", "delete"), "goes behind the command"),
        (("logs", "--target", "aws", "--branch", "main"), "name no --stack or --branch"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    developer: Developer, words: tuple[str, ...], told: str
) -> None:
    refused = developer.project.run(*words)
    assert refused.status == 2
    assert told in refused.err
