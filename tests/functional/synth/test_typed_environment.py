"""The environment of a function, typed for the editor beside its handler."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from tests.synthesis import synthesize

from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BACKEND: Final = """
from preamp import define_backend, define_function, secret

hello = define_function(
    name="say-hello",
    entry="hello/handler.py",
    environment={"GREETING": "hello", "API_KEY": secret("API_KEY")},
)
typed = define_function(name="typed-one", entry="typed.ts", environment={"MARK": "!"})
backend = define_backend(hello=hello, typed=typed)
backend[hello].add_environment("LATE", "yes")
backend[hello].add_parameter("BUCKET", "/amplify/reference/BUCKET")
backend[typed].resources.lambda_.add_environment("OF_THE_CDK", "yes")
"""
HANDLER: Final = """
from .amplify_env.say_hello import env

def handler(event: object, context: object) -> str:
    return f"{env.GREETING} {env.API_KEY} {env.LATE} {env.BUCKET} {env.AWS_REGION}"

def other(env: str) -> list[str]:
    another = [env.upper() for env in ("a", "b")]
    return [*another, env.lower()]
"""
TYPED: Final = """
import { env } from "$amplify/env/typed-one";
export const handler = async (): Promise<string> => env.MARK;
"""


def project(folder: Path, **files: str) -> Path:
    files = {"backend.py": BACKEND, "hello/handler.py": HANDLER, "typed.ts": TYPED} | files
    for name, text in files.items():
        place = folder / "amplify" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    for package in ("amplify", "amplify/hello"):
        (folder / package / "__init__.py").touch()
    return folder


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project above, synthesized."""
    folder = project(tmp_path_factory.mktemp("typed"))
    synthesize(folder, folder / "out")
    return folder


def assets(output: Path) -> set[str]:
    return {each.name for each in output.glob("asset.*")}


def bundle(synthesized: Path) -> Path:
    """The bundle of the Python handler."""
    return next((synthesized / "out").glob("asset.*/preamp/runtime/environment.py")).parents[2]


def test_it_is_written_with_every_variable(synthesized: Path) -> None:
    text = (synthesized / "amplify/hello/amplify_env/say_hello.py").read_text()
    declared = [line.strip() for line in text.splitlines() if line.endswith(": str")]
    assert declared == ["API_KEY: str", "BUCKET: str", "GREETING: str", "LATE: str"]
    typescript = (synthesized / ".amplify/generated/env/typed-one.ts").read_text()
    for name in ("MARK", "OF_THE_CDK", "AWS_REGION"):
        assert f"  {name}: string;\n" in typescript
    assert "AMPLIFY_SSM_ENV_CONFIG" not in text + typescript


def test_git_passes_it_over(synthesized: Path) -> None:
    (synthesized / ".gitignore").write_text("/out/\n/.out.*\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=synthesized, check=True)
    done = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"],
        cwd=synthesized,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "handler.py" in done.stdout
    assert "amplify_env" not in done.stdout
    assert ".amplify/" not in done.stdout


def runtime_alone(synthesized: Path, folder: Path) -> Path:
    """What a bundle has of preamp."""
    shutil.copytree(bundle(synthesized) / "preamp", folder / "preamp")
    return folder


def test_a_type_checker_catches_a_name_that_does_not_exist(
    synthesized: Path, tmp_path: Path
) -> None:
    wrong = HANDLER.replace("env.GREETING", "env.GREETNG")
    (synthesized / "amplify" / "hello" / "wrong.py").write_text(wrong, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-site-packages", "amplify/hello"],
        cwd=synthesized,
        # the one module of ours that counts here; all of them bring the CDK's types along
        env={"MYPYPATH": str(runtime_alone(synthesized, tmp_path))},
        capture_output=True,
        text=True,
        check=False,
    )
    (synthesized / "amplify" / "hello" / "wrong.py").unlink()
    (told,) = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert told.startswith("amplify/hello/wrong.py:5: error:")
    assert '"GREETNG"' in told


def test_bundles_do_not_depend_on_what_was_written(synthesized: Path, tmp_path: Path) -> None:
    synthesize(synthesized, tmp_path / "again")
    assert assets(tmp_path / "again") == assets(synthesized / "out")
    bundled = bundle(synthesized) / "amplify" / "hello" / "amplify_env" / "say_hello.py"
    assert "GREETING" not in bundled.read_text()


def test_the_module_runs_in_a_bundle_and_beside_the_handler(synthesized: Path) -> None:
    program = "from amplify.hello.amplify_env.say_hello import env; print(env.GREETING)"
    for place in (bundle(synthesized), synthesized):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=place,
            env={"GREETING": "hej"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "hej\n", done.stderr


def test_a_variable_that_is_not_defined_is_refused_where_it_is_read(tmp_path: Path) -> None:
    wrong = HANDLER.replace("env.GREETING", "env.GREETNG")
    place = project(tmp_path, **{"hello/handler.py": wrong})
    with pytest.raises(UserError) as raised:
        synthesize(place, tmp_path / "out")
    assert raised.value.code == "UnknownEnvironmentVariableError"
    assert "did you mean 'GREETING'" in raised.value.message
    assert str(raised.value.sites[0]) == "amplify/hello/handler.py:5"


def test_the_environment_of_no_function_is_refused_where_it_is_imported(tmp_path: Path) -> None:
    wrong = HANDLER.replace("say_hello", "sayhello")
    place = project(tmp_path, **{"hello/handler.py": wrong})
    with pytest.raises(UserError) as raised:
        synthesize(place, tmp_path / "out")
    assert raised.value.code == "UnknownEnvironmentError"
    assert str(raised.value.sites[0]) == "amplify/hello/handler.py:2"


def test_a_handler_that_does_not_ask_gets_no_file(tmp_path: Path) -> None:
    plain = "def handler(event, context): ...\n"
    place = project(
        tmp_path, **{"hello/handler.py": plain, "typed.ts": "export const handler = () => 1;\n"}
    )
    synthesize(place, tmp_path / "out")
    assert not list(tmp_path.glob("amplify/**/amplify_env"))
    assert not (tmp_path / ".amplify").exists()
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())
