"""Code that names its sources runs from them."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from preamp.contract.local_code import LocalCode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "project" / "app.py"
    file.parent.mkdir()
    file.write_text("old = 1")
    return file


@pytest.fixture
def code(tmp_path: Path, source: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "app.py").write_text(source.read_text())
    (folder / "data.txt").write_text("data")
    LocalCode(folder / "deps", {"pkg/app.py": source}, folder / "python", 13).write(folder)
    return folder


def test_what_was_written_is_read(code: Path, source: Path) -> None:
    said = LocalCode(code / "deps", {"pkg/app.py": source}, code / "python", 13)
    assert LocalCode.read(code) == said


def test_code_made_elsewhere_says_nothing(tmp_path: Path) -> None:
    assert LocalCode.read(tmp_path) == LocalCode()
    assert LocalCode().version() == ()


def test_a_saved_source_is_another_version_and_is_what_runs(
    code: Path, source: Path, tmp_path: Path
) -> None:
    local = LocalCode.read(code)
    before = local.version()
    shutil.copytree(code, tmp_path / "laid")
    local.link_sources(tmp_path / "laid")
    assert local.version() == before
    source.write_text("new = 2 # longer")
    assert local.version() != before
    assert (tmp_path / "laid" / "pkg" / "app.py").read_text() == "new = 2 # longer"
    assert (tmp_path / "laid" / "data.txt").read_text() == "data"
    assert (code / "pkg" / "app.py").read_text() == "old = 1"


def test_a_save_that_keeps_the_length_is_noticed_too(code: Path, source: Path) -> None:
    local = LocalCode.read(code)
    before = local.version()
    stamp = source.stat().st_mtime_ns
    source.write_text("old = 2")
    os.utime(source, ns=(stamp, stamp + 1))
    assert local.version() != before


def test_where_a_source_is_gone_the_copy_serves(code: Path, source: Path, tmp_path: Path) -> None:
    source.unlink()
    local = LocalCode.read(code)
    shutil.copytree(code, tmp_path / "laid")
    local.link_sources(tmp_path / "laid")
    assert local.version() == (None,)
    assert (tmp_path / "laid" / "pkg" / "app.py").read_text() == "old = 1"
