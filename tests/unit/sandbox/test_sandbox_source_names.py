"""Files of functions' code, named as the project's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.assembly.read import AssemblyStack, CloudAssembly, FileAsset
from preamp.contract.local_code import LocalCode
from preamp.sandbox.source_names import SourceNames

if TYPE_CHECKING:
    from pathlib import Path


def function(key: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": key}}}


@pytest.fixture
def names(tmp_path: Path) -> SourceNames:
    """Two functions that have each a ``main.py``, and one whose code was made elsewhere."""
    assets = []
    for name in ("greet", "sweep", "given"):
        code = tmp_path / name
        code.mkdir()
        sources = {"main.py": tmp_path / f"amplify/{name}/main.py"}
        LocalCode(sources={} if name == "given" else sources).write(code)
        assets.append(FileAsset(name, name, code, "zip", "bucket", f"{name}.zip"))
    resources = {name.title(): function(f"{name}.zip") for name in ("greet", "sweep", "given")}
    stack = AssemblyStack("jobs", tmp_path / "t.json", {"Resources": resources}, {}, {})
    assembly = CloudAssembly(tmp_path, "stack", stack, assets[0], tuple(assets))
    return SourceNames(assembly, tmp_path)


@pytest.mark.parametrize("name", ["greet", "sweep"])
def test_a_traceback_names_the_functions_own_file(names: SourceNames, name: str) -> None:
    line = '  File "/var/task/main.py", line 3, in handler'
    expected = f'  File "amplify/{name}/main.py", line 3, in handler'
    assert names.named(f"jobs/{name.title()}", line) == expected


@pytest.mark.parametrize("place", ["/var/task/main.py", "file:///var/task/main.py"])
def test_lines_and_columns_stay(names: SourceNames, place: str) -> None:
    line = f"    at handler ({place}:12:7)"
    assert names.named("jobs/Greet", line) == "    at handler (amplify/greet/main.py:12:7)"


def test_what_a_source_map_names_is_relative_to_the_project(
    names: SourceNames, tmp_path: Path
) -> None:
    for place in (f"file://{tmp_path}/amplify/a.ts:2:1", f"{tmp_path}/amplify/a.ts:2:1"):
        assert names.named("jobs/Given", f"    at f ({place})") == "    at f (amplify/a.ts:2:1)"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("jobs/Greet", 'File "/var/task/library.py", line 3'),
        ("jobs/Given", 'File "/var/task/main.py", line 3'),
        ("jobs/Gone", 'File "/var/task/main.py", line 3'),
        ("jobs/Greet", "nothing of the kind"),
    ],
)
def test_what_is_no_file_of_the_project_stays_as_it_is(
    names: SourceNames, path: str, text: str
) -> None:
    assert names.named(path, text) == text
