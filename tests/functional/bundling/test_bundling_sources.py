"""Which files come along, and that the result depends on nothing else."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.functional.bundling.bundled_project import Project, files

from preamp.bundling.store import Store, prune

if TYPE_CHECKING:
    from pathlib import Path

OK = "def handler(e, c): ...\n"


def test_data_files_come_along_and_the_rest_stays(project: Project) -> None:
    fn = "amplify/fn"
    project.write(f"{fn}/h.py", OK)
    kept = ["words.json", "templates/a.html", "templates/deep/b.html", "ca.pem"]
    left = [
        *(".env", ".env.local", ".git/config", ".aws/credentials", "templates/.env", "other.py"),
        *("__pycache__/h.pyc", "old.pyc", "h.py~", ".h.py.swp", "tests/data.json", "stub.pyi"),
        *("node_modules/x/a.js", "cdk.out/a.json", "env/pyvenv.cfg", "env/lib/a.txt"),
        *("assembly/cdk.out", "assembly/tree.json", "x.egg-info/PKG-INFO"),
        *("uv.lock", "out/a.json", "skipped.json"),
    ]
    for path in [*kept, *left]:
        project.write(f"{fn}/{path}")
    folder = project.folder / fn

    made = project.bundle(f"{fn}/h.py", exclude=(folder / "out", folder / "skipped.json"))

    assert files(made) == sorted(["h.py", *kept])


def test_data_of_an_imported_package_comes_along_but_not_of_folders_above(
    project: Project,
) -> None:
    project.write("README.md")
    project.write("amplify/__init__.py")
    project.write("amplify/settings.json")
    project.write("amplify/shared/__init__.py")
    project.write("amplify/shared/text/a.html")
    project.write("amplify/fn/h.py", f"from amplify import shared\n{OK}")

    assert files(project.bundle("amplify/fn/h.py")) == [
        *("amplify/__init__.py", "amplify/shared/__init__.py", "amplify/shared/text/a.html"),
        "h.py",
    ]


def test_an_entry_in_the_projects_folder_brings_only_what_it_imports(project: Project) -> None:
    project.write("h.py", f"import words\n{OK}")
    project.write("words.py")
    project.write("package.json")
    project.write("frontend/index.html")

    assert files(project.bundle("h.py")) == ["h.py", "words.py"]


def test_links_inside_the_project_are_followed_and_others_are_not(project: Project) -> None:
    fn = project.folder / "fn"
    project.write("fn/h.py", OK)
    project.write("texts/a.txt", "inside")
    project.write(".env", "SECRET=1")
    outside = project.folder.parent / "outside.txt"
    outside.write_text("outside")
    (fn / "texts").symlink_to(project.folder / "texts")
    (fn / "a.txt").symlink_to(project.folder / "texts/a.txt")
    (fn / "secret.txt").symlink_to(project.folder / ".env")
    (fn / "outside.txt").symlink_to(outside)
    (fn / "broken.txt").symlink_to(fn / "nothing")
    (fn / "circle").symlink_to(fn)

    made = project.bundle("fn/h.py")

    assert files(made) == ["a.txt", "h.py", "texts/a.txt"]
    assert not (made.directory / "a.txt").is_symlink()


def test_the_same_source_elsewhere_is_the_same_bundle(project: Project, tmp_path: Path) -> None:
    project.write("fn/h.py", f"import words\n{OK}")
    project.write("fn/words.py")
    project.write("fn/run.sh").chmod(0o750)
    shutil.copytree(project.folder, tmp_path / "elsewhere")
    other = Project(tmp_path / "elsewhere", tmp_path / "other-cache")
    os.utime(other.folder / "fn/words.py", (1, 1))
    (other.folder / "fn/words.py").chmod(0o600)

    first, second = project.bundle("fn/h.py"), other.bundle("fn/h.py")

    assert first.digest == second.digest
    assert snapshot(first.directory) == snapshot(second.directory)


def snapshot(folder: Path) -> list[tuple[str, bytes, int, int]]:
    return [
        (
            str(file.relative_to(folder)),
            file.read_bytes(),
            file.stat().st_mode,
            file.stat().st_mtime_ns,
        )
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]


def test_a_change_gives_another_bundle_and_its_undoing_the_first(project: Project) -> None:
    source = project.write("fn/h.py", OK)
    first = project.bundle("fn/h.py")

    source.write_text(f"{OK}# changed\n")
    second = project.bundle("fn/h.py")
    source.write_text(OK)

    assert second.directory != first.directory
    assert (second.directory / "h.py").read_text() == f"{OK}# changed\n"
    assert project.bundle("fn/h.py") == first


def test_what_runs_here_is_not_what_is_packed(project: Project) -> None:
    project.write("fn/h.py", OK)

    assert project.bundle_local("fn/h.py").directory != project.bundle("fn/h.py").directory


def test_an_edit_of_the_cdk_side_does_not_change_the_bundle(project: Project) -> None:
    project.write("fn/h.py", OK)
    resource = project.write("fn/resource.py", "import aws_cdk")
    first = project.bundle("fn/h.py")

    resource.write_text("import aws_cdk as cdk")

    assert project.bundle("fn/h.py") == first


def test_many_at_once_make_one_bundle(project: Project) -> None:
    project.write("fn/h.py", OK)
    for number in range(50):
        project.write(f"fn/data/{number}.txt", str(number))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: project.bundle("fn/h.py"), range(16)))

    assert len({each.directory for each in made}) == 1
    assert len(files(made[0])) == 51
    assert [each.name for each in (project.cache / "bundles").iterdir()] == [made[0].digest]


def test_what_was_long_unused_is_removed_once_a_day(project: Project) -> None:
    day = 24 * 60 * 60
    source = project.write("fn/h.py", OK)
    old = project.bundle("fn/h.py")
    source.write_text(f"{OK}# newer")
    new = project.bundle("fn/h.py")
    now = time.time()
    os.utime(old.directory, (now - 31 * day, now - 31 * day))
    store = Store(project.cache)

    prune(store, now)
    assert old.directory.exists(), "looked twice on one day"
    prune(store, now + 2 * day)

    assert not old.directory.exists()
    assert new.directory.exists()


def test_use_keeps_a_bundle(project: Project) -> None:
    project.write("fn/h.py", OK)
    made = project.bundle("fn/h.py")
    os.utime(made.directory, (0, 0))

    project.bundle("fn/h.py")
    prune(Store(project.cache), time.time() + 2 * 24 * 60 * 60)

    assert made.directory.exists()
