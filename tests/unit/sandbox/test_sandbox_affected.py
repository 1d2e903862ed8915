"""Which changes of files can change an assembly."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from preamp.assembly.project import Project
from preamp.assembly.read import AssemblyStack, CloudAssembly, FileAsset
from preamp.contract.local_code import LocalCode
from preamp.sandbox.affected import affects_assembly

HANDLER = """# /// script
# dependencies = ["six"]
# ///
import json
from .texts import GREETING

def handler(event, context):
    return GREETING
"""
FILES = {
    "README.md": "",
    "pyproject.toml": "",
    "amplify/__init__.py": "",
    "amplify/backend.py": "from .shared import NAME",
    "amplify/shared.py": "NAME = 1",
    "amplify/schema.graphql": "",
    "amplify/greet/__init__.py": "",
    "amplify/greet/main.py": HANDLER,
    "amplify/greet/texts.py": "GREETING = 'hello'",
    "amplify/greet/words.json": "[]",
    "amplify/greet/.env": "",
    "site/index.html": "",
    "site/deep/page.html": "",
    "tests/test_backend.py": "",
    "tools/release.py": "",
}
BUNDLED = [name for name in FILES if name.startswith("amplify/greet/") and ".env" not in name]
INPUTS = frozenset(
    {
        "amplify/__init__.py",
        "amplify/backend.py",
        "amplify/shared.py",
        "amplify/schema.graphql",
        "amplify/missing.toml",
        "site/",
        "site/deep/",
    }
)


class Changed:
    """A project with an assembly, which is asked about changes."""

    def __init__(
        self,
        folder: Path,
        inputs: frozenset[str] | None = INPUTS,
        handler: str = "amplify.greet.main.handler",
    ) -> None:
        self.project = Project(folder / "shop", Path("amplify/backend.py"), "shop")
        for name, text in FILES.items():
            self.write(name, text)
        code = folder / "asset.1"
        sources = {
            name: self.project.directory / name for name in ("amplify/__init__.py", *BUNDLED)
        }
        for name, file in sources.items():
            (code / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, code / name)
        LocalCode(sources=sources).write(code)
        self.assembly = self._assembly(folder, code, inputs, handler)

    def write(self, name: str, text: str) -> Path:
        file = self.project.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def affects(self, *names: str) -> bool:
        changed = [self.project.directory / name for name in names]
        return affects_assembly(changed, self.assembly, self.project)

    def saves(self, name: str, text: str) -> bool:
        """Whether saving a text in a file affects the assembly."""
        self.write(name, text)
        return self.affects(name)

    @staticmethod
    def _assembly(
        folder: Path, code: Path, inputs: frozenset[str] | None, handler: str
    ) -> CloudAssembly:
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Handler": handler},
        }
        stack = AssemblyStack("", folder / "t.json", {"Resources": {"F": function}}, {}, {})
        assets = tuple(
            FileAsset(str(number), path.name, path, "zip", "bucket", "key")
            for number, path in enumerate([code, folder / "t.json"])
        )
        return CloudAssembly(folder, "stack", stack, assets[1], assets, inputs=inputs)


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    return Changed(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "amplify/README.md",
        "amplify/greet/.env",
        "amplify/greet/.main.py.swp",
        "amplify/greet/main.py~",
        "amplify/greet/tests/data.json",
        "tests/test_backend.py",
        "tools/release.py",
        "amplify_outputs.json",
        ".preamp/sandbox/assembly/manifest.json",
        ".git/index",
        "amplify/__pycache__/backend.cpython-311.pyc",
        ".venv/lib/python3.11/site-packages/six.py",
    ],
)
def test_what_nothing_depends_on_does_not(changed: Changed, name: str) -> None:
    assert not changed.affects(name)


@pytest.mark.parametrize(
    "name",
    [
        "amplify/backend.py",
        "amplify/shared.py",
        "amplify/schema.graphql",
        "amplify/missing.toml",
        "amplify",
        "site/index.html",
        "site/new.html",
        "site/deep/page.html",
        "site",
    ],
)
def test_what_the_definition_read_does(changed: Changed, name: str) -> None:
    assert changed.affects(name)


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml",
        "uv.lock",
        "requirements.txt",
        "amplify/greet/requirements.txt",
        "requirements/base-requirements.in",
        "cdk.json",
    ],
)
def test_what_declares_dependencies_does(changed: Changed, name: str) -> None:
    assert changed.affects(name)


@pytest.mark.parametrize("name", ["amplify/new.py", "amplify/greet/new.py", "new.py"])
def test_a_module_that_may_have_come_just_now_does(changed: Changed, name: str) -> None:
    assert changed.affects(name)


def test_a_file_outside_the_project_does(changed: Changed, tmp_path: Path) -> None:
    assert affects_assembly([tmp_path / "elsewhere.py"], changed.assembly, changed.project)


def test_one_of_many_is_enough(changed: Changed) -> None:
    assert changed.affects("README.md", "amplify/shared.py")
    assert not changed.affects()


def test_a_new_body_of_a_handler_does_not(changed: Changed) -> None:
    text = HANDLER.replace("return GREETING", "return {'body': GREETING}")
    assert not changed.saves("amplify/greet/main.py", text + "\ndef helper(): pass\n")


def test_a_syntax_error_in_a_handler_does_not(changed: Changed) -> None:
    assert not changed.saves("amplify/greet/main.py", HANDLER + "def (")


def test_new_content_of_a_bundled_data_file_does_not(changed: Changed) -> None:
    assert not changed.saves("amplify/greet/words.json", "[1]")


def test_an_import_that_comes_or_goes_does(changed: Changed) -> None:
    assert changed.saves("amplify/greet/main.py", HANDLER + "import csv\n")
    assert changed.saves("amplify/greet/main.py", HANDLER.replace("import json\n", ""))


def test_an_import_in_a_module_of_a_handler_does(changed: Changed) -> None:
    assert changed.saves("amplify/greet/texts.py", "import csv\nGREETING = ''")
    assert not changed.saves("amplify/greet/texts.py", "GREETING = 'hi'")


def test_imports_that_only_move_do_not(changed: Changed) -> None:
    assert not changed.saves("amplify/greet/main.py", "\n\n" + HANDLER)


def test_other_inline_dependencies_do(changed: Changed) -> None:
    assert changed.saves("amplify/greet/main.py", HANDLER.replace("six", "seven"))


def test_a_handler_that_is_no_longer_defined_does(changed: Changed) -> None:
    assert changed.saves("amplify/greet/main.py", HANDLER.replace("def handler", "def other"))


def test_a_file_that_comes_to_a_bundle_or_leaves_it_does(changed: Changed) -> None:
    assert changed.saves("amplify/greet/more.json", "[]")
    assert changed.saves("amplify/greet/deep/more.json", "[]")
    (changed.project.directory / "amplify/greet/words.json").unlink()
    assert changed.affects("amplify/greet/words.json")
    shutil.rmtree(changed.project.directory / "amplify/greet")
    assert changed.affects("amplify/greet")


def test_it_is_the_same_for_a_handler_behind_an_entry_of_ours(tmp_path: Path) -> None:
    changed = Changed(tmp_path, handler="preamp_entry.amplify.greet.main.handler")
    assert not changed.affects("amplify/README.md")
    assert changed.saves("amplify/greet/more.json", "[]")
    assert not changed.saves("amplify/greet/main.py", HANDLER + "def (")


def test_a_changed_secret_does_where_secrets_are_used(changed: Changed) -> None:
    record = ".preamp/me/secrets.json"
    assert not changed.affects(record)
    changed.assembly = replace(changed.assembly, secrets={"KEY": ()})
    assert changed.affects(record)


def test_everything_does_where_it_is_not_known_what_was_read(tmp_path: Path) -> None:
    changed = Changed(tmp_path, inputs=None)
    assert changed.affects("README.md")
    assert not changed.affects()
