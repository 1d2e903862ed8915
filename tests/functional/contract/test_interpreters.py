"""Which interpreter stands for a runtime."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from preamp.contract.interpreters import find_interpreter, is_python

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs have other names there")


def program(path: Path, text: str = "\x7fELF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """A machine without any interpreter but ours."""
    path = os.pathsep.join([str(tmp_path / "one"), "relative", str(tmp_path / "two")])
    return {"HOME": str(tmp_path / "home"), "PATH": path}


def test_the_path_comes_first_then_the_latest_of_uv_and_pyenv(
    machine: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    old = program(home / ".pyenv/versions/3.13.2/bin/python3.13")
    assert find_interpreter("python3.13", machine).path == old
    new = program(home / ".local/share/uv/python/cpython-3.13.10-linux-x86_64-gnu/bin/python3.13")
    assert find_interpreter("python3.13", machine).path == new
    second = program(tmp_path / "two" / "python3.13")
    assert find_interpreter("python3.13", machine).path == second
    found = find_interpreter("python3.13", {**machine, "PATH": str(tmp_path / "nowhere")})
    assert (found.path, found.minor, found.exact) == (new, 13, True)


def test_other_places_are_looked_into_if_the_environment_names_them(
    machine: dict[str, str], tmp_path: Path
) -> None:
    uv = program(tmp_path / "uv" / "cpython-3.12.1-macos-aarch64-none" / "bin" / "python3.12")
    pyenv = program(tmp_path / "pyenv" / "versions" / "3.9.18" / "bin" / "python3.9")
    chosen = {
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "uv"),
        "PYENV_ROOT": str(tmp_path / "pyenv"),
    }
    assert find_interpreter("python3.12", {**machine, **chosen}).path == uv
    assert find_interpreter("python3.9", {**machine, **chosen}).path == pyenv


def test_what_only_chooses_an_interpreter_is_none(machine: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "one" / "python3.13", "#!/bin/sh\nexec pyenv")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "python3.13").write_text("\x7fELF, but not executable")
    real = program(tmp_path / "home" / ".pyenv" / "versions" / "3.13.0" / "bin" / "python3.13")
    program(tmp_path / "home" / ".pyenv" / "versions" / "3.13.0-dev" / "bin" / "other")
    program(tmp_path / "home" / ".pyenv" / "versions" / "pypy3.13" / "bin" / "python3.13")
    assert find_interpreter("python3.13", machine).path == real


def test_a_virtual_environment_on_the_path_stands_for_what_it_was_made_from(
    machine: dict[str, str], tmp_path: Path
) -> None:
    real = program(tmp_path / "real" / "python3.13")
    link = tmp_path / "venv" / "bin" / "python3.13"
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    machine["PATH"] = str(link.parent)
    assert find_interpreter("python3.13", machine).path == real


@pytest.mark.parametrize(("wanted", "nearest"), [(9, 10), (11, 12), (14, 12)])
def test_the_nearest_has_to_do_and_of_two_the_newer(
    machine: dict[str, str], tmp_path: Path, wanted: int, nearest: int
) -> None:
    own = sys.version_info.minor
    versions = {10, 12} - {own}
    for minor in versions:
        program(tmp_path / "one" / f"python3.{minor}")
    found = find_interpreter(f"python3.{wanted}", machine)
    distances = {minor: (abs(minor - wanted), -minor) for minor in {10, 12, own}}
    assert found.minor == min(distances, key=lambda minor: distances[minor])
    assert found.exact == (found.minor == wanted)
    if own not in range(9, 15):
        assert found.minor == nearest


def test_other_runtimes_have_none() -> None:
    assert is_python("python3.9")
    for runtime in ("nodejs22.x", "python2.7", "python3", "provided.al2023"):
        assert not is_python(runtime)
        with pytest.raises(ValueError, match="is not a Python runtime"):
            find_interpreter(runtime)
