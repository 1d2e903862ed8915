"""Secrets: set, used, changed, removed, and in no place where they do not belong."""

from __future__ import annotations

import base64
import json
import os
import pty
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.cli.commandline import Project, command, environment
from tests.local.cli.session import session
from tests.local.cli.test_example import client
from tests.local.functions.debug_adapter import DebugAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUE = "never-on-disk-but-there"
CHANGED = "never-on-disk-after-that"
BACKEND = """
from preamp import define_backend, secret
from preamp.constructs import PythonFunction

functions = define_backend().create_stack("functions")
PythonFunction(functions, "Fn", entry="fn.py", environment={"API_KEY": secret("API_KEY")})
"""
HANDLER = """
import os

AT_IMPORT = os.environ["API_KEY"]

def handler(event, context):
    return [AT_IMPORT, os.environ["API_KEY"]]
"""
RESOLVED = """
from aws_cdk import aws_sns as sns
from preamp import define_backend, secret
from preamp.constructs import resolve_secret

stack = define_backend().create_stack("custom")
value = resolve_secret(stack, secret("TITLE")).unsafe_unwrap()
sns.Topic(stack, "Topic", display_name=value)
"""


def deploy(project: Project) -> None:
    answer = project.run("sandbox", "--once")
    assert answer.status == 0, answer.err


def set_secret(project: Project, name: str, value: str) -> None:
    answer = project.run("sandbox", "secret", "set", name, stdin=value + "\n")
    assert answer.status == 0, answer.err
    assert value not in answer.out + answer.err


def invoke(project: Project) -> Any:
    answer = project.run("invoke", "functions/Fn")
    return json.loads(answer.out)


