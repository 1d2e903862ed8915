"""`preamp sandbox`: what a developer meets in the inner loop, in one terminal and in two."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from tests.local.cli.session import session

if TYPE_CHECKING:
    from tests.local.cli.commandline import Project

BACKEND = """
from aws_cdk import aws_sqs as sqs, Duration
from preamp import define_backend
from preamp.constructs import PythonFunction
stack = define_backend().create_stack("jobs")
sqs.Queue(stack, "Queue", retention_period=Duration.days(1))
PythonFunction(stack, "Greeter", entry="greeter.py")
"""
GREETER = """
def handler(event, context):
    return "hello"
"""


def write(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    project.write("amplify/greeter.py", GREETER)


def test_a_day_in_the_inner_loop(project: Project) -> None:
    write(project)
    with session(project) as running:
        opened = running.until("sandbox.opened")
        assert running.until("round.finished")["changes"] > 0

        project.replace("amplify/backend.py", "days(1)", "days(2)")
        assert running.until("round.started")["saved"] == ["amplify/backend.py"]
        assert running.until("round.finished")["changes"] > 0

        project.replace("amplify/backend.py", "days(2)", "days(")
        running.until("BackendSyntaxError")
        assert project.run("sandbox", "status", "--json").json["error"] == "BackendSyntaxError"
        project.replace("amplify/backend.py", "days(", "days(2)")
        running.until("round.finished", changes=0)

        assert project.run("invoke", "Greeter").out.strip() == '"hello"'
        assert running.until("function.invoked")["path"] == "Greeter"
        project.replace("amplify/greeter.py", "hello", "good morning")
        assert running.until("handler.saved")["saved"] == ["amplify/greeter.py"]
        assert project.run("invoke", "Greeter").out.strip() == '"good morning"'

        status = project.run("sandbox", "status", "--json").json
        assert (status["session"], status["error"]) == ("idle", None)
        assert (status["running"], status["endpoint"]) == (True, opened["endpoint"])
        assert project.run("sandbox", "stop").status == 0
        assert running.ended() == 0
    assert project.run("sandbox", "status", "--json").json["running"] is False
    with session(project) as again:
        # the handler ran from its source; now its package has it too
        assert again.until("round.finished")["changes"] == 1


def test_a_module_elsewhere_is_watched_as_soon_as_something_is_wrong_in_it(
    project: Project,
) -> None:
    write(project)
    project.write("settings.py", "DAYS = (")
    project.replace("amplify/backend.py", "days(1)", "days(settings.DAYS)")
    project.replace("amplify/backend.py", "from preamp ", "import settings\nfrom preamp ")
    with session(project) as running:
        running.until("BackendSyntaxError")
        project.write("settings.py", "DAYS = 3")
        assert running.until("round.started")["saved"] == ["settings.py"]
        assert running.until("round.finished")["changes"] > 0
        project.write("settings.py", "DAYS = 4")
        assert running.until("round.finished")["changes"] > 0


FAILING = """
from aws_cdk import aws_lambda as lambda_, aws_s3 as s3
bucket = s3.Bucket(stack, "Code")
lambda_.Function(stack, "Broken", runtime=lambda_.Runtime.PYTHON_3_13,
    handler="a.b", code=lambda_.Code.from_bucket(bucket, "missing.zip"))
"""


def test_a_resource_that_fails_is_told_and_the_next_save_mends_it(project: Project) -> None:
    write(project)
    with session(project) as running:
        running.until("round.finished")
        project.write("amplify/backend.py", BACKEND + FAILING)
        failure = running.until("DeploymentFailedError")
        assert failure["sites"][0] == {"file": "amplify/backend.py", "line": 11}
        assert project.run("invoke", "Greeter").status == 0
        project.write("amplify/backend.py", BACKEND)
        running.until("round.finished", changes=0)


PROVIDED = """
from aws_cdk import CustomResource
from preamp import define_backend
from preamp.constructs import PythonFunction
stack = define_backend().create_stack("jobs")
maker = PythonFunction(stack, "Maker", entry="maker.py")
CustomResource(stack, "Made", service_token=maker.function_arn)
"""
MAKER = """
import json, urllib.request
def handler(event, context):
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "made", "RequestId": event["RequestId"],
              "StackId": event["StackId"], "LogicalResourceId": event["LogicalResourceId"]}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, method="PUT"))
