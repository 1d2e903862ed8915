"""Runtimes: which Python runs a function, own runtimes, and what cannot run here.

AWS: "Lambda runtimes", "Building a custom runtime for AWS Lambda".
"""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.functional.lambda_host.host_bench import Bench, call, error, result

from preamp.contract.interpreters import find_interpreter
from preamp.contract.local_code import LocalCode

if TYPE_CHECKING:
    from tests.functional.lambda_host.conftest import MakeBench

_VERSION = "import sys\ndef handler(event, context): return list(sys.version_info[:2])"
_BOOTSTRAP = """#!{python} -IS
import http.client, json, os
print("own runtime for", os.environ["_HANDLER"], flush=True)
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    event = json.loads(answer.read())
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    pieces = (piece.encode() for piece in ('{{"got": ', json.dumps(event), "}}"))
    path = "/2018-06-01/runtime/invocation/" + request_id
    if event == "fail":
        body = json.dumps({{"errorType": "Own.Error", "errorMessage": "as asked"}})
        api.request("POST", path + "/error", body)
    else:
        api.request("POST", path + "/response", pieces, encode_chunked=True,
                    headers={{"Transfer-Encoding": "chunked"}})
    api.getresponse().read()
"""


@pytest.mark.parametrize("minor", range(9, 15))
def test_a_function_runs_on_the_python_its_runtime_names_or_the_nearest(
    bench: Bench, minor: int
) -> None:
    """AWS: "Lambda runtimes"; that the nearest has to do is this machine's, and told once."""
    runtime = f"python3.{minor}"
    found = find_interpreter(runtime)
    environment = bench.open(_VERSION, runtime=runtime)
    assert result(environment) == [3, found.minor]
    result(bench.open(_VERSION, runtime=runtime))
    assert len(bench.notices) == (0 if found.exact else 1)
    assert all(f"{runtime} functions run on Python 3.{found.minor}" in each.message
               for each in bench.notices)  # fmt: skip


def test_code_with_dependencies_runs_on_the_interpreter_they_are_for(
    bench: Bench, tmp_path: Path
) -> None:
    spec = bench.spec("import sys, dependency\ndef handler(event, context): return sys.executable")
    (tmp_path / "dependencies").mkdir()
    (tmp_path / "dependencies" / "dependency.py").touch()
    own = find_interpreter(f"python3.{sys.version_info.minor}")
    LocalCode(tmp_path / "dependencies", {}, own.path, own.minor).write(spec.code)
    assert Path(result(bench.host.open(spec))).samefile(own.path)


def test_without_a_network_a_python_function_says_what_is_missing(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cache=tmp_path / "cache", uv=None)
    answer, outcome = error(bench.open(_VERSION))
    assert answer["errorType"] == "Runtime.Unavailable"
    assert "could not be installed" in answer["errorMessage"]
    assert "check the network connection" in answer["errorMessage"]
    assert answer["errorMessage"] in outcome.log


def test_another_processors_code_is_told_of_once(bench: Bench) -> None:
    """AWS: "Selecting and configuring an instruction set architecture for your Lambda function"."""
    for _ in range(2):
        result(bench.open(_VERSION, architecture="riscv"))
    # there may be another: that the nearest Python runs it
    [told] = [notice.message for notice in bench.notices if "riscv" in notice.message]
    assert told.startswith("functions for riscv run on this machine's ")


@pytest.mark.parametrize("runtime", ["java21", "dotnet8", "ruby3.4"])
def test_a_runtime_that_cannot_run_here_says_so(bench: Bench, runtime: str) -> None:
    """AWS: "Lambda runtimes"."""
    answer, _ = error(bench.open({"x": ""}, runtime=runtime))
    assert answer["errorType"] == "Runtime.Unavailable"
    assert answer["errorMessage"].startswith(f"{runtime} functions do not run on the local cloud")


def test_a_function_may_bring_its_own_runtime(bench: Bench) -> None:
    """AWS: "Building a custom runtime for AWS Lambda"."""
    text = _BOOTSTRAP.format(python=sys.executable)
    environment = bench.open({"bootstrap": text}, runtime="provided.al2023", handler="main")
    outcome = call(environment, {"a": 1})
    assert json.loads(outcome.payload) == {"got": {"a": 1}}
    assert outcome.output == "own runtime for main\n"
    assert error(environment, "fail")[0] == {"errorType": "Own.Error", "errorMessage": "as asked"}
    assert not call(environment, 1).cold


def test_a_layer_may_bring_the_runtime(bench: Bench, tmp_path: Path) -> None:
    """AWS: "Building a custom runtime for AWS Lambda"."""
    (tmp_path / "layer").mkdir()
    bootstrap = tmp_path / "layer" / "bootstrap"
    bootstrap.write_text(_BOOTSTRAP.format(python=sys.executable))
    bootstrap.chmod(0o755)
    environment = bench.open({"x": ""}, runtime="provided.al2", layers=(tmp_path / "layer",))
    assert result(environment, 5) == {"got": 5}


def test_an_own_runtime_that_cannot_be_started_says_why(bench: Bench) -> None:
    answer, _ = error(bench.open({"x": ""}, runtime="provided.al2023"))
    assert "there is no file named bootstrap" in answer["errorMessage"]
    spec = bench.spec({"bootstrap": "#!/bin/sh\n"}, runtime="provided.al2023")
    (spec.code / "bootstrap").chmod(0o644)
    assert "not executable" in error(bench.host.open(spec))[0]["errorMessage"]
    spec = bench.spec({"bootstrap": "\x7fELF no program"}, runtime="provided.al2023")
    answer, _ = error(bench.host.open(spec))
    assert answer["errorType"] == "Runtime.InvalidEntrypoint"
    assert "Exec format error" in answer["errorMessage"]


def test_the_runtime_api_serves_no_browser_and_takes_no_answer_to_another_call(
    bench: Bench,
) -> None:
    environment = bench.open(
        """
        import http.client, os
        def handler(event, context):
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            statuses = []
            for method, path, headers in event:
                api.request(method, "/2018-06-01/runtime/" + path, headers=headers)
                answer = api.getresponse()
                answer.read()
                statuses.append(answer.status)
            return statuses
        """
    )
    asked = [
        ("GET", "invocation/next", {"Origin": "https://example.com"}),
        ("GET", "invocation/next", {"Sec-Fetch-Mode": "no-cors"}),
        ("POST", "invocation/00000000/response", {}),
        ("GET", "nothing", {}),
    ]
    expected = [
        http.client.FORBIDDEN, http.client.FORBIDDEN, http.client.BAD_REQUEST,
        http.client.NOT_FOUND,
    ]  # fmt: skip
    assert result(environment, asked) == expected
