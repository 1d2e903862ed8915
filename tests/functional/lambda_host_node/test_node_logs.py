"""What a Node.js function's `console` writes.

AWS: "Log and monitor Node.js Lambda functions", "Configuring JSON and plain text log formats".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.lambda_host_node.conftest import NodeFunction

    Start = Callable[..., NodeFunction]

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_plain_text_names_time_request_and_level(start: Start) -> None:
    function = start("""
        console.log("at start");
        exports.handler = async () => {
          console.log("n=%d", 1, { a: [1] }); console.info("info"); console.warn("warn");
          console.error("error"); console.debug("debug"); console.trace("trace");
          console.log("two\\nlines"); };""")
    function.invoke()
    first, *lines = function.log.removesuffix("\n").split("\n")
    assert re.fullmatch(f"{TIME}\tundefined\tINFO\tat start", first)
    assert [line.split("\t", 1)[1] for line in lines] == [
        "request-1\tINFO\tn=1 { a: [ 1 ] }",
        "request-1\tINFO\tinfo",
        "request-1\tWARN\twarn",
        "request-1\tERROR\terror",
        "request-1\tDEBUG\tdebug",
        "request-1\tTRACE\ttrace",
        "request-1\tINFO\ttwo\rlines",
    ]


def test_json_has_a_field_for_each(start: Start) -> None:
    variables = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    function = start("""
        exports.handler = async () => {
          console.debug("not shown"); console.log({ a: 1 }); console.warn("x=%s", "y");
          console.error("went wrong:", new RangeError("far")); throw new TypeError("bad"); };""",
        variables=variables)  # fmt: skip
    function.invoke()
    entries = [json.loads(line) for line in function.log.splitlines()]
    for entry in entries:
        assert re.fullmatch(TIME, entry.pop("timestamp"))
        assert entry.pop("requestId") == "request-1"
    assert entries[0] == {"level": "INFO", "message": {"a": 1}}
    assert entries[1] == {"level": "WARN", "message": "x=y"}
    assert entries[2]["errorType"] == "RangeError"
    assert entries[2]["stackTrace"][0] == "RangeError: far"
    assert entries[3]["level"] == "ERROR"
    assert entries[3]["message"]["errorType"] == "TypeError"
    assert entries[3]["message"]["errorMessage"] == "bad"


def test_a_log_larger_than_the_pipe_is_whole_and_in_order(start: Start) -> None:
    function = start("""
        exports.handler = async () => {
          for (let i = 0; i < 300; i += 1) {
            process.stdout.write(`${i} ${"x".repeat(3000)}\\n`);
            if (i % 100 === 0) console.log("y".repeat(200000));
          } };""")
    function.invoke()
    lines = function.log.splitlines()
    numbers = [int(line.split()[0]) for line in lines if line.endswith("x")]
    assert numbers == list(range(300))
    assert sum(line.count("y") for line in lines if line.endswith("y")) >= 600_000
