"""What a bundle for Node.js has in it, and that Node runs it.

Amplify Gen 2, "Functions"; esbuild, "Build API".
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from preamp.bundling.node.esbuild import ESBUILD
from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.functional.bundling_node.conftest import NodeProject

GREETER = """
import { env } from "$amplify/env/greeter";
import { greet } from "./greet";

export const handler = async (event: { name: string }): Promise<string> =>
  greet(event.name, env.MARK);
"""
GREET = "export const greet = (name: string, mark: string) => `Hello ${name}${mark}`;\n"


def call(directory: Path, event: object = None, **variables: str) -> object:
    """Call the handler of a bundle in a Node of its own."""
    program = f"""
        const {{ handler }} = await import({json.dumps((directory / "index.mjs").as_uri())});
        process.stdout.write(JSON.stringify(await handler({json.dumps(event)})));
    """
    done = subprocess.run(
        [node_binary(), "--input-type=module", "--eval", program],
        capture_output=True,
        text=True,
        env=variables,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_typescript_handler_comes_with_all_that_it_imports(project: NodeProject) -> None:
    project.write("fn/greeter.ts", GREETER)
    project.write("fn/greet.ts", GREET)
    bundle = project.bundle("fn/greeter.ts")
    assert {each.name for each in bundle.directory.iterdir()} == {"index.mjs", "index.mjs.map"}
    assert bundle.handler == "index.handler"
    assert call(bundle.directory, {"name": "Ada"}, MARK="!") == "Hello Ada!"
    known = {each.relative_to(project.folder.resolve()).as_posix() for each in bundle.sources}
    assert known == {"fn/greeter.ts", "fn/greet.ts"}


def test_packages_come_along_unless_a_layer_brings_them(project: NodeProject) -> None:
    project.write("node_modules/words/package.json", '{"name": "words", "main": "index.js"}')
    project.write("node_modules/words/index.js", 'exports.word = "inside the package";')
    project.write("fn.mjs", 'import { word } from "words";\nexport const handler = () => word;\n')
    assert call(project.bundle("fn.mjs").directory) == "inside the package"
    assert "inside the package" not in project.code("fn.mjs", external=("words",))


def test_a_commonjs_handler_is_found_and_has_what_it_expects(project: NodeProject) -> None:
    project.write(
        "fn.cjs",
        'const { sep } = require("node:path");\n'
        "exports.handler = async () => [sep, __filename.endsWith('index.mjs'), !!__dirname];\n",
    )
    assert call(project.bundle("fn.cjs").directory) == ["/", True, True]


def test_the_sdk_is_the_projects_own_or_else_that_of_aws(project: NodeProject) -> None:
    text = 'import { name } from "@aws-sdk/client-s3";\nexport const handler = () => name;\n'
    project.write("fn.ts", text)
    assert 'from"@aws-sdk/client-s3"' in project.code("fn.ts")
    project.write("node_modules/@aws-sdk/client-s3/package.json", '{"main": "index.js"}')
    project.write("node_modules/@aws-sdk/client-s3/index.js", 'export const name = "installed";')
    project.write("node_modules/.package-lock.json", "{}")
    assert call(project.bundle("fn.ts").directory) == "installed"


def test_minify_and_the_runtime_are_esbuilds(project: NodeProject) -> None:
    project.write("fn.ts", "export const handler = async (event?: any) => event?.long ?? 1;\n")
    small, large = project.code("fn.ts"), project.code("fn.ts", minify=False)
    assert len(small) < len(large)
    assert "var handler" not in small
    assert "var handler" in large
    assert project.bundle("fn.ts", "nodejs18.x").digest == project.bundle("fn.ts").digest


def test_a_bundle_is_the_same_wherever_the_project_lies(
    project: NodeProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = type(project)(tmp_path_factory.mktemp("elsewhere"))
    for each in (project, other):
        each.write("fn/greeter.ts", GREETER)
        each.write("fn/greet.ts", GREET)
    bundle = project.bundle("fn/greeter.ts")
    assert bundle.digest == other.bundle("fn/greeter.ts").digest
    sources = json.loads((bundle.directory / "index.mjs.map").read_text())["sources"]
    assert {"fn/greeter.ts", "fn/greet.ts"} <= set(sources)
    local = project.bundle("fn/greeter.ts", local=True)
    root = json.loads((local.directory / "index.mjs.map").read_text())["sourceRoot"]
    assert root == f"{project.folder.as_uri()}/"


def test_the_source_map_leads_to_the_users_lines(project: NodeProject) -> None:
    project.write("fn.ts", "\n\nexport const handler = async () => { throw new Error('here'); };\n")
    index = project.bundle("fn.ts").directory / "index.mjs"
    program = f"await (await import({json.dumps(index.as_uri())})).handler()"
    done = subprocess.run(
        [node_binary(), "--enable-source-maps", "--input-type=module", "--eval", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "fn.ts:3:" in done.stderr


def test_esbuild_is_not_asked_again_while_nothing_has_changed(project: NodeProject) -> None:
    project.write("fn.ts", "export const handler = () => 1;\n")
    bundle = project.bundle("fn.ts")
    (recipe,) = project.cache.glob("recipes/*")
    kept = recipe.stat().st_ino
    assert project.bundle("fn.ts") == bundle
    assert recipe.stat().st_ino == kept
    project.write("fn.ts", "export const handler = () => 1; // another\n")
    project.bundle("fn.ts")
    assert recipe.stat().st_ino != kept


def change_an_import(project: NodeProject) -> None:
    project.write("fn/greet.ts", GREET.replace("Hello", "Bonjour"))


def add_what_an_import_means_from_now_on(project: NodeProject) -> None:
    project.write("fn/greet.tsx", GREET.replace("Hello", "Bonjour"))
    (project.folder / "fn" / "greet.ts").unlink()


@pytest.mark.parametrize("change", [change_an_import, add_what_an_import_means_from_now_on])
def test_a_change_of_what_it_is_made_of_makes_another(
    project: NodeProject, change: Callable[[NodeProject], None]
) -> None:
    project.write("fn/greeter.ts", GREETER)
    project.write("fn/greet.ts", GREET)
    project.bundle("fn/greeter.ts")
    change(project)
    assert "Bonjour" in project.code("fn/greeter.ts")


def test_settings_of_typescript_that_are_new_count(project: NodeProject) -> None:
    project.write(
        "fn.ts", "@mark class Fn {}\ndeclare const mark: any;\nexport { Fn as handler };\n"
    )
    plain = project.bundle("fn.ts")
    project.write("tsconfig.json", '{"compilerOptions": {"experimentalDecorators": true}}')
    assert project.bundle("fn.ts").digest != plain.digest


def test_our_esbuild_is_pinned_and_has_a_checksum_for_every_platform() -> None:
    wanted = json.loads(ESBUILD.packages.read_text())["dependencies"]
    locked = json.loads(ESBUILD.lock.read_text())["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert len(locked) > 20
    for package in locked.values():
        assert package["version"] == wanted["esbuild"]
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package
