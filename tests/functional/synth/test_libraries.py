"""Libraries that are loaded before anybody asks for them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from tests.synthesis import PROJECTS, synthesize

from preamp.contract.cache import CACHE_VARIABLE
from preamp.synth.libraries import Library, jsii_folder, remember, remembered

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    jsii_folder().mkdir(parents=True)
    return jsii_folder()


def library(folder: Path, name: str) -> Library:
    file = folder / f"{name}.tgz"
    file.touch()
    return Library(name, "1.0.0", str(file))


@pytest.mark.usefixtures("cache")
def test_what_was_loaded_is_known_the_next_time(tmp_path: Path) -> None:
    assert remembered() == []

    loaded = [library(tmp_path, "constructs"), library(tmp_path, "cdk")]
    remember(loaded)

    assert remembered() == loaded


@pytest.mark.usefixtures("cache")
def test_nothing_is_known_when_one_of_them_is_gone(tmp_path: Path) -> None:
    remember([library(tmp_path, "constructs"), library(tmp_path, "cdk")])
    (tmp_path / "cdk.tgz").unlink()

    assert remembered() == []


@pytest.mark.parametrize("content", ["{ no JSON", "[]", '{"PREFIX": [["name"]]}', '{"PREFIX": 1}'])
def test_a_memory_that_makes_no_sense_is_none(cache: Path, content: str) -> None:
    (cache / "loaded.json").write_text(content.replace("PREFIX", sys.prefix))

    assert remembered() == []


def test_environments_that_are_gone_are_forgotten(cache: Path, tmp_path: Path) -> None:
    (cache / "loaded.json").write_text(json.dumps({str(tmp_path / "gone"): []}))

    remember([library(tmp_path, "cdk")])

    assert list(json.loads((cache / "loaded.json").read_text())) == [sys.prefix]


def test_a_library_that_is_loaded_in_vain_is_no_obstacle(tmp_path: Path) -> None:
    synthesize(PROJECTS / "empty", tmp_path / "first")
    known = remembered()
    assert [each.name for each in known][-1] == "aws-cdk-lib"
    damaged = tmp_path / "damaged.tgz"
    damaged.write_text("no package")
    remember([*known, Library("damaged", "1.0.0", str(damaged))])

    synthesize(PROJECTS / "empty", tmp_path / "second")

    assert remembered() == known
