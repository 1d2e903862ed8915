from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from preamp.errors import UserError
from preamp.outputs.file import write_file
from preamp.outputs.formats import FORMATS
from preamp.outputs.local_client import LOCAL_CLIENT, LocalCloud
from preamp.outputs.versions import VERSIONS
from preamp.outputs.writing import OutputsForm, write_outputs

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: dict[str, Any] = {"version": "1.5", "custom": {"name": "Grüße"}}
HERE = LocalCloud("http://127.0.0.1:4600", "us-east-1")


def test_the_file_is_readable_json(tmp_path: Path) -> None:
    path, _ = write_outputs(tmp_path, DOCUMENT, OutputsForm(), HERE)
    assert path == tmp_path / "amplify_outputs.json"
    text = path.read_text(encoding="utf-8")
    assert text.startswith('{\n  "version": "1.5",\n')
    assert text.endswith("}")
    assert "Grüße" in text
    assert json.loads(text)["custom"] == {"name": "Grüße"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_every_version_is_one_file_by_its_name(
    form: str, version: str, tmp_path: Path
) -> None:
    path, *beside = write_outputs(tmp_path, DOCUMENT, OutputsForm(form, version), HERE)
    stem = "amplifyconfiguration" if version == "0" else "amplify_outputs"
    assert path.name == f"{stem}.{'json' if form == 'json-mobile' else form}"
    assert "Grüße" in path.read_text(encoding="utf-8") or (version, form) in {
        ("0", "json-mobile"),
        ("0", "dart"),
    }
    assert [each.name for each in beside] == [LOCAL_CLIENT] * (form in {"json", "ts", "mjs"})


def test_on_aws_the_module_beside_it_leads_nowhere(tmp_path: Path) -> None:
    _, module = write_outputs(tmp_path, DOCUMENT, OutputsForm(), HERE)
    assert HERE.endpoint in module.read_text(encoding="utf-8")
    write_outputs(tmp_path, DOCUMENT, OutputsForm(), None)
    assert "127.0.0.1" not in module.read_text(encoding="utf-8")


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_file(path, "text")
    before = path.stat()
    assert not write_file(path, "text")
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_change_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_file(tmp_path / "new" / "file", "text")
    assert write_file(tmp_path / "new" / "file", "other")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "amplify_outputs.json"
    link.symlink_to(tmp_path / "real" / "outputs.json")
    write_file(link, "text")
    assert link.is_symlink()
    assert (tmp_path / "real" / "outputs.json").read_text() == "text"


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        write_file(tmp_path / "file" / "outputs.json", "text")
    assert caught.value.code == "OutputsFileError"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
