"""Dependencies from the package index, with the real uv."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.functional.bundling.bundled_project import Project, files, run

from preamp.bundling import Architecture, LocalDestination
from preamp.contract.site import Site
from preamp.errors import UserError
from preamp.events import Notice, StageFinished

if TYPE_CHECKING:
    from pathlib import Path

USES = """
import json
from importlib.metadata import version
import idna, markupsafe
def handler(e, c): return [version("idna"), str(markupsafe.escape("<"))]
"""
OK = "def handler(e, c): ...\n"


@pytest.fixture
def using(project: Project) -> Project:
    project.write("fn/requirements.txt", "idna==3.10\nmarkupsafe==3.0.2\n")
    project.write("fn/h.py", USES)
    return project


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """uv can neither reach an index nor find anything in its cache."""
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty-uv-cache"))


@pytest.mark.parametrize(
    ("architecture", "machine"), [("x86_64", "x86_64-linux"), ("arm64", "aarch64-linux")]
)
def test_lambda_gets_wheels_for_its_own_python_and_processor(
    using: Project, architecture: Architecture, machine: str
) -> None:
    made = using.bundle("fn/h.py", runtime="python3.13", architecture=architecture)

    assert made.requirements == ("idna==3.10", "markupsafe==3.0.2")
    native = [path for path in files(made) if path.endswith(".so")]
    assert native == [f"markupsafe/_speedups.cpython-313-{machine}-gnu.so"]
    assert not (made.directory / "markupsafe/__init__.py").is_symlink()


def test_a_bundle_holds_nothing_that_differs_from_machine_to_machine(using: Project) -> None:
    made = using.bundle("fn/h.py")

    names = {name for path in files(made) for name in path.split("/")}
    assert not names & {"bin", ".lock", "__pycache__", "RECORD", "INSTALLER", "REQUESTED"}
    assert {"METADATA", "requirements.txt"} & names == {"METADATA"}
    times = {(made.directory / path).stat().st_mtime for path in files(made)}
    assert len(times) == 1


def test_two_machines_make_the_same_bytes(using: Project, tmp_path: Path) -> None:
    shutil.copytree(using.folder, tmp_path / "elsewhere")
    other = Project(tmp_path / "elsewhere", tmp_path / "other-cache")

    first, second = using.bundle("fn/h.py"), other.bundle("fn/h.py")

    assert first.digest == second.digest
    assert files(first) == files(second)
    for path in files(first):
        one, two = first.directory / path, second.directory / path
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_mode == two.stat().st_mode
        assert one.stat().st_ino != two.stat().st_ino


def test_here_it_runs_with_the_same_versions(using: Project) -> None:
    made = using.bundle_local("fn/h.py")

    assert run(made) == ["3.10", "&lt;"]
    assert made.requirements == using.bundle("fn/h.py").requirements


def test_the_second_time_needs_no_network_and_no_uv(
    using: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, here = using.bundle("fn/h.py"), using.bundle_local("fn/h.py")
    using.recorder.events.clear()
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty-uv-cache"))

    assert using.bundle("fn/h.py") == first
    assert using.bundle_local("fn/h.py") == here
    assert using.recorder.events == []


def test_two_functions_share_what_is_installed(using: Project) -> None:
    using.write("other/requirements.txt", "# the same\nidna==3.10\nmarkupsafe==3.0.2\n")
    using.write("other/h.py", OK)
    first = using.bundle("fn/h.py")
    stages = len(using.recorder.events)

    second = using.bundle("other/h.py")

    assert len(using.recorder.events) == stages
    file = "idna/core.py"
    assert (first.directory / file).samefile(second.directory / file)


def test_dependencies_can_not_be_edited_through_a_bundle(
    using: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = tmp_path / "uv-cache"
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    made = using.bundle("fn/h.py")

    file = made.directory / "idna/core.py"

    assert not file.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    cached = {path.stat().st_ino for path in cache.rglob("core.py")}
    assert cached
    assert file.stat().st_ino not in cached


def test_the_source_wins_over_a_dependency_of_the_same_name(using: Project) -> None:
    using.write("fn/idna.py", "mine = 1")
    using.write("fn/markupsafe/__init__.py", "mine = 2")
    source = "import idna, markupsafe\ndef handler(e, c): return [idna.mine, markupsafe.mine]"
    using.write("fn/h.py", source)

    made = using.bundle_local("fn/h.py")

    assert run(made) == [1, 2]
    assert not (made.directory / "idna").exists()
    assert not (made.directory / "markupsafe/_native.py").exists()


def test_here_a_changed_source_moves_no_dependency(using: Project) -> None:
    made = using.bundle_local("fn/h.py")

    assert files(made) == [".preamp-dependencies", ".preamp-python", ".preamp-sources", "h.py"]


def test_a_requirement_for_another_system_installs_nothing(project: Project) -> None:
    project.write("fn/h.py", OK)

    made = project.bundle("fn/h.py", dependencies=("pywin32 ; sys_platform == 'win32'",))

    assert made.requirements == ()
    assert files(made) == ["h.py"]


def test_each_run_of_uv_is_reported(using: Project) -> None:
    using.bundle("fn/h.py")

    assert using.recorder.codes == ["stage.started", "stage.finished"] * 2
    summaries = [each.summary for each in using.recorder.events if isinstance(each, StageFinished)]
    assert summaries == [
        "versions chosen for Lambda (python3.13, x86_64)",
        "2 packages installed for Lambda (python3.13, x86_64)",
    ]


def test_what_has_no_wheel_for_lambda_is_named_with_its_place(project: Project) -> None:
    project.write("fn/requirements.txt", "idna\ndocopt==0.6.2\n")
    project.write("fn/h.py", OK)

    for bundling in (project.bundle, project.bundle_local):
        with pytest.raises(UserError, match="docopt has no wheel for Lambda") as caught:
            bundling("fn/h.py")
        assert caught.value.code == "NoWheelError"
        assert caught.value.sites == (Site("fn/requirements.txt", 2),)


@pytest.mark.parametrize(
    ("dependencies", "code"),
    [
        (("six==99",), "DependencyNotFoundError"),
        (("preamp-has-no-such-dependency",), "DependencyNotFoundError"),
        (("idna==3.1", "idna==3.2"), "DependencyConflictError"),
        (("pywin32",), "NoWheelError"),
    ],
)
def test_what_cannot_be_resolved_is_explained(
    project: Project, dependencies: tuple[str, ...], code: str
) -> None:
    project.write("fn/h.py", OK)
    site = Site("amplify/resource.py", 3)

    error = project.refusal("fn/h.py", dependencies=dependencies, site=site)

    assert error.code == code
    assert error.sites == (site,)
    assert error.details


@pytest.mark.usefixtures("offline")
def test_without_network_and_cache_it_says_so(using: Project) -> None:
    assert using.refusal("fn/h.py").code == "DependencyOfflineError"


def test_declared_hashes_hold(project: Project) -> None:
    project.write("fn/h.py", OK)
    wheel = "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254"
    project.write("fn/requirements.txt", f"six==1.16.0 --hash=sha256:{wheel}")
    assert project.bundle("fn/h.py").requirements == ("six==1.16.0",)

    project.write("fn/requirements.txt", f"six==1.16.0 --hash=sha256:{'0' * 64}")

    assert project.refusal("fn/h.py").code == "DependencyHashError"


def test_a_version_that_cannot_run_here_is_replaced_with_a_notice(project: Project) -> None:
    if sys.version_info >= (3, 12):
        pytest.skip("needs a Python that the newest numpy left behind")
    project.write("fn/h.py", "import numpy\ndef handler(e, c): return numpy.__version__")

    made = [project.bundle_local("fn/h.py", dependencies=("numpy",)) for _ in range(2)]

    there = project.bundle("fn/h.py", dependencies=("numpy",))
    assert made[0] == made[1]
    assert made[0].requirements != there.requirements
    notices = [each.message for each in project.recorder.events if isinstance(each, Notice)]
    assert len(notices) == 2
    assert f"instead of {there.requirements[0].removeprefix('numpy==')}" in notices[0]


def test_a_source_distribution_is_built_for_this_machine(project: Project) -> None:
    """Lambda's lock has a wheel; here only the source is allowed by the project's own uv.toml."""
    project.write("uv.toml", '[pip]\nno-binary = ["six"]\n')
    project.write("fn/h.py", "import six\ndef handler(e, c): return six.__version__")
    project.write("fn/requirements.txt", "six==1.16.0")

    assert run(project.bundle_local("fn/h.py")) == "1.16.0"


def test_an_interpreter_that_does_not_run_is_named(using: Project, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    for python in (broken, tmp_path / "nothing"):
        error = using.refusal("fn/h.py", destination=LocalDestination(python, 13))
        assert error.code == "InterpreterError"
        assert str(python) in error.message


def test_two_processes_at_once_install_one_tree(using: Project) -> None:
    program = (
        "import sys; from pathlib import Path; from preamp.bundling import *\n"
        "class Silent:\n    def report(self, event): pass\n"
        "p = Path(sys.argv[1])\n"
        "r = BundleRequest(entry=p / 'fn/h.py', project=p)\n"
        "print(bundle(r, cache=Path(sys.argv[2]), reporter=Silent()).digest)"
    )
    command = [sys.executable, "-c", program, str(using.folder), str(using.cache)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) for _ in range(3)]

    said = {each.communicate()[0] for each in running}

    assert [each.returncode for each in running] == [0, 0, 0]
    assert len(said) == 1
    assert len(list((using.cache / "trees").iterdir())) == 1
