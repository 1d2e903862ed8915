from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.deploy.deployed import DeployedStack
from preamp.deploy.hotswap.record import FileRecord
from preamp.deploy.hotswap.state import Hotswapped, HotswapState
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

STACK = DeployedStack("arn:stack/1", "CREATE_COMPLETE", revision="2026-01-01T00:00:00")
RESOURCES = {("Child", "Q"): {"Type": "AWS::SQS::Queue"}, ("R",): {"Type": "AWS::SNS::Topic"}}


def test_what_is_written_is_read_by_the_next_process(tmp_path: Path) -> None:
    touched: dict[tuple[str, ...], dict[str, Any] | None] = {
        ("R",): {"Type": "AWS::SNS::Topic", "Properties": {}},
        ("S",): None,
    }
    HotswapState(FileRecord(tmp_path / "h.json")).write(STACK, RESOURCES, touched)
    read = HotswapState(FileRecord(tmp_path / "h.json")).read(STACK)
    assert read == Hotswapped(RESOURCES, touched)
    assert read.possible()["R",] == [RESOURCES["R",], touched["R",]]
    assert [file.name for file in tmp_path.iterdir()] == ["h.json"]


@pytest.mark.parametrize(
    "other",
    [
        DeployedStack("arn:stack/2", "CREATE_COMPLETE", revision=STACK.revision),
        DeployedStack("arn:stack/1", "CREATE_COMPLETE", revision="2026-01-02T00:00:00"),
    ],
)
def test_a_record_of_another_stack_or_revision_says_nothing(
    tmp_path: Path, other: DeployedStack
) -> None:
    state = HotswapState(FileRecord(tmp_path / "h.json"))
    state.write(STACK, RESOURCES)
    assert state.read(other) is None


def test_a_record_that_is_forgotten_says_nothing(tmp_path: Path) -> None:
    state = HotswapState(FileRecord(tmp_path / "h.json"))
    state.forget()
    state.write(STACK, RESOURCES)
    state.forget()
    assert state.read(STACK) is None


def test_a_record_that_cannot_be_written_is_told_before_anything_is_changed(
    tmp_path: Path,
) -> None:
    state = HotswapState(FileRecord(tmp_path / "missing" / "h.json"))
    with pytest.raises(UserError) as caught:
        state.write(STACK, RESOURCES)
    assert caught.value.code == "HotswapRecordError"
    assert "No such file" in caught.value.message


def test_afterwards_the_older_record_is_good_enough(tmp_path: Path) -> None:
    record = tmp_path / "h.json"
    state = HotswapState(FileRecord(record))
    state.write(STACK, {}, {("R",): None})
    (tmp_path / "h.json.new").mkdir()
    state.settle(STACK, RESOURCES)
    assert state.read(STACK) == Hotswapped({}, {("R",): None})
