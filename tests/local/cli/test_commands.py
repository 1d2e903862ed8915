"""What each command says and how it ends."""

from __future__ import annotations

import json
import re
import signal
from typing import TYPE_CHECKING

import boto3
import pytest
from tests.local.cli.commandline import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKEND = "amplify/backend.py"
QUEUE = """
from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs

from preamp import define_backend

backend = define_backend()
stack = backend.create_stack("jobs")
queue = sqs.Queue(stack, "Queue", visibility_timeout=Duration.seconds(30))
backend.add_output(custom={"queueUrl": queue.queue_url})
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A queue, deployed, which tests leave deployed as it was."""
    project = Project(tmp_path_factory.mktemp("commands") / "app")
    project.write(BACKEND, QUEUE)
    deployed = project.run("sandbox", "--once")
    assert (deployed.status, "deployed 2 changes" in deployed.out) == (0, True), deployed.err
    yield project
    project.run("sandbox", "stop")


@pytest.fixture
def deployed(shared: Project) -> Project:
    """The shared one, with the definition that stays deployed."""
    shared.write(BACKEND, QUEUE)
    return shared


def test_deploying_again_changes_nothing_and_says_so(deployed: Project) -> None:
    written = (deployed.folder / "amplify_outputs.json").stat().st_mtime_ns
    second = deployed.run("sandbox", "--once")
    assert "nothing changed" in second.out
    assert "created" not in second.err
    assert (deployed.folder / "amplify_outputs.json").stat().st_mtime_ns == written


def test_one_property_is_updated_in_place(deployed: Project) -> None:
    for before, after in (("seconds(30)", "seconds(40)"), ("seconds(40)", "seconds(30)")):
        deployed.replace(BACKEND, before, after)
        changed = deployed.run("sandbox", "--once")
        assert changed.status == 0, changed.err
        assert re.search(r"~ jobs/Queue +VisibilityTimeout +hotswap", changed.err)
        assert "hotswapped 1 change" in changed.out


def test_a_resource_that_fails_leaves_the_stack_as_it_was(deployed: Project) -> None:
    before = (deployed.folder / "amplify_outputs.json").read_text()
    failing = (
        "\nfrom aws_cdk import aws_lambda as lambda_\n"
        "from aws_cdk import aws_s3 as s3\n"
        "bucket = s3.Bucket(stack, 'Code')\n"
        "lambda_.Function(stack, 'Broken', runtime=lambda_.Runtime.PYTHON_3_13,\n"
        "    handler='a.b', code=lambda_.Code.from_bucket(bucket, 'missing.zip'))\n"
    )
    deployed.write(BACKEND, QUEUE.replace("seconds(30)", "seconds(50)") + failing)
    failed = deployed.run("sandbox", "--once")
    assert failed.status == 1
    assert "DeploymentFailedError" in failed.err
    assert "jobs/Broken" in failed.err
    assert f"{BACKEND}:15" in failed.err
    assert "missing.zip" in failed.err
    assert (deployed.folder / "amplify_outputs.json").read_text() == before
    status = deployed.run("sandbox", "status", "--json").json
    assert status["stack_status"] == "UPDATE_ROLLBACK_COMPLETE"
    deployed.write(BACKEND, QUEUE)
    assert "nothing changed" in deployed.run("sandbox", "--once").out


def test_what_aws_would_refuse_is_refused_before_anything_is_deployed(deployed: Project) -> None:
    deployed.write(BACKEND, QUEUE + "queue.node.default_child.add_property_override('Bogus', 1)\n")
    refused = deployed.run("sandbox", "--once")
    assert refused.status == 1
    assert "InvalidTemplateError" in refused.err
    assert "Bogus" in refused.err
    assert f"{BACKEND}:9" in refused.err
    assert "updated" not in refused.err


def test_a_circle_between_stacks_is_named_with_its_edges(project: Project) -> None:
    project.write(
        BACKEND,
        "from aws_cdk import aws_sqs as sqs\n"
        "from preamp import define_backend\n"
        "b = define_backend()\n"
        "one, two = b.create_stack('one'), b.create_stack('two')\n"
        "def queue(stack, name, other=None):\n"
        "    letters = other and sqs.DeadLetterQueue(queue=other, max_receive_count=2)\n"
        "    return sqs.Queue(stack, name, dead_letter_queue=letters)\n"
        "first = queue(one, 'First')\n"
        "second = queue(two, 'Second', first)\n"
        "queue(one, 'Third', second)\n",
    )
    refused = project.run("synth")
    assert refused.status == 1
    assert "circle" in refused.err
    for name in ("one/Third", "two/Second", "one/First", "RedrivePolicy.deadLetterTargetArn"):
        assert name in refused.err


