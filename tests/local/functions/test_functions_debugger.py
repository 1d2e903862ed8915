"""A function that is debugged waits for an editor, stops in the user's own file, has no clock.

AWS has no page about it: no debugger attaches to a process there.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.local.cli.commandline import Project
from tests.local.cli.test_example import client
from tests.local.functions.debug_adapter import (
    DebugAdapter,
    inspected_programs,
    tell_inspector,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACKEND = """
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from preamp import define_backend
from preamp.constructs import PythonFunction

functions = define_backend().create_stack("functions")
PythonFunction(functions, "Fn", entry="fn.py", timeout=Duration.seconds(1))
lambda_.Function(functions, "Node", runtime=lambda_.Runtime.NODEJS_22_X, handler="index.handler",
    timeout=Duration.seconds(1),
    code=lambda_.Code.from_inline("exports.handler = async (event) => event.word"))
lambda_.Function(functions, "Own", runtime=lambda_.Runtime.PROVIDED_AL2023, handler="x",
    code=lambda_.Code.from_asset("own"))
"""
HANDLER = """
from words import shout

def handler(event, context):
    word = event["word"]
    return shout(word)
"""
WORDS = """
def shout(word):
    loud = word.upper()
    return loud
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Functions in Python, in Node.js and of their own runtime, deployed."""
    made = Project(tmp_path_factory.mktemp("debugger") / "app")
    made.write("amplify/backend.py", BACKEND)
    made.write("amplify/fn.py", HANDLER)
    made.write("amplify/words.py", WORDS)
    made.write("own/bootstrap", "#!/bin/sh\n")
    answer = made.run("sandbox", "--once")
    assert answer.status == 0, answer.err
    yield made
    made.run("sandbox", "stop")


@pytest.fixture
def beside(project: Project) -> Iterator[ThreadPoolExecutor]:
    """Something to run calls in; none waits for a debugger after the test."""
    with ThreadPoolExecutor() as executor:
        yield executor
        for path in ("Fn", "Node"):
            project.run("sandbox", "debug", path, "--off")


def port_of(project: Project, path: str) -> int:
    answer = project.run("sandbox", "debug", path, "--json")
    assert answer.status == 0, answer.err
    told = json.loads(answer.out.splitlines()[-1])
    assert told["address"].startswith("127.0.0.1:")
    return int(told["address"].rpartition(":")[2])


def invoke(project: Project, path: str, word: str) -> Any:
    answer = project.run("invoke", path, "--event", json.dumps({"word": word}))
    assert answer.status == 0, answer.err
    return answer.json


def local(editor: DebugAdapter, name: str) -> tuple[str, int, str]:
    """Where it stopped, and what a variable is there."""
    thread = editor.event("stopped")["threadId"]
    frame = editor.request("stackTrace", threadId=thread)["stackFrames"][0]
    value = editor.request("evaluate", expression=name, frameId=frame["id"])["result"]
    editor.thread = thread
    return frame["source"]["path"], frame["line"], value


def test_it_stops_in_the_users_file_for_as_long_as_they_like(
    project: Project, beside: ThreadPoolExecutor
) -> None:
    assert invoke(project, "Fn", "warm") == "WARM"
    port = port_of(project, "Fn")
    assert port_of(project, "Fn") == port
    call = beside.submit(invoke, project, "Fn", "hello")
    fn, words = (str(project.folder / "amplify" / name) for name in ("fn.py", "words.py"))
    with DebugAdapter(port) as editor:
        editor.attach({fn: [6], words: [4]})
        started = time.monotonic()
        assert local(editor, "word") == (fn, 6, "'hello'")
        while time.monotonic() - started < 1.5:  # longer than the function may take
            assert editor.request("threads")["threads"]
        editor.request("continue", threadId=editor.thread)
        assert local(editor, "loud") == (words, 4, "'HELLO'")
        editor.request("continue", threadId=editor.thread)
        assert call.result() == "HELLO"
        second = beside.submit(invoke, project, "Fn", "again")
        assert local(editor, "word") == (fn, 6, "'again'")
        third = beside.submit(invoke, project, "Fn", "third")
        editor.request("setBreakpoints", source={"path": fn}, breakpoints=[])
        editor.request("setBreakpoints", source={"path": words}, breakpoints=[])
        editor.request("continue", threadId=editor.thread)
        assert (second.result(), third.result()) == ("AGAIN", "THIRD")
    # The editor is gone; the function still answers, and after that it is as it was.
    assert invoke(project, "Fn", "alone") == "ALONE"
    assert project.run("sandbox", "debug", "Fn", "--off").out == "runs as always again\n"
    assert project.run("sandbox", "debug", "Fn", "--off").out == "it was not debugged\n"
    assert invoke(project, "Fn", "usual") == "USUAL"


def test_ending_it_lets_a_call_go_that_waits(project: Project, beside: ThreadPoolExecutor) -> None:
    port = port_of(project, "Fn")
    lambda_ = client(project, "lambda")
    names = [each["FunctionName"] for each in lambda_.list_functions()["Functions"]]
    [name] = [each for each in names if "Fn" in each]
    call = beside.submit(lambda_.invoke, FunctionName=name, Payload=b'{"word": "x"}')
    with DebugAdapter(port):
        project.run("sandbox", "debug", "Fn", "--off")
    assert json.loads(call.result()["Payload"].read())["errorType"] == "Runtime.ExitError"
    assert invoke(project, "Fn", "usual") == "USUAL"


def test_a_saved_file_makes_the_next_call_wait_again(
    project: Project, beside: ThreadPoolExecutor
) -> None:
    deployed = project.run("sandbox", "--once", "--debug-function", "functions/Fn")
    assert deployed.status == 0, deployed.err
    assert '"type": "debugpy"' in deployed.out
    port = port_of(project, "Fn")
    assert f"127.0.0.1:{port}" in deployed.out
    call = beside.submit(invoke, project, "Fn", "one")
    with DebugAdapter(port) as editor:
        editor.attach({})
        assert call.result() == "ONE"
        project.replace("amplify/words.py", "word.upper()", "word.lower()")
        call = beside.submit(invoke, project, "Fn", "TWO")
        editor.wait_for_the_end()
    with DebugAdapter(port) as editor:
        editor.attach({})
        assert call.result() == "two"
    project.write("amplify/words.py", WORDS)


def test_node_waits_for_its_inspector(project: Project, beside: ThreadPoolExecutor) -> None:
    port = port_of(project, "Node")
    call = beside.submit(invoke, project, "Node", "hello")
    [program] = inspected_programs(port)
    assert program["type"] == "node"
    path = urlsplit(program["webSocketDebuggerUrl"]).path
    assert not call.done()
    tell_inspector(port, path, "Runtime.enable", "Runtime.runIfWaitingForDebugger")
    assert call.result() == "hello"


def test_two_functions_have_a_port_each(project: Project) -> None:
    assert port_of(project, "Fn") != port_of(project, "Node")
    for path in ("Fn", "Node"):
        project.run("sandbox", "debug", path, "--off")


@pytest.mark.parametrize(
    ("path", "said"),
    [("Nothing", "FunctionNotFoundError"), ("Own", "UndebuggableRuntimeError")],
)
def test_what_cannot_be_debugged_says_so(project: Project, path: str, said: str) -> None:
    answer = project.run("sandbox", "debug", path)
    assert answer.status == 1
    assert said in answer.err


def test_a_sandbox_that_does_not_run_says_so(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("amplify/backend.py", BACKEND)
    answer = project.run("sandbox", "debug", "Fn")
    assert answer.status == 1
    assert "SandboxNotRunningError" in answer.err