"""


def test_a_handler_that_failed_a_deployment_is_mended_and_deployed(project: Project) -> None:
    project.write("amplify/backend.py", PROVIDED)
    project.write("amplify/maker.py", MAKER.replace("answer = ", "answer = 1 / 0, "))
    with session(project) as running:
        running.until("DeploymentFailedError")
        project.write("amplify/maker.py", MAKER)
        assert running.until("round.started")["saved"] == ["amplify/maker.py"]
        assert running.until("round.finished")["changes"] > 0


def test_another_terminal_looks_on_and_asks_for_a_deployment(project: Project) -> None:
    write(project)
    with session(project) as first:
        first.until("round.finished")
        with session(project) as second:
            second.until("sandbox.opened")
            second.until("round.finished")
            assert project.run("invoke", "Greeter").status == 0
            for each in (first, second):
                assert each.until("function.invoked")["outcome"] == "succeeded"
            first.process.send_signal(signal.SIGINT)
            second.until("sandbox.closed")
            assert (first.ended(), second.ended()) == (0, 0)


CHATTY = """
from preamp import define_backend
from preamp.constructs import PythonFunction
stack = define_backend().create_stack("jobs")
for name in ("Greeter", "Sweeper", "Painter"):
    PythonFunction(stack, name, entry="chatty.py", environment={"NAME": name})
"""
SPEAKS = """
import os
def handler(event, context):
    print("I am", os.environ["NAME"])
