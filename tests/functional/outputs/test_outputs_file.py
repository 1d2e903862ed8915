from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from preamp.errors import UserError
from preamp.outputs.file import write_outputs

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_is_readable_json_that_ends_with_a_newline(tmp_path: Path) -> None:
    assert write_outputs(tmp_path, {"version": "1.5", "custom": {"name": "Grüße"}})
    text = (tmp_path / "amplify_outputs.json").read_text(encoding="utf-8")
    assert text.startswith('{\n  "version": "1.5",\n')
    assert text.endswith("}\n")
    assert "Grüße" in text
    assert json.loads(text)["custom"] == {"name": "Grüße"}


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    write_outputs(tmp_path, {"version": "1.5"})
    before = (tmp_path / "amplify_outputs.json").stat()
    assert not write_outputs(tmp_path, {"version": "1.5"})
    after = (tmp_path / "amplify_outputs.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_outputs(tmp_path / "new", {"version": "1.4"})
    assert write_outputs(tmp_path / "new", {"version": "1.5"})
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["amplify_outputs.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "amplify_outputs.json"
    link.symlink_to(tmp_path / "real" / "outputs.json")
    write_outputs(tmp_path, {"version": "1.5"})
    assert link.is_symlink()
    assert json.loads((tmp_path / "real" / "outputs.json").read_text()) == {"version": "1.5"}


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        write_outputs(tmp_path / "file", {"version": "1.5"})
    assert caught.value.code == "OutputsFileError"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
