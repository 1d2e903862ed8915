"""Where dependencies are declared, and what a malformed declaration gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import pytest

from preamp.bundling.declaration import Dependencies
from preamp.bundling.dependencies import find_dependencies
from preamp.bundling.entry import read_entry
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from tests.functional.bundling.bundled_project import Options, Project

OK = "def handler(e, c): ...\n"


def declared(
    project: Project, entry: str = "amplify/fn/h.py", **options: Unpack[Options]
) -> Dependencies:
    request = project.request(entry, **options)
    return find_dependencies(read_entry(request), request)


def texts(found: Dependencies) -> list[str]:
    return [each.text for each in found.requirements]


@pytest.fixture
def everywhere(project: Project) -> Project:
    """A project that declares dependencies in every place there is."""
    project.write("requirements.txt", "at-the-top")
    project.write("pyproject.toml", '[project]\ndependencies = ["at-the-top"]')
    project.write("amplify/__init__.py")
    project.write("amplify/requirements.txt", "in-amplify")
    project.write("amplify/fn/pyproject.toml", '[project]\ndependencies = ["in-pyproject"]')
    project.write("amplify/fn/requirements.txt", "beside")
    project.write("amplify/fn/h.py", f'# /// script\n# dependencies = ["inline"]\n# ///\n{OK}')
    return project


def test_the_nearest_declaration_wins(everywhere: Project) -> None:
    def found() -> list[str]:
        return texts(declared(everywhere))

    assert texts(declared(everywhere, dependencies=("given",))) == ["given"]
    assert texts(declared(everywhere, dependencies=())) == []
    assert found() == ["inline"]
    everywhere.write("amplify/fn/h.py", OK)
    assert found() == ["beside"]
    (everywhere.folder / "amplify/fn/requirements.txt").unlink()
    assert found() == ["in-pyproject"]
    everywhere.write("amplify/fn/pyproject.toml", "[tool.ruff]")
    assert found() == ["in-amplify"]
    (everywhere.folder / "amplify/requirements.txt").unlink()
    assert found() == []


def test_a_requirements_file_is_read_with_what_it_includes(project: Project) -> None:
    project.write("fn/h.py", OK)
    project.write(
        "fn/requirements.txt",
        "# comment\n--index-url https://index.example/simple\n\nsix==1.16.0 \\\n"
        "    --hash=sha256:aa \\\n    --hash=sha256:bb  # why\n-r more/extra.txt\n"
        "-c limits.txt\n-f wheels\n",
    )
    project.write("fn/more/extra.txt", "IDNA[x] ; python_version > '3'\n-r ../requirements.txt")
    project.write("fn/limits.txt", "idna<4")

    found = declared(project, "fn/h.py")

    assert texts(found) == ["six==1.16.0", "IDNA[x] ; python_version > '3'"]
    assert [each.site for each in found.requirements] == [
        Site("fn/requirements.txt", 4),
        Site("fn/more/extra.txt", 1),
    ]
    assert [each.text for each in found.constraints] == ["idna<4"]
    assert found.hashes == {"six": {"sha256:aa", "sha256:bb"}}
    assert found.options == (
        "--index-url https://index.example/simple",
        f"-f {(project.folder / 'fn/wheels').resolve()}",
    )


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("fn/requirements.txt", "idna\n\nfoo bar\n", 3),
        ("fn/requirements.txt", "idna\n-e .\n", 2),
        ("fn/requirements.txt", "idna\n./wheel\n", 2),
        ("fn/requirements.txt", "-r nothing.txt\n", 1),
        ("fn/requirements.txt", "--indx-url x\n", 1),
        ("fn/pyproject.toml", '[project]\nname = "x"\ndependencies = [\n  "ok",\n  "no t",\n]', 5),
        ("fn/pyproject.toml", '[project]\ndependencies = ["a"\nname = 1', 3),
        ("fn/pyproject.toml", '[project]\ndependencies = "a"', 1),
        ("fn/h.py", f'# x\n# /// script\n# dependencies = [\n#   "no t",\n# ]\n# ///\n{OK}', 4),
        ("fn/h.py", f"# x\n# /// script\n# dependencies = [\n#   no,\n# ]\n# ///\n{OK}", 4),
        ("fn/h.py", f"# /// script\n# dependencies = []\n{OK}", 1),
        ("fn/h.py", f"# /// script\n# ///\n\n# /// script\n# ///\n{OK}", 4),
        ("fn/h.py", f"# /// script\n# requires-python = 'x'\n# ///\n{OK}", 1),
    ],
)
def test_a_malformed_declaration_is_shown_with_file_and_line(
    project: Project, path: str, text: str, line: int
) -> None:
    project.write("fn/h.py", OK)
    project.write(path, text)

    with pytest.raises(UserError) as caught:
        declared(project, "fn/h.py")

    assert caught.value.code == "DependencySyntaxError"
    assert caught.value.sites[0] == Site(path, line)


def test_text_in_another_encoding_is_malformed(project: Project) -> None:
    project.write("fn/h.py", OK)
    project.write("fn/requirements.txt").write_bytes(b"\xff\xfe")

    with pytest.raises(UserError, match="not UTF-8"):
        declared(project, "fn/h.py")


@pytest.mark.parametrize("name", ["aws-cdk-lib", "AWS_CDK.lib", "constructs", "jsii", "preamp"])
def test_the_cdk_is_no_dependency_of_a_handler(project: Project, name: str) -> None:
    project.write("fn/h.py", OK)
    project.write("fn/requirements.txt", f"idna\n{name}>1\n")

    with pytest.raises(UserError) as caught:
        declared(project, "fn/h.py")

    assert caught.value.code == "DependencyNotForLambdaError"
    assert caught.value.sites == (Site("fn/requirements.txt", 2),)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (">=3.13", True),
        (">=3.12,<3.14", True),
        ("==3.13.*", True),
        (">=3.14", False),
        ("<3.13", False),
    ],
)
def test_the_runtime_must_be_one_the_handler_was_written_for(
    project: Project, wanted: str, *, fits: bool
) -> None:
    project.write("fn/h.py", f"# /// script\n# requires-python = '{wanted}'\n# ///\n{OK}")

    if fits:
        assert declared(project, "fn/h.py") == Dependencies(())
        return
    with pytest.raises(UserError) as caught:
        declared(project, "fn/h.py")
    assert caught.value.code == "DependencyPythonError"


def test_another_kind_of_script_block_is_not_ours(project: Project) -> None:
    project.write("fn/h.py", f"# /// other\n# [[[\n# ///\n{OK}")

    assert declared(project, "fn/h.py") == Dependencies(())
