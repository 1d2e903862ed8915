"""What Python functions find on AWS is installed ahead, once, and where one can see it.

AWS: "Building Lambda functions with Python", runtime-included SDK versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.synthesis import Recorder

from preamp.contract.cache import CACHE_VARIABLE
from preamp.events import Notice, StageFinished, StageStarted
from preamp.lambda_host.preparation import prepare_python

if TYPE_CHECKING:
    from pathlib import Path

_NEWEST = "python3.13"


@pytest.fixture
def reporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A reporter, and a cache of the test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return Recorder()


def test_it_is_installed_once(reporter: Recorder, tmp_path: Path) -> None:
    prepare_python([_NEWEST, "nodejs22.x"], reporter)
    stages = [event for event in reporter.events if not isinstance(event, Notice)]
    assert [type(event) for event in stages] == [StageStarted, StageFinished]
    (made,) = (tmp_path / "cache" / "lambda").iterdir()
    names = {each.name for each in made.iterdir()}
    assert {"awslambdaric", "boto3", "botocore"} < names
    assert not [name for name in names if name.startswith(("runtime_client", "bin"))]
    assert list((made / "boto3" / "__pycache__").iterdir())
    before = len(stages)
    prepare_python([_NEWEST], reporter)
    after = [event for event in reporter.events if not isinstance(event, Notice)]
    assert len(after) == before


def test_that_it_cannot_be_installed_is_told_and_no_error(
    reporter: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    prepare_python([_NEWEST], reporter)
    told = [event.message for event in reporter.events if isinstance(event, Notice)]
    assert any("could not be installed" in message for message in told)


def test_without_python_functions_nothing_is_done(reporter: Recorder, tmp_path: Path) -> None:
    prepare_python(["nodejs22.x", "provided.al2023"], reporter)
    assert reporter.events == []
    assert not (tmp_path / "cache").exists()
