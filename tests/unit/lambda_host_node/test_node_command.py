"""How a Node.js worker is started.

AWS: "Building Lambda functions with Node.js", "Packaging your layer content".
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from preamp.lambda_host.node.command import RUNTIME, node_command
from preamp.lambda_host.specification import FunctionSpec

NODE = Path("/bin/node")
CODE = Path("/code")
NOT_DETECTED = ["--no-experimental-require-module", "--no-experimental-detect-module"]
NOT_WARNED = ["--disable-warning=DEP0169"]


def spec_of(**changes: Any) -> FunctionSpec:
    known: dict[str, Any] = {
        "name": "tried",
        "arn": "arn",
        "version": "1",
        "runtime": "nodejs24.x",
        "handler": "index.handler",
        "code": CODE,
        "region": "eu-west-1",
        "account": "1",
        "endpoint": "http://127.0.0.1:1",
        "credentials": dict,
    }
    return FunctionSpec(**{**known, **changes})


def options_of(spec: FunctionSpec, **others: Any) -> list[str]:
    argv = node_command(spec, NODE, None, **others).argv
    assert argv[0] == str(NODE)
    return list(argv[1 : argv.index(str(RUNTIME))])


def search_path(spec: FunctionSpec, sdk: Path | None = None) -> list[str]:
    return node_command(spec, NODE, sdk).env["NODE_PATH"].split(os.pathsep)


@pytest.mark.parametrize(("memory", "old", "young"), [(128, 115, 6), (1000, 900, 16)])
def test_the_heap_is_a_part_of_the_memory(memory: int, old: int, young: int) -> None:
    expected = [f"--max-old-space-size={old}", f"--max-semi-space-size={young}"]
    assert options_of(spec_of(memory_mb=memory)) == expected


def test_a_bundle_with_its_map_is_traced_to_its_sources(tmp_path: Path) -> None:
    assert "--enable-source-maps" not in options_of(spec_of(code=tmp_path))
    (tmp_path / "index.mjs.map").touch()
    assert "--enable-source-maps" in options_of(spec_of(code=tmp_path))


@pytest.mark.parametrize("option", ["--max-old-space-size=50", "--max_old_space_size=50"])
def test_a_functions_own_heap_size_wins(option: str) -> None:
    variables = {"NODE_OPTIONS": f"--enable-source-maps {option}"}
    assert options_of(spec_of(variables=variables)) == []


@pytest.mark.parametrize("runtime", ["nodejs18.x", "nodejs20.x", "nodejs22.x"])
def test_up_to_22_modules_are_not_detected(runtime: str) -> None:
    assert options_of(spec_of(runtime=runtime))[2:] == NOT_DETECTED + NOT_WARNED


def test_unless_the_function_asks_for_it() -> None:
    variables = {"NODE_OPTIONS": "--experimental-require-module"}
    spec = spec_of(runtime="nodejs22.x", variables=variables)
    assert options_of(spec)[2:] == NOT_DETECTED[1:] + NOT_WARNED


def test_more_options_may_be_given() -> None:
    assert options_of(spec_of(), options=["--inspect-wait=0"])[-1] == "--inspect-wait=0"


def test_packages_are_looked_for_in_layers_then_in_the_sdk(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first / "nodejs", second / "nodejs", first / "nodejs" / "node24"):
        (folder / "node_modules").mkdir(parents=True)
    assert search_path(spec_of(layers=(first, second)), tmp_path / "sdk") == [
        str(first / "nodejs" / "node24" / "node_modules"),
        str(second / "nodejs" / "node_modules"),
        str(first / "nodejs" / "node_modules"),
        str(tmp_path / "sdk" / "node_modules"),
        str(CODE),
    ]


def test_a_functions_own_search_path_is_translated(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    own = {"NODE_PATH": "/opt/lib:/opt/missing:/var/task/more:/elsewhere"}
    found = search_path(spec_of(layers=(tmp_path,), variables=own), Path("/sdk"))
    assert found == [str(tmp_path / "lib"), str(CODE / "more"), "/elsewhere"]


def test_a_missing_sdk_is_explained(tmp_path: Path) -> None:
    def problem(sdk: Path | None) -> str:
        return node_command(spec_of(), NODE, sdk).argv[-1]

    sdk = tmp_path / "sdk"
    assert "was not made ready" in problem(None)
    assert "is not fetched yet" in problem(sdk)
    (tmp_path / "sdk.log").touch()
    assert problem(sdk).endswith(f"could not be fetched, see {tmp_path / 'sdk.log'}")
    (sdk / "node_modules").mkdir(parents=True)
    assert problem(sdk) == str(RUNTIME)