def test_a_second_deployment_is_refused_with_the_holders_pid(project: Project) -> None:
    project.write(BACKEND, "import time\ntime.sleep(600)\n")
    first = project.start("sandbox", "--once", "--json")
    assert first.stdout is not None
    for line in first.stdout:
        if '"synth"' in line:
            break
    second = project.run("sandbox", "--once")
    first.send_signal(signal.SIGINT)
    first.communicate()
    assert second.status == 1
    assert "DeploymentInProgressError" in second.err
    assert str(first.pid) in second.err


def test_an_interrupted_deployment_leaves_nothing_that_hinders_the_next(project: Project) -> None:
    project.write(BACKEND, QUEUE)
    running = project.start("sandbox", "--once", "--json")
    assert running.stdout is not None
    for line in running.stdout:
        if "resource.changed" in line:
            break
    running.send_signal(signal.SIGINT)
    running.communicate()
    assert running.returncode == 130
    again = project.run("sandbox", "--once")
    assert again.status == 0, again.err
    assert "custom" in json.loads((project.folder / "amplify_outputs.json").read_text())


def test_json_is_all_that_goes_to_stdout_with_json(project: Project) -> None:
    project.write(BACKEND, "print('noise')\n" + QUEUE)
    answer = project.run("sandbox", "--once", "--json")
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert lines[-1]["result"] == "deployed"
    assert {"event": "output.printed", "text": "noise"} in lines
    failed = project.run("invoke", "nothing")
    assert failed.out == ""


def test_the_engine_outlives_commands_and_stops_when_told(deployed: Project) -> None:
    running = deployed.run("sandbox", "status", "--json").json
    assert running["running"]
    assert running["stack_status"].endswith("_COMPLETE")
    assert deployed.run("sandbox", "stop").out == "stopped\n"
    assert not deployed.run("sandbox", "status", "--json").json["running"]
    assert deployed.run("sandbox", "stop").out == "the sandbox was not running\n"
    assert "nothing changed" in deployed.run("sandbox", "--once").out


def test_variables_that_would_lead_elsewhere_are_unset_and_no_others(deployed: Project) -> None:
    theirs = {"AWS_SESSION_TOKEN": "x", "AWS_PROFILE": "work", "AWS_ENDPOINT_URL_SQS": "http://x"}
    kept = {"AWS_PAGER": "", "AWS_CA_BUNDLE": "x"}
    lines = deployed.run("sandbox", "env", **theirs, **kept).out.splitlines()
    assert {line for line in lines if line.startswith("unset ")} == {f"unset {n}" for n in theirs}
    assert all(
        line.startswith("export ") for line in deployed.run("sandbox", "env").out.splitlines()
    )


def test_delete_asks_and_removes_everything(project: Project) -> None:
    project.write(BACKEND, QUEUE)
    project.run("sandbox", "--once")
    refused = project.run("sandbox", "delete", stdin="n\n")
    assert (refused.status, refused.out) == (1, "")
    assert "nothing was done" in refused.err
    unanswered = project.run("sandbox", "delete")
    assert "NotConfirmedError" in unanswered.err
    assert "--yes" in unanswered.err
    assert project.run("sandbox", "status", "--json").json["running"]
    deleted = project.run("sandbox", "delete", "--yes")
    assert deleted.status == 0, deleted.err
    assert "jobs/Queue" in deleted.err
    assert not (project.folder / "amplify_outputs.json").exists()
    assert [path.name for path in (project.folder / ".preamp").iterdir()] == [".gitignore"]
    again = project.run("sandbox", "delete", "--json")
    assert (again.status, again.json) == (0, {"deleted": False})


def test_what_is_asked_of_a_sandbox_without_a_deployment_says_so(project: Project) -> None:
    project.write(BACKEND, "x = (")
    assert not project.run("sandbox", "status", "--json").json["running"]
    assert project.run("sandbox", "--once").status == 1
    asked = project.run("invoke", "Anything")
    assert "NothingDeployedError" in asked.err


