"""How a Node.js function fails, and what that is called.

AWS: "Lambda function handler errors in Node.js", "Understanding the Lambda execution environment
lifecycle".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.lambda_host_node.conftest import NodeFunction

    Start = Callable[..., NodeFunction]


def test_an_error_has_type_message_and_trace(start: Start) -> None:
    function = start("exports.handler = async () => { throw new TypeError('bad\\u007f'); };")
    posted = function.invoke()
    assert posted.kind == "error"
    assert posted.json["errorType"] == "TypeError"
    assert posted.json["errorMessage"] == "bad\x7f"
    assert posted.json["trace"][0] == "TypeError: bad\x7f"
    assert "index.js:1:" in posted.json["trace"][1]
    assert posted.headers is not None
    assert posted.headers["lambda-runtime-function-error-type"] == "TypeError"
    assert '\trequest-1\tERROR\tInvoke Error \t{"errorType":"TypeError"' in function.log


@pytest.mark.parametrize(("thrown", "kind"), [("'text'", "string"), ("42", "number")])
def test_what_is_thrown_need_not_be_an_error(start: Start, thrown: str, kind: str) -> None:
    answer = start(f"exports.handler = async () => {{ throw {thrown}; }};").invoke().json
    assert answer == {"errorType": kind, "errorMessage": thrown.strip("'"), "trace": []}


@pytest.mark.parametrize(
    ("files", "handler", "name", "message"),
    [
        ({"index.js": "exports.other = 1"}, "index.handler", "HandlerNotFound",
         "index.handler is undefined or not exported"),
        ({"index.js": "exports.handler = 1"}, "index.handler", "HandlerNotFound",
         "index.handler is not a function"),
        ({"a.js": ""}, "index.handler", "ImportModuleError", "Error: Cannot find module 'index'"),
        ({"index.js": "require('nope')"}, "index.handler", "ImportModuleError",
         "Error: Cannot find module 'nope'"),
        ({"index.js": "const = 1"}, "index.handler", "UserCodeSyntaxError",
         "SyntaxError: Unexpected token '='"),
        ({"index.mjs": "const = 1"}, "index.handler", "UserCodeSyntaxError",
         "SyntaxError: Unexpected token '='"),
        ({"index.js": ""}, "index", "MalformedHandlerName", "Bad handler"),
        ({"index.js": ""}, "../index.handler", "MalformedHandlerName",
         "'../index.handler' is not a valid handler name"),
    ],
)  # fmt: skip
def test_a_handler_that_cannot_be_loaded(
    start: Start, files: dict[str, str], handler: str, name: str, message: str
) -> None:
    function = start(files, handler=handler)
    posted = function.api.wait()
    assert posted.kind == "init"
    assert posted.json["errorType"] == f"Runtime.{name}"
    assert posted.json["errorMessage"].startswith(message)
    assert posted.headers is not None
    assert posted.headers["lambda-runtime-function-error-type"] == f"Runtime.{name}"
    assert function.exit_status() == 129
    assert f'undefined\tERROR\tUncaught Exception \t{{"errorType":"Runtime.{name}"' in function.log


def test_the_modules_own_error_keeps_its_type(start: Start) -> None:
    posted = start("throw new RangeError('at import');").api.wait()
    assert (posted.kind, posted.json["errorType"]) == ("init", "RangeError")


def test_an_error_of_a_timer_ends_the_process(start: Start) -> None:
    function = start("""
        exports.handler = async () => {
          setTimeout(() => { throw new EvalError("later"); }, 5);
          await new Promise((resolve) => setTimeout(resolve, 5000)); };""")
    posted = function.invoke()
    assert (posted.kind, posted.request_id) == ("error", "request-1")
    assert posted.json["errorType"] == "EvalError"
    assert function.exit_status() == 129
    assert "ERROR\tUncaught Exception \t" in function.log


def test_a_promise_nobody_waits_for_ends_the_process(start: Start) -> None:
    function = start("""
        exports.handler = async () => {
          Promise.reject(new Error("forgotten"));
          await new Promise((resolve) => setTimeout(resolve, 5000)); };""")
    posted = function.invoke()
    assert posted.json["errorType"] == "Runtime.UnhandledPromiseRejection"
    assert posted.json["errorMessage"] == "Error: forgotten"
    assert function.exit_status() == 128


def test_it_may_exit(start: Start) -> None:
    function = start("exports.handler = async () => process.exit(3);")
    assert function.invoke().kind == "died"
    assert function.exit_status() == 3


def test_it_ends_when_the_runtime_api_does(start: Start) -> None:
    function = start("exports.handler = async () => 1;")
    assert function.invoke().json == 1
    function.api.close()
    assert function.exit_status() == 1


def test_too_large_a_heap_ends_the_process(start: Start) -> None:
    function = start(
        "exports.handler = async () => { for (let a = []; ; ) a.push(new Array(999).fill({})); };",
        memory_mb=64,
    )
    assert function.invoke().kind == "died"
    assert function.exit_status() != 0
    assert "heap out of memory" in function.log
