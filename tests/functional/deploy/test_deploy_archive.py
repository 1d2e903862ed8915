from __future__ import annotations

import io
import os
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from preamp.deploy.archive import zip_directory
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def zipped(directory: Path) -> bytes:
    sink = io.BytesIO()
    zip_directory(directory, sink)
    return sink.getvalue()


def opened(directory: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(zipped(directory)))


def fill(directory: Path, names: list[str]) -> Path:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n" * 50)
    return directory


NAMES = ["b.py", "a.py", "pkg/z.py", "pkg/deep/y.py"]


def test_the_same_files_are_the_same_bytes_whenever_and_in_whatever_order_they_were_made(
    tmp_path: Path,
) -> None:
    one = fill(tmp_path / "one", NAMES)
    other = fill(tmp_path / "other", NAMES[::-1])
    os.utime(other / "a.py", (1, 1))
    (other / "b.py").chmod(0o600)
    assert zipped(one) == zipped(other)


def test_members_are_sorted_and_carry_the_fixed_date(tmp_path: Path) -> None:
    infos = opened(fill(tmp_path, NAMES)).infolist()
    assert [info.filename for info in infos] == sorted(NAMES)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_DEFLATED}


def test_the_executable_bit_is_kept_and_nothing_else_of_the_mode(tmp_path: Path) -> None:
    fill(tmp_path, ["tool", "text"])
    (tmp_path / "tool").chmod(0o700)
    (tmp_path / "text").chmod(0o666)
    modes = {i.filename: stat.S_IMODE(i.external_attr >> 16) for i in opened(tmp_path).infolist()}
    assert modes == {"tool": 0o755, "text": 0o644}


def test_a_link_inside_the_directory_stays_a_link(tmp_path: Path) -> None:
    fill(tmp_path, ["lib/libx.so.1"])
    (tmp_path / "lib" / "libx.so").symlink_to("libx.so.1")
    (tmp_path / "alias").symlink_to("lib", target_is_directory=True)
    archive = opened(tmp_path)
    info = archive.getinfo("lib/libx.so")
    assert stat.S_ISLNK(info.external_attr >> 16)
    assert archive.read("lib/libx.so") == b"libx.so.1"
    assert archive.namelist() == ["alias", "lib/libx.so", "lib/libx.so.1"]


@pytest.mark.parametrize("target", ["../outside", "/etc/hostname", "missing"])
def test_a_link_that_leads_out_or_nowhere_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside").write_text("secret")
    inside = fill(tmp_path / "asset", ["a.py"])
    (inside / "link").symlink_to(target)
    with pytest.raises(UserError) as caught:
        zipped(inside)
    assert caught.value.code == "AssetLinkError"
    assert target in caught.value.message


def test_a_large_file_comes_out_whole(tmp_path: Path) -> None:
    content = os.urandom(3 << 20)
    (tmp_path / "model.bin").write_bytes(content)
    assert opened(tmp_path).read("model.bin") == content