"""


def test_logs_are_shown_from_the_beginning_on_or_go_to_a_file(project: Project) -> None:
    project.write("amplify/backend.py", CHATTY)
    project.write("amplify/chatty.py", SPEAKS)
    pipe = project.folder / "chat.log"
    os.mkfifo(pipe)
    chosen = ["--stream-function-logs", "--logs-filter", "^Greet", "--logs-filter", "jobs/Sweeper"]
    with (
        os.fdopen(os.open(pipe, os.O_RDWR), "r", encoding="utf-8") as added,
        session(project, *chosen) as running,
    ):
        running.until("round.finished")
        into_file = ["--stream-function-logs", "--logs-out-file", str(pipe)]
        with session(project, *into_file) as other:
            other.until("round.finished")
            for name in ("Painter", "Greeter", "Sweeper"):
                assert project.run("invoke", name).status == 0
            for name in ("Greeter", "Sweeper"):
                logged = running.until("function.logged")
                assert (logged["path"], logged["text"]) == (f"jobs/{name}", f"I am {name}")
            lines = [added.readline() for _ in range(4)]
            assert " Painter  START RequestId: " in lines[0]
            assert lines[1].endswith(" Painter  I am Painter\n")
            assert not [one for one in other.seen if one.get("event") == "function.logged"]


def test_what_cannot_be_a_log_is_refused(project: Project) -> None:
    write(project)
    for words, status, said in (
        (["--logs-filter", "("], 1, "InvalidFilterError"),
        (["--logs-out-file", "nowhere/a.log"], 1, "FileAccessError"),
        (["--once", "--stream-function-logs"], 2, "preamp logs"),
    ):
        refused = project.run("sandbox", *words)
        assert (refused.status, said in refused.err) == (status, True), refused.err


def test_deleting_ends_the_session_first_and_leaves_nothing(project: Project) -> None:
    write(project)
    with session(project) as running:
        running.until("round.finished")
        deleted = project.run("sandbox", "delete", "--yes")
        assert deleted.status == 0, deleted.err
        assert running.ended() == 0
    assert [path.name for path in (project.folder / ".preamp").iterdir()] == [".gitignore"]


def test_an_engine_that_is_killed_comes_back(project: Project) -> None:
    write(project)
    with session(project) as running:
        running.until("round.finished")
        os.kill(project.run("sandbox", "status", "--json").json["pid"], signal.SIGKILL)
        running.until("engine.lost")
        running.until("round.finished")
        assert project.run("invoke", "Greeter").out.strip() == '"hello"'


def test_a_session_that_is_killed_leaves_its_place_to_the_next(project: Project) -> None:
    write(project)
    with session(project) as killed:
        killed.until("round.finished")
        killed.process.kill()
        killed.ended()
    with session(project) as running:
        assert running.until("round.finished")["changes"] == 0


def test_two_sandboxes_of_one_project_run_side_by_side(project: Project) -> None:
    write(project)
    with session(project) as mine, session(project, "--identifier", "other") as other:
        opened = [each.until("sandbox.opened") for each in (mine, other)]
        assert len({each["endpoint"] for each in opened}) == 2
        for each in (mine, other):
            assert each.until("round.finished")["changes"] > 0
    project.run("sandbox", "stop", "--identifier", "other")


def test_ignored_and_excluded_files_are_passed_over(project: Project) -> None:
    write(project)
    project.write(".gitignore", "generated/\n")
    with session(project, "--exclude", "notes/") as running:
        running.until("round.finished")
        for passed_over in ("amplify/generated/a.py", "amplify/notes/b.py", "amplify/c.py~"):
            project.write(passed_over, "1")
        project.write("amplify/backend.py", BACKEND.replace("days(1)", "days(4)"))
        assert running.until("round.started")["saved"] == ["amplify/backend.py"]


TYPED = """
from preamp import define_backend, define_function
backend = define_backend(
    typed=define_function(entry="typed/main.ts"), other=define_function(entry="other/greeter.py")
)
"""
FAILS = """export const handler = async () => {
  throw new Error("fourth");
};
"""


def test_a_saved_typescript_handler_is_bundled_and_swapped(project: Project) -> None:
    project.write("amplify/backend.py", TYPED)
    project.write("amplify/other/greeter.py", GREETER)
    project.write("amplify/typed/main.ts", 'export { handler } from "./words";\n')
    project.write("amplify/typed/words.ts", "export const handler = async () => 'first';\n")
    with session(project) as running:
        running.until("round.finished")
        assert project.run("invoke", "main-lambda").json == "first"
        project.write("amplify/typed/words.ts", "export const handler = async () => ;\n")
        refused = running.until("HandlerBundlingError")
        assert refused["sites"][0] == {"file": "amplify/typed/words.ts", "line": 1}
        project.write("amplify/typed/words.ts", "export const handler = async () => 'second';\n")
        running.until("stage.finished", stage="hotswap")
        assert running.until("round.finished")["changes"] == 1
        assert project.run("invoke", "main-lambda").json == "second"
        # what no bundle was made of needs no deployment
        project.write("amplify/other/greeter.py", GREETER.replace("hello", "hi"))
        assert running.until("handler.saved")["saved"] == ["amplify/other/greeter.py"]
        # what a handler asks for the first time is written, which is no reason for a round itself
        project.write("amplify/other/greeter.py", "from .amplify_env.greeter import env" + GREETER)
        running.until("round.finished")
        project.write("amplify/typed/words.ts", "export const handler = async () => 'third';\n")
        assert running.until("round.started")["saved"] == ["amplify/typed/words.ts"]
        running.until("round.finished")
        project.write("amplify/typed/words.ts", FAILS)
        running.until("round.finished")
        assert "(amplify/typed/words.ts:2:9)\n" in project.run("invoke", "main-lambda").err
    assert (project.folder / "amplify/other/amplify_env/greeter.py").is_file()
