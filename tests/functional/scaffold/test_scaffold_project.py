"""Projects made in real folders."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preamp.errors import UserError
from preamp.scaffold.apply import apply
from preamp.scaffold.plan import plan_project
from preamp.scaffold.starter import STARTERS

if TYPE_CHECKING:
    from preamp.scaffold.plan import ProjectPlan

BACKEND = "amplify/backend.py"
SUPPORTING = {
    ".gitignore",
    ".vscode/launch.json",
    "README.md",
    "cdk.json",
    "pyproject.toml",
    "tests/test_backend.py",
}
SMALLER_THAN_A_STARTER = 1500


def make(directory: Path, starter: str = "notifications") -> ProjectPlan:
    plan = plan_project(directory, STARTERS[starter])
    apply(plan)
    return plan


def content(directory: Path) -> dict[str, bytes]:
    """Everything in a folder: files with their bytes, folders with none."""
    return {
        str(path.relative_to(directory)): path.read_bytes() if path.is_file() else b""
        for path in directory.rglob("*")
    }


def refusal(directory: Path, starter: str = "notifications") -> UserError:
    """Why a folder is refused; nothing may have been written."""
    before = content(directory) if directory.is_dir() else {}
    with pytest.raises(UserError) as refused:
        make(directory, starter)
    assert (content(directory) if directory.is_dir() else {}) == before
    return refused.value


@pytest.mark.parametrize("starter", sorted(STARTERS))
def test_a_folder_that_does_not_exist_becomes_a_project(tmp_path: Path, starter: str) -> None:
    directory = tmp_path / "some" / "shop"
    plan = make(directory, starter)
    files = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}
    assert files == {str(place) for place in plan.written}
    assert files >= {BACKEND, "amplify/__init__.py", *SUPPORTING}
    assert plan.kept == ()
    for path in directory.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path, "exec")
    assert tomllib.loads((directory / "pyproject.toml").read_text())["project"]["name"] == "shop"
    assert json.loads((directory / "cdk.json").read_text())["app"] == "preamp synth --quiet"
    assert json.loads((directory / ".vscode/launch.json").read_text())["configurations"]


def test_a_folder_with_a_repository_and_an_environment_is_still_new(tmp_path: Path) -> None:
    for name in (".git", ".venv"):
        (tmp_path / name).mkdir()
    assert make(tmp_path).is_new
    assert (tmp_path / "README.md").exists()


def test_generated_code_is_formatted_as_users_formatters_would(tmp_path: Path) -> None:
    for name in STARTERS:
        make(tmp_path / name, name)
    ruff = Path(sys.executable).with_name("ruff")
    formatted = subprocess.run(
        [ruff, "format", "--isolated", "--check", "--no-cache", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert formatted.returncode == 0, formatted.stdout


def test_an_existing_project_keeps_every_file(tmp_path: Path) -> None:
    mine = {
        "README.md": "mine",
        "cdk.json": "{}",
        "package.json": "{}",
        "tests/test_backend.py": "mine",
        ".vscode/launch.json": "{}",
        ".gitignore": "node_modules",
        "pyproject.toml": '[project]\nname = "mine"\n',
    }
    for name, text in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    plan = make(tmp_path)
    for name in mine.keys() - {".gitignore"}:
        assert (tmp_path / name).read_text() == mine[name]
    kept = {str(one.place) for one in plan.kept}
    assert kept == {"cdk.json", "tests/test_backend.py", ".vscode/launch.json"}
    assert (tmp_path / ".gitignore").read_text().startswith("node_modules\n")
    assert (tmp_path / BACKEND).is_file()
    assert plan.declared_in == "pyproject.toml"
    assert plan.undeclared[0].startswith("preamp>=")


def test_a_frontend_gets_a_project_file_for_python_but_no_readme(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    plan = make(tmp_path)
    assert not (tmp_path / "README.md").exists()
    assert (tmp_path / "pyproject.toml").exists()
    assert (plan.is_new, plan.undeclared) == (False, ())


@pytest.mark.parametrize(
    ("file", "text", "declared"),
    [
        ("pyproject.toml", '[project]\ndependencies = ["preamp>=0.1"]\n', True),
        ("pyproject.toml", '[tool.poetry.dependencies]\npreamp = "^0.1"\n', True),
        ("pyproject.toml", '[tool.preamp]\nname = "x"\n', False),
        ("pyproject.toml", '[project]\ndependencies = ["preamplifier"]\n', False),
        ("requirements.txt", "boto3\npreamp\n", True),
        ("requirements.txt", "boto3\n", False),
    ],
)
def test_what_is_declared_already_need_not_be(
    tmp_path: Path, file: str, text: str, *, declared: bool
) -> None:
    (tmp_path / file).write_text(text)
    plan = make(tmp_path)
    assert (plan.undeclared == ()) == declared
    assert (tmp_path / file).read_text() == text


def test_a_project_of_preamp_is_refused_with_the_command_for_it(tmp_path: Path) -> None:
    make(tmp_path)
    again = refusal(tmp_path)
    assert again.code == "BackendExistsError"
    assert "preamp sandbox" in again.hint


def test_a_backend_that_the_project_file_puts_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.preamp]\nbackend = "infra/backend.py"\n')
    refused = refusal(tmp_path)
    assert (refused.code, refused.sites[0].line) == ("BackendElsewhereError", 1)
    (tmp_path / "pyproject.toml").write_text(f'[tool.preamp]\nbackend = "{BACKEND}"\n')
    make(tmp_path)


@pytest.mark.parametrize("trace", ["backend.ts", "data/resource.ts", "backend/amplify-meta.json"])
def test_a_backend_of_amplifys_own_tools_is_refused(tmp_path: Path, trace: str) -> None:
    place = tmp_path / "amplify" / trace
    place.parent.mkdir(parents=True)
    place.write_text("")
    refused = refusal(tmp_path)
    assert refused.code == "AmplifyFolderError"
    assert "amplify-ts" in refused.hint


def test_a_link_or_file_in_the_place_of_the_backend_is_refused(tmp_path: Path) -> None:
    elsewhere, project = tmp_path / "elsewhere", tmp_path / "project"
    elsewhere.mkdir()
    project.mkdir()
    (project / "amplify").symlink_to(elsewhere)
    assert refusal(project).code == "AmplifyFolderError"
    assert list(elsewhere.iterdir()) == []
    (project / "amplify").unlink()
    (project / "amplify").write_text("")
    assert refusal(project).code == "AmplifyFolderError"


def test_a_package_that_is_there_is_completed(tmp_path: Path) -> None:
    (tmp_path / "amplify").mkdir()
    (tmp_path / "amplify" / "__init__.py").write_text("# mine\n")
    plan = make(tmp_path)
    assert (tmp_path / "amplify" / "__init__.py").read_text() == "# mine\n"
    assert "amplify/__init__.py" in {str(one.place) for one in plan.kept}


def test_what_was_left_by_a_run_that_was_killed_is_completed(tmp_path: Path) -> None:
    make(tmp_path)
    whole = content(tmp_path)
    (tmp_path / BACKEND).unlink()
    make(tmp_path)
    assert content(tmp_path) == whole


def test_files_that_differ_from_the_templates_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "amplify").mkdir()
    (tmp_path / "amplify" / "greeter.py").write_text("mine = True\n")
    refused = refusal(tmp_path, "minimal")
    assert refused.code == "TemplateConflictError"
    assert "amplify/greeter.py" in refused.message
    make(tmp_path, "notifications")


def test_links_are_never_written_through(tmp_path: Path) -> None:
    elsewhere, project = tmp_path / "elsewhere", tmp_path / "project"
    elsewhere.mkdir()
    (elsewhere / "ignore").write_text("mine\n")
    project.mkdir()
    (project / ".gitignore").symlink_to(elsewhere / "ignore")
    (project / "tests").symlink_to(elsewhere)
    (project / "cdk.json").symlink_to(elsewhere / "nowhere")
    plan = make(project)
    assert content(elsewhere) == {"ignore": b"mine\n"}
    reasons = {str(one.place): one.reason for one in plan.kept}
    assert reasons.keys() == {".gitignore", "tests/test_backend.py", "cdk.json"}
    assert "link" in reasons["tests/test_backend.py"]


def test_a_file_in_the_place_of_a_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "tests").write_text("mine")
    plan = make(tmp_path)
    assert (tmp_path / "tests").read_text() == "mine"
    assert [str(one.place) for one in plan.kept] == ["tests/test_backend.py"]


def test_a_link_to_the_folder_is_as_good_as_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    make(tmp_path / "link")
    assert (tmp_path / "real" / BACKEND).is_file()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file").code == "ProjectFolderError"


@pytest.mark.parametrize("place", [".", "shop", "some/shop"])
def test_a_folder_that_cannot_be_written_is_said(read_only_folder: Path, place: str) -> None:
    refused = refusal(read_only_folder / place)
    assert refused.code == "ProjectFolderError"
    assert "Permission denied" in refused.message
    assert "make the folder writable" in refused.hint


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    before = content(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLER_THAN_A_STARTER, hard))
    try:
        with pytest.raises(UserError) as refused:
            make(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.code == "ProjectFolderError"
    assert "free some space" in refused.value.hint
    assert content(tmp_path) == before


def test_a_file_that_appears_after_the_plan_is_not_overwritten(tmp_path: Path) -> None:
    plan = plan_project(tmp_path, STARTERS["minimal"])
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_backend.py").write_text("mine")
    with pytest.raises(UserError) as refused:
        apply(plan)
    assert "tests/test_backend.py" in refused.value.message
    assert content(tmp_path) == {"tests": b"", "tests/test_backend.py": b"mine"}
