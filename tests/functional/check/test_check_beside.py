"""Checks that hold no deployment up: what is told at once, what afterwards, and what is left."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.synthesis import Recorder

from preamp.assembly.read import read_assembly
from preamp.check import CheckBeside, Validator
from preamp.errors import UserError
from preamp.events import MistakeFound, StageFinished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.assembly.read import CloudAssembly
    from preamp.check.finding import Finding
    from preamp.check.validator import Inspection

NO_NODE = Path("/nowhere/node")


@pytest.fixture
def beside(node: Path, tmp_path: Path) -> Iterator[CheckBeside]:
    check = CheckBeside(node=node, cache=tmp_path / "cache")
    yield check
    check.close()


def spoilt(good: CloudAssembly, folder: Path, **properties: Any) -> CloudAssembly:
    """The good assembly with other properties of its one queue."""
    shutil.copytree(good.directory, folder)
    (stack,) = (each for each in good.stack.tree() if each.path == "Queues")
    for resource in stack.resources.values():
        if resource["Type"] == "AWS::SQS::Queue":
            changed = {**resource, "Properties": {**resource["Properties"], **properties}}
            resources = {**stack.resources, _id_of(stack.resources, resource): changed}
    template = {**stack.template, "Resources": resources}
    (folder / stack.template_file.name).write_text(json.dumps(template))
    return read_assembly(folder)


def _id_of(resources: dict[str, Any], wanted: object) -> str:
    return next(name for name, resource in resources.items() if resource is wanted)


def mistakes(recorder: Recorder) -> list[tuple[str, str, str]]:
    return [
        (event.severity, event.path, event.rule)
        for event in recorder.events
        if isinstance(event, MistakeFound)
    ]


def test_what_has_to_be_asked_for_is_told_afterwards(
    beside: CheckBeside, good: CloudAssembly, tmp_path: Path
) -> None:
    assembly, recorder = spoilt(good, tmp_path / "out", VisibilityTimeout=999999), Recorder()
    beside.check(assembly, recorder)
    assert [type(event) for event in recorder.events[1:2]] == [StageFinished]
    # the next synthesis replaces the folder
    shutil.rmtree(assembly.directory)
    assert beside.wait(60)
    assert mistakes(recorder) == [("error", "Queues/Work", "value-out-of-range")]


def test_what_is_known_stops_the_deployment(
    beside: CheckBeside, node: Path, good: CloudAssembly, tmp_path: Path
) -> None:
    assembly = spoilt(good, tmp_path / "out", VisibilityTimeout=999999)
    with Validator(node=node, cache=tmp_path / "cache") as validator:
        validator.check(assembly)
    with pytest.raises(UserError) as caught:
        beside.check(assembly, Recorder())
    assert caught.value.code == "InvalidTemplateError"


def test_our_own_rules_need_no_validator(defective: CloudAssembly, tmp_path: Path) -> None:
    beside = CheckBeside(node=NO_NODE, cache=tmp_path)
    with pytest.raises(UserError, match="AWS would refuse"):
        beside.check(defective, Recorder())
    assert beside.wait(0)
    beside.close()


def test_a_validator_that_cannot_run_is_told_of(good: CloudAssembly, tmp_path: Path) -> None:
    beside, recorder = CheckBeside(node=NO_NODE, cache=tmp_path), Recorder()
    beside.check(good, recorder)
    assert beside.wait(60)
    assert mistakes(recorder) == [("warning", "", "validator-unavailable")]
    beside.close()


def test_a_validator_that_nobody_needs_is_ended(
    node: Path, good: CloudAssembly, tmp_path: Path
) -> None:
    before = set(psutil.Process().children())
    beside, recorder = CheckBeside(node=node, cache=tmp_path, idle=0), Recorder()
    beside.check(good, recorder)
    assert beside.wait(60)
    beside.check(spoilt(good, tmp_path / "out", VisibilityTimeout=999999), recorder)
    assert beside.wait(60)
    assert len(mistakes(recorder)) == 1
    started = [each for each in psutil.Process().children() if each not in before]
    assert psutil.wait_procs(started, timeout=30)[1] == []
    beside.close()


def silent(file: Path) -> Path:
    """A Node that never says anything."""
    file.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="needs a script")
def test_closing_ends_a_check_that_is_about_to_begin(
    good: CloudAssembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, closed = threading.Event(), threading.Event()
    finish, close = Validator.finish, Validator.close

    def finish_when_closed(self: Validator, inspection: Inspection) -> list[Finding]:
        begun.set()
        closed.wait()
        return finish(self, inspection)

    def close_and_tell(self: Validator) -> None:
        close(self)
        closed.set()

    monkeypatch.setattr(Validator, "finish", finish_when_closed)
    monkeypatch.setattr(Validator, "close", close_and_tell)
    before = set(psutil.Process().children())
    beside, recorder = CheckBeside(node=silent(tmp_path / "node"), cache=tmp_path), Recorder()
    beside.check(good, recorder)
    begun.wait()
    beside.close()
    assert mistakes(recorder) == []
    assert set(psutil.Process().children()) == before


@pytest.mark.skipif(os.name == "nt", reason="needs a script")
def test_closing_ends_a_check_that_goes_on(good: CloudAssembly, tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    node = silent(tmp_path / "node")
    beside, recorder = CheckBeside(node=node, cache=tmp_path / "cache"), Recorder()
    beside.check(good, recorder)
    assert not beside.wait(0)
    beside.close()
    assert mistakes(recorder) == []
    assert set(psutil.Process().children()) == before
