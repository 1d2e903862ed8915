"""Handlers for Node.js that cannot be bundled: told at the user's file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.functional.bundling_node.conftest import DEFINED

from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.functional.bundling_node.conftest import NodeProject


def refusal(project: NodeProject, entry: str) -> UserError:
    with pytest.raises(UserError) as raised:
        project.bundle(entry)
    return raised.value


def test_a_syntax_error_is_told_where_it_is(project: NodeProject) -> None:
    project.write("fn/fn.ts", 'import "./other";\nexport const handler = () => 1;\n')
    project.write("fn/other.ts", "const fine = 1;\n\tconst broken = ;\n")
    error = refusal(project, "fn/fn.ts")
    assert error.code == "HandlerBundlingError"
    assert error.message == 'unexpected ";"'
    assert list(error.sites) == [Site("fn/other.ts", 2), DEFINED]
    assert list(error.details) == ["\tconst broken = ;", "\t               ^"]


def test_imports_that_lead_nowhere_are_told_all_at_once(project: NodeProject) -> None:
    project.write(
        "fn.ts",
        'import a from "not-installed/part";\nimport b from "./gone";\n'
        "export const handler = () => [a, b];\n",
    )
    error = refusal(project, "fn.ts")
    assert "npm install not-installed;" in error.hint
    assert list(error.sites) == [Site("fn.ts", 1), Site("fn.ts", 2), DEFINED]
    assert any("./gone" in line for line in error.details)


def test_a_missing_file_of_the_project_is_no_package(project: NodeProject) -> None:
    project.write("fn.ts", 'export { handler } from "./gone";\n')
    assert "create the file" in refusal(project, "fn.ts").hint


def test_the_environment_of_no_function_is_refused_at_its_import(project: NodeProject) -> None:
    project.write(
        "fn.ts", '\nimport { env } from "$amplify/env/greetr";\nexport const handler = () => env;\n'
    )
    error = refusal(project, "fn.ts")
    assert '"greetr"' in error.message
    assert list(error.sites) == [Site("fn.ts", 2), DEFINED]


def test_an_entry_that_exports_no_handler_is_refused(project: NodeProject) -> None:
    project.write("fn.ts", "export const handlr = () => 1;\n")
    error = refusal(project, "fn.ts")
    assert error.code == "HandlerNotFoundError"
    assert list(error.sites) == [Site("fn.ts", 1), DEFINED]


def test_an_entry_that_is_not_there_is_refused_with_its_neighbour(project: NodeProject) -> None:
    project.write("handler.ts", "")
    error = refusal(project, "handlr.ts")
    assert error.code == "EntryNotFoundError"
    assert "handler.ts" in error.hint


def test_an_esbuild_that_cannot_be_fetched_is_told_with_its_log(
    project: NodeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAMP_CACHE_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1")
    project.write("fn.ts", "export const handler = () => 1;\n")
    error = refusal(project, "fn.ts")
    assert error.code == "EsbuildMissingError"
    (log,) = (tmp_path / "user").rglob("*.log")
    assert str(log) in error.hint
    assert "ECONNREFUSED" in log.read_text()


def test_the_projects_own_esbuild_is_taken(project: NodeProject) -> None:
    project.write("fn/fn.ts", "export const handler = () => 1;\n")
    project.write("node_modules/esbuild/package.json", '{"version": "0.1.0", "main": "main.js"}')
    project.write("node_modules/esbuild/main.js", "throw new Error('of another platform');")
    error = refusal(project, "fn/fn.ts")
    assert error.code == "EsbuildMissingError"
    assert "of another platform" in error.message


def test_what_lambda_would_not_take_is_refused(
    project: NodeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preamp.bundling.size.UNZIPPED_LIMIT", 1024)
    project.write("fn.ts", f'export const handler = () => "{"x" * 2048}";\n')
    error = refusal(project, "fn.ts")
    assert error.code == "BundleTooLargeError"
    assert error.message.startswith("the bundle of fn.ts is ")
    assert list(error.sites) == [DEFINED]
