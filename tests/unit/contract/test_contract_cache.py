"""Where the cache is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from preamp.contract.cache import CACHE_VARIABLE, cache_root


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (CACHE_VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, "/elsewhere")
    assert cache_root() == Path("/elsewhere").absolute()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, Path.home() / ".cache" / "preamp"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/preamp")),
        ("linux", {"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache" / "preamp"),
        ("darwin", {}, Path.home() / "Library" / "Caches" / "preamp"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/preamp")),
        ("win32", {}, Path.home() / "AppData" / "Local" / "preamp"),
    ],
)
def test_each_platform_has_its_place(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: Path
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_root() == expected