def test_two_sandboxes_of_one_project_run_side_by_side(project: Project) -> None:
    project.write(BACKEND, QUEUE)
    for name in ("one", "two"):
        deployed = project.run("sandbox", "--once", "--identifier", name)
        assert deployed.status == 0, deployed.err
        assert f"preamp sandbox stop --identifier {name}\n" in deployed.out
    endpoints = {
        project.run("sandbox", "status", "--identifier", name, "--json").json["endpoint"]
        for name in ("one", "two")
    }
    assert len(endpoints) == 2
    outputs = project.folder / "amplify_outputs.json"
    project.run("sandbox", "delete", "--yes", "--identifier", "one")
    assert outputs.exists(), "the file is the other sandbox's"
    project.run("sandbox", "delete", "--yes", "--identifier", "two")
    assert not outputs.exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["invoke", "X"], 1, "SandboxNotRunningError"),
        (["logs"], 1, "SandboxNotRunningError"),
        (["mail", "list"], 1, "SandboxNotRunningError"),
        (["sandbox", "env"], 1, "SandboxNotRunningError"),
        (["invoke", "X", "--event", "{"], 1, "InvalidEventError"),
        (["logs", "--filter", "("], 1, "InvalidFilterError"),
        (["logs", "--since", "yesterday"], 1, "InvalidTimeError"),
        (["invoke", "X", "--event", "@nowhere.json"], 1, "InvalidEventError"),
        (["sandbox", "--once", "--identifier", "a/b"], 1, "InvalidIdentifierError"),
        (["sandbox", "--debug-function", "X"], 2, "preamp sandbox debug"),
        (["nonsense"], 2, "No such command"),
        (["synth", "--nonsense"], 2, "No such option"),
    ],
)
def test_mistakes_on_the_command_line(
    project: Project, words: list[str], status: int, said: str
) -> None:
    project.write(BACKEND, QUEUE)
    answer = project.run(*words)
    assert answer.status == status
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_traceback_is_shown_only_with_debug(project: Project) -> None:
    project.write(BACKEND, "raise ValueError('oops')\n")
    assert "Traceback" not in project.run("synth").err
    debugged = project.run("synth", "--debug")
    assert debugged.err.count("Traceback") >= 1
    assert "importlib" in debugged.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        *(
            word.split()
            for word in (
                "synth",
                "sandbox",
                "sandbox status",
                "sandbox stop",
                "sandbox delete",
                "sandbox env",
                "invoke",
                "logs",
                "mail",
                "mail list",
                "mail show",
                "mail clear",
                "info",
            )
        ),
    ],
)
def test_every_command_has_help_with_an_example(project: Project, words: list[str]) -> None:
    project.folder.mkdir(exist_ok=True)
    shown = project.run(*words, "--help")
    assert shown.status == 0
    assert "Example: " in shown.out or "Start with: " in shown.out


def test_info_tells_versions_and_the_project(project: Project) -> None:
    project.write(BACKEND, QUEUE)
    facts = project.run("info", "--json").json
    assert facts["preamp"]
    assert facts["aws-cdk-lib"].startswith("2.")
    assert facts["backend"] == BACKEND


TABLE = """
from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

from preamp import define_backend

backend = define_backend()
stack = backend.create_stack("shop")
table = dynamodb.Table(
    stack,
    "Orders",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    removal_policy=RemovalPolicy.DESTROY,
)
"""


def test_data_is_lost_only_if_that_is_allowed(project: Project) -> None:
    project.write(BACKEND, TABLE)
    assert project.run("sandbox", "--once").status == 0
    variables = project.run("sandbox", "env", "--json").json
    client = boto3.session.Session().client(
        "dynamodb",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    (name,) = client.list_tables()["TableNames"]
    client.put_item(TableName=name, Item={"id": {"S": "1"}})
    project.replace(BACKEND, 'name="id"', 'name="order"')
    refused = project.run("sandbox", "--once")
    assert refused.status == 1
    assert "± shop/Orders" in refused.err
    assert "error [DataLossError]" in refused.err
    assert "table shop/Orders: 1 item; it is replaced by an empty one" in refused.err
    assert f"{BACKEND}:9" in refused.err
    assert client.scan(TableName=name)["Count"] == 1
    allowed = project.run("sandbox", "--once", "--allow-data-loss")
    assert allowed.status == 0, allowed.err
    assert name not in client.list_tables()["TableNames"]
    client.close()