def write(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    project.write("amplify/fn.py", HANDLER)


@pytest.fixture
def functions(project: Project) -> Project:
    """A function with a secret; nothing is deployed."""
    write(project)
    return project


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The same, deployed, with two secrets that are set."""
    project = Project(tmp_path_factory.mktemp("secrets") / "app")
    write(project)
    set_secret(project, "API_KEY", VALUE)
    set_secret(project, "OTHER", VALUE)
    deploy(project)
    yield project
    project.run("sandbox", "stop")


@pytest.fixture
def deployed(shared: Project) -> Project:
    """The shared one, with the handler that it was deployed with."""
    shared.write("amplify/fn.py", HANDLER)
    return shared


def holders(folder: Path, value: str) -> set[Path]:
    """The files that hold a value, plainly or in base64."""
    encoded = base64.b64encode(value.encode()).rstrip(b"=")[:-1]
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if value.encode() in content or encoded in content:
                found.add(path)
    return found


def test_a_secret_is_asked_for_taken_from_the_shared_ones_and_set(functions: Project) -> None:
    refused = functions.run("sandbox", "--once")
    assert refused.status == 1
    assert "SecretNotSetError" in refused.err
    assert "amplify/backend.py:6" in refused.err
    assert "preamp sandbox secret set API_KEY" in refused.err

    namespace = functions.folder.name
    client(functions, "ssm").put_parameter(
        Name=f"/amplify/shared/{namespace}/API_KEY", Value="shared", Type="SecureString"
    )
    deploy(functions)
    assert invoke(functions) == ["shared", "shared"]

    set_secret(functions, "API_KEY", VALUE)
    changed = functions.run("sandbox", "--once")
    assert "functions/Fn" in changed.err
    assert invoke(functions) == [VALUE, VALUE]
    assert "nothing changed" in functions.run("sandbox", "--once").out


def test_a_value_is_on_disk_in_the_engines_state_alone(deployed: Project) -> None:
    assert invoke(deployed) == [VALUE, VALUE]
    logs = deployed.run("logs")
    assert "Fn  START" in logs.out
    assert VALUE not in logs.out + logs.err
    lambda_ = client(deployed, "lambda")
    assert VALUE not in json.dumps(lambda_.list_functions(), default=str)
    deployed.run("sandbox", "stop")
    found = holders(deployed.folder, VALUE)
    assert found
    for path in found:
        [state] = [each for each in path.parents if each.name == "state"]
        assert state.parent.name == "engine"
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
    deploy(deployed)
    assert invoke(deployed) == [VALUE, VALUE]


def test_the_role_may_read_its_own_secrets_and_no_others(deployed: Project) -> None:
    deployed.write(
        "amplify/fn.py",
        "import boto3\n"
        "def handler(event, context):\n"
        "    answer = boto3.client('ssm').get_parameters(Names=event)\n"
        "    return [each['Name'] for each in answer['Parameters']]\n",
    )
    ssm, lambda_ = client(deployed, "ssm"), client(deployed, "lambda")
    found = ssm.get_parameters_by_path(Path="/amplify", Recursive=True)["Parameters"]
    own, other = sorted(each["Name"] for each in found)
    name = lambda_.list_functions()["Functions"][0]["FunctionName"]

    def read(*names: str) -> Any:
        answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(names))
        return json.loads(answer["Payload"].read())

    assert read(own) == [own]
    for names in ([other], [own, other]):
        assert "AccessDeniedException" in read(*names)["errorMessage"]
        assert other in read(*names)["errorMessage"]


def test_a_secret_that_is_gone_when_a_function_starts_is_told_by_name(deployed: Project) -> None:
    deployed.run("sandbox", "secret", "remove", "API_KEY")
    # of another handler, no environment runs yet that has the value
    deployed.replace("amplify/fn.py", "[AT_IMPORT,", "['another', AT_IMPORT,")
    failed = deployed.run("invoke", "functions/Fn")
    set_secret(deployed, "API_KEY", VALUE)
    assert failed.status == 1
    assert "the secret API_KEY is not set" in failed.out + failed.err
    assert "preamp sandbox secret set API_KEY" in failed.out + failed.err


def test_a_saved_handler_is_live_with_its_secrets(deployed: Project) -> None:
    assert invoke(deployed) == [VALUE, VALUE]
    deployed.replace("amplify/fn.py", "[AT_IMPORT,", "['saved', AT_IMPORT,")
    assert invoke(deployed) == ["saved", VALUE, VALUE]


def test_a_construct_gets_the_value_and_the_changed_one(project: Project) -> None:
    project.write("amplify/backend.py", RESOLVED)
    set_secret(project, "TITLE", VALUE)
    with session(project) as running:
        running.until("round.finished")
        sns = client(project, "sns")
        [topic] = sns.list_topics()["Topics"]

        def title() -> str:
            found = sns.get_topic_attributes(TopicArn=topic["TopicArn"])
            return str(found["Attributes"]["DisplayName"])

        assert title() == VALUE
        set_secret(project, "TITLE", CHANGED)
        running.until("round.finished")
        assert title() == CHANGED
        cloudformation = client(project, "cloudformation")
        stacks = cloudformation.describe_stacks()["Stacks"]
        events = [
            cloudformation.describe_stack_events(StackName=stack["StackName"])["StackEvents"]
            for stack in stacks
        ]
        assert CHANGED not in json.dumps([stacks, events], default=str)
        logs = project.run("logs")
        assert CHANGED not in logs.out
    project.run("sandbox", "stop")
    # what the topic is called, and CloudFormation knows of the custom resource, is state too
    found = holders(project.folder, CHANGED)
    assert all("state" in path.parts for path in found), found


def test_a_running_sandbox_deploys_again_when_a_secret_is_set(functions: Project) -> None:
    with session(functions) as running:
        missing = running.until("SecretNotSetError")
        assert missing["sites"][0] == {"file": "amplify/backend.py", "line": 6}
        set_secret(functions, "API_KEY", VALUE)
        assert running.until("round.finished")["changes"] > 0
        assert invoke(functions) == [VALUE, VALUE]
        set_secret(functions, "API_KEY", CHANGED)
        assert running.until("round.finished")["changes"] > 0
        assert invoke(functions) == [CHANGED, CHANGED]
        functions.run("sandbox", "secret", "remove", "API_KEY")
        running.until("SecretNotSetError")
        # what runs goes on as it was
        assert invoke(functions) == [CHANGED, CHANGED]
        set_secret(functions, "API_KEY", VALUE)
        running.until("round.finished")
        assert invoke(functions) == [VALUE, VALUE]
        assert VALUE not in json.dumps(running.seen)


def test_a_debugged_function_has_its_secrets_and_stops_in_the_users_file(
    deployed: Project,
) -> None:
    told = deployed.run("sandbox", "debug", "Fn", "--json")
    port = int(json.loads(told.out.splitlines()[-1])["address"].rpartition(":")[2])
    file = str(deployed.folder / "amplify" / "fn.py")
    with ThreadPoolExecutor() as beside:
        call = beside.submit(invoke, deployed)
        with DebugAdapter(port) as editor:
            editor.attach({file: [4, 7]})
            for line in (4, 7):
                thread = editor.event("stopped")["threadId"]
                frame = editor.request("stackTrace", threadId=thread)["stackFrames"][0]
                assert (frame["source"]["path"], frame["line"]) == (file, line)
                asked = {"expression": "os.environ['API_KEY']", "frameId": frame["id"]}
                assert VALUE in editor.request("evaluate", **asked)["result"]
                editor.request("continue", threadId=thread)
            assert call.result() == [VALUE, VALUE]
    assert deployed.run("sandbox", "debug", "Fn", "--off").status == 0


def test_commands_show_and_forget_secrets(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    assert project.run("sandbox", "secret", "list", "--json").json == []
    set_secret(project, "B", "two\nlines")
    set_secret(project, "A", VALUE)
    set_secret(project, "A", CHANGED)
    assert project.run("sandbox", "secret", "list").out.split() == ["A", "B"]
    shown = project.run("sandbox", "secret", "get", "A", "--json").json
    assert (shown["name"], shown["version"], shown["value"]) == ("A", 2, CHANGED)
    assert project.run("sandbox", "secret", "get", "B", "--json").json["value"] == "two\nlines"
    other = project.run("sandbox", "secret", "list", "--json", "--identifier", "other")
    assert other.json == []
    assert not (project.folder / ".preamp" / "other").exists()
    unsure = project.run("sandbox", "secret", "remove", "--all", stdin="n\n")
    assert unsure.status == 1
    removed = project.run("sandbox", "secret", "remove", "--all", "--yes", "--json")
    assert removed.json == {"removed": ["A", "B"]}
    assert project.run("sandbox", "secret", "list").out == ""
    lost = project.run("sandbox", "secret", "get", "A")
    assert (lost.status, "SecretNotFoundError" in lost.err) == (1, True)


def test_a_value_cannot_be_an_argument(project: Project) -> None:
    project.write("amplify/backend.py", BACKEND)
    assert project.run("sandbox", "secret", "set", "KEY", VALUE).status == 2


def test_on_a_terminal_the_value_is_asked_for_and_not_shown(deployed: Project) -> None:
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        command("sandbox", "secret", "set", "KEY"),
        cwd=deployed.folder,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = _read_until(ours, "Value of KEY")
    os.write(ours, f"{VALUE}\n".encode())
    seen += _read_until(ours, "set KEY")
    assert asking.wait() == 0
    os.close(ours)
    assert VALUE not in seen
    assert deployed.run("sandbox", "secret", "get", "KEY", "--json").json["value"] == VALUE
    assert deployed.run("sandbox", "secret", "remove", "KEY").status == 0


def _read_until(terminal: int, text: str) -> str:
    seen = ""
    while text not in seen:
        seen += os.read(terminal, 4096).decode()
    return seen
