"""A saved handler is live: the next call runs it, and no deployment is needed."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.local.cli.test_example import client

if TYPE_CHECKING:
    from tests.local.cli.commandline import Project

BACKEND = """
from preamp import define_backend
from preamp.constructs import PythonFunction

functions = define_backend().create_stack("functions")
PythonFunction(functions, "Fn", entry="fn.py")
"""
HANDLER = """
from words import WORD

def handler(event, context):
    if event.get("wait"):
        open(event["wait"], "w").close()
        open(event["wait"] + ".go").close()
    return WORD
"""


def deployed(project: Project) -> tuple[Any, str]:
    project.write("amplify/backend.py", BACKEND)
    project.write("amplify/fn.py", HANDLER)
    project.write("amplify/words.py", "WORD = 'first'\n")
    answer = project.run("sandbox", "--once")
    assert answer.status == 0, answer.err
    lambda_ = client(project, "lambda")
    return lambda_, lambda_.list_functions()["Functions"][0]["FunctionName"]


def invoke(lambda_: Any, name: str, **event: str) -> Any:
    payload = lambda_.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"]
    return json.loads(payload.read())


def test_the_next_call_after_a_save_runs_the_new_code(project: Project) -> None:
    lambda_, name = deployed(project)
    assert invoke(lambda_, name) == "first"
    project.write("amplify/words.py", "WORD = 'second'\n")
    assert invoke(lambda_, name) == "second"
    project.write("amplify/fn.py", "def handler(event, context):\n    return 'third'\n")
    assert invoke(lambda_, name) == "third"
    project.write("amplify/fn.py", "def handler(event, context)\n")
    assert invoke(lambda_, name)["errorType"] == "Runtime.UserCodeSyntaxError"
    project.write("amplify/fn.py", HANDLER)
    assert invoke(lambda_, name) == "second"


def test_a_call_under_way_ends_on_the_old_code(project: Project) -> None:
    lambda_, name = deployed(project)
    started, go = project.folder / "started", project.folder / "started.go"
    os.mkfifo(started)
    os.mkfifo(go)
    with ThreadPoolExecutor() as beside:
        under_way = beside.submit(invoke, lambda_, name, wait=str(started))
        started.open().close()  # returns when the handler opens the other end
        project.write("amplify/words.py", "WORD = 'second'\n")
        assert invoke(lambda_, name) == "second"
        go.open("w").close()
        assert under_way.result() == "first"
    assert invoke(lambda_, name) == "second"


def test_a_published_version_stays_as_it_was(project: Project) -> None:
    lambda_, name = deployed(project)
    version = lambda_.publish_version(FunctionName=name)["Version"]
    project.write("amplify/words.py", "WORD = 'second'\n")
    assert invoke(lambda_, name) == "second"
    assert invoke(lambda_, f"{name}:{version}") == "first"
