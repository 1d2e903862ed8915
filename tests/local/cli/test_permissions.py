"""A permission that a definition lacks is found here, explained, and mended by the line told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.local.cli.commandline import Project
from tests.local.cli.session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE = {"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}
RESOURCE = "amplify/custom/notifications/resource.py"
GRANT = "        self.topic.grant_publish(self.publisher)\n"
PUBLISHER = "CustomNotifications/Publisher"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The example without the permission to publish, deployed."""
    project = Project.of_example(tmp_path_factory.mktemp("permissions") / "notifications")
    project.replace(RESOURCE, GRANT, "")
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    yield project
    project.run("sandbox", "stop")


def test_a_missing_grant_is_explained_and_the_line_told_mends_it(project: Project) -> None:
    for _ in range(2):
        answer = project.run("invoke", PUBLISHER, "--event", json.dumps(MESSAGE))
        assert answer.status == 1
    told = [line.strip() for line in answer.err.partition("denied  ")[2].splitlines()]
    assert told.pop(3).startswith("called at ")
    assert told == [
        f"{PUBLISHER} may not sns:Publish",
        "on CustomNotifications/NotificationTopic",
        "no policy of its role ServiceRole allows it",
        "add     self.topic.grant_publish(self.publisher)",
        f"after {RESOURCE}:{_end_of_publisher(project)}",
    ]
    [denial] = project.run("sandbox", "denials", "--json").json
    assert (denial["count"], denial["role"]) == (2, f"CustomNotifications/{PUBLISHER}/ServiceRole")
    assert denial["site"]["file"] == RESOURCE

    _add(project, denial["add"], denial["after"])
    assert project.run("sandbox", "--once").status == 0
    # what is allowed now is not told any more
    assert project.run("sandbox", "denials", "--json").json == []
    answer = project.run("invoke", PUBLISHER, "--event", json.dumps(MESSAGE))
    assert answer.status == 0, answer.err
    assert "It works." in project.run("mail", "show", "--wait", "30").out


def test_without_permissions_everything_goes_and_that_is_said(project: Project) -> None:
    project.write(RESOURCE, _source(project).replace(GRANT, ""))
    deployed = project.run("sandbox", "--once", "--no-iam")
    assert "iam      off" in deployed.out
    assert project.run("sandbox", "status", "--json").json["enforces_iam"] is False
    answer = project.run("invoke", PUBLISHER, "--event", json.dumps(MESSAGE))
    assert answer.status == 0, answer.err
    again = project.run("sandbox", "--once")
    assert "iam" not in again.out
    assert project.run("sandbox", "status", "--json").json["enforces_iam"] is True
    assert project.run("invoke", PUBLISHER, "--event", json.dumps(MESSAGE)).status == 1


JOBS = """
from aws_cdk import aws_sqs as sqs
from preamp import define_backend
from preamp.constructs import PythonFunction
stack = define_backend().create_stack("jobs")
queue = sqs.Queue(stack, "Queue")
worker = PythonFunction(
    stack, "Worker", entry="worker.py", environment={"QUEUE": queue.queue_url}
)
"""
WORKER = """
import os, boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="m")
"""


def test_a_session_tells_of_a_denied_call_and_saving_the_line_mends_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    jobs = Project(tmp_path_factory.mktemp("denied") / "app")
    jobs.write("amplify/backend.py", JOBS)
    jobs.write("amplify/worker.py", WORKER)
    with session(jobs) as running:
        running.until("round.finished")
        for _ in range(3):
            assert jobs.run("invoke", "Worker").status == 1
        denial = running.until("permission.denied")
        assert (denial["caller"], denial["resource"]) == ("jobs/Worker", "jobs/Queue")
        assert denial["add"] == "queue.grant_send_messages(worker)"
        invocations = [running.until("function.invoked")["request_id"] for _ in range(3)]
        assert denial["request_id"] == invocations[0]
        assert [one for one in running.seen if one.get("event") == "permission.denied"] == [denial]

        refused = jobs.run("sandbox", "--no-iam", "--json")
        assert refused.json["error"] == "SandboxRunningError"

        _add(jobs, denial["add"], denial["after"])
        assert running.until("round.finished")["changes"] > 0
        assert jobs.run("invoke", "Worker").status == 0


def _end_of_publisher(project: Project) -> int:
    """The last line of the statement that makes the publisher."""
    lines = _source(project).splitlines()
    first = next(n for n, line in enumerate(lines) if line.strip().startswith("self.publisher ="))
    return next(n for n, line in enumerate(lines[first:], first + 1) if line == "        )")


def _source(project: Project) -> str:
    return (project.folder / RESOURCE).read_text(encoding="utf-8")


def _add(project: Project, code: str, place: str) -> None:
    """Add a line where it was told, as deep as the line before it."""
    file, _, number = place.rpartition(":")
    lines = (project.folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    before = lines[int(number) - 1]
    depth = before[: len(before) - len(before.lstrip())]
    lines.insert(int(number), "".join(f"{depth}{line}\n" for line in code.splitlines()))
    project.write(file, "".join(lines))
