"""What a Node.js handler is called and what it may import.

AWS: "Define Lambda function handler in Node.js", "Building Lambda functions with Node.js",
"Packaging your layer content".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.functional.lambda_host_node.conftest import NodeFunction

    Start = Callable[..., NodeFunction]

ESM = "export const handler = async () => import.meta.filename.split('/').pop();"
CJS = "exports.handler = async () => __filename.split('/').pop();"


@pytest.mark.parametrize(
    ("files", "handler", "found"),
    [
        ({"index.js": CJS}, "index.handler", "index.js"),
        ({"index.cjs": CJS}, "index.handler", "index.cjs"),
        ({"index.mjs": ESM}, "index.handler", "index.mjs"),
        ({"index.js": ESM, "package.json": '{"type": "module"}'}, "index.handler", "index.js"),
        ({"src/deep/main.js": CJS}, "src/deep/main.handler", "main.js"),
        ({"src/main.js": ESM, "package.json": '{"type": "module"}'}, "src/main.handler", "main.js"),
        ({"index.js": "exports.a = { b: async () => 'nested' };"}, "index.a.b", "nested"),
        ({"index.mjs": "const x = await 1; export const handler = async () => `${x}`;"},
         "index.handler", "1"),
        ({"node_modules/pack/index.js": CJS}, "pack.handler", "index.js"),
    ],
)  # fmt: skip
def test_where_a_handler_may_be(
    start: Start, files: dict[str, str], handler: str, found: str
) -> None:
    assert start(files, handler=handler).invoke().json == found


@pytest.mark.parametrize(("runtime", "works"), [("nodejs22.x", False), ("nodejs24.x", True)])
def test_before_24_a_js_file_must_say_that_it_is_a_module(
    start: Start,
    runtime: str,
    works: bool,  # noqa: FBT001
) -> None:
    function = start("export const handler = async () => 1;", runtime=runtime)
    if works:
        assert function.invoke().json == 1
    else:
        assert function.api.wait().json["errorType"] == "Runtime.UserCodeSyntaxError"


def test_node_options_switch_on_what_aws_switches_off(start: Start) -> None:
    options = "--experimental-detect-module --experimental-require-module"
    function = start("export const handler = async () => 1;", variables={"NODE_OPTIONS": options})
    assert function.invoke().json == 1


def package(folder: Path, name: str, value: str) -> None:
    place = folder / "node_modules" / name
    place.mkdir(parents=True)
    (place / "index.js").write_text(f"exports.value = {value!r};")
    (place / "package.json").write_text(json.dumps({"name": name, "main": "index.js"}))


@pytest.fixture
def layers(tmp_path: Path) -> tuple[Path, Path]:
    """Two layers that have a package in common."""
    first, second = tmp_path / "first", tmp_path / "second"
    package(first / "nodejs", "both", "first")
    package(first / "nodejs", "one", "first")
    package(second / "nodejs", "both", "second")
    package(second / "nodejs" / "node22", "versioned", "second")
    return first, second


READ = {
    "index.js": "exports.handler = async () => ['both', 'one', 'versioned', '@aws-sdk/kept']"
    ".map((name) => require(name).value);",
    "module.mjs": "import both from 'both'; import { value as one } from 'one';"
    "import versioned from 'versioned'; import * as kept from '@aws-sdk/kept';"
    "export const handler = async () => [both.value, one, versioned.value, kept.value];",
}


@pytest.mark.parametrize("handler", ["index.handler", "module.handler"])
def test_layers_cover_each_other_and_the_sdk(
    start: Start, layers: tuple[Path, Path], tmp_path: Path, handler: str
) -> None:
    sdk = tmp_path / "sdk"
    package(sdk, "@aws-sdk/kept", "sdk")
    function = start(READ, handler=handler, layers=layers, sdk=sdk)
    assert function.invoke().json == ["second", "first", "second", "sdk"]


@pytest.mark.parametrize("handler", ["index.handler", "module.handler"])
def test_a_functions_own_copy_wins(start: Start, tmp_path: Path, handler: str) -> None:
    sdk = tmp_path / "sdk"
    package(sdk, "@aws-sdk/kept", "sdk")
    own = {"node_modules/@aws-sdk/kept/index.js": "exports.value = 'own';"}
    files = {
        **own,
        "index.js": "exports.handler = async () => require('@aws-sdk/kept').value;",
        "module.mjs": "import { value } from '@aws-sdk/kept';"
        "export const handler = async () => value;",
    }
    assert start(files, handler=handler, sdk=sdk).invoke().json == "own"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"index.js": "require('@aws-sdk/client-rare');"}, "Runtime.ImportModuleError"),
        ({"index.mjs": "import '@aws-sdk/client-rare';"}, "Error"),
    ],
)
def test_a_client_that_is_not_kept_says_so(
    start: Start, tmp_path: Path, files: dict[str, str], kind: str
) -> None:
    sdk = tmp_path / "sdk"
    package(sdk, "@aws-sdk/kept", "sdk")
    error = start(files, sdk=sdk).api.wait().json
    assert error["errorType"] == kind
    assert (
        "@aws-sdk/client-rare is not among the clients that preamp keeps" in error["errorMessage"]
    )


def test_an_sdk_that_could_not_be_fetched_names_the_log(start: Start, tmp_path: Path) -> None:
    (tmp_path / "sdk.log").write_text("no network")
    function = start({"index.js": "require('@aws-sdk/client-s3');"}, sdk=tmp_path / "sdk")
    error = function.api.wait().json
    assert f"could not be fetched, see {tmp_path / 'sdk.log'}" in error["errorMessage"]
