"""The life of the validator process, and what is remembered between checks."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from preamp.assembly.read import CloudAssembly, read_assembly
from preamp.check import Finding, Validator
from preamp.check.package import ValidatorMissingError, find_archive, lay_out
from preamp.check.process import ValidatorBrokenError, ValidatorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_NODE = Path("/nowhere/node")
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and scripts")


@pytest.fixture
def process(node: Path, cache: Path) -> Iterator[ValidatorProcess]:
    started = ValidatorProcess(node, lay_out(find_archive(), cache))
    yield started
    started.kill()


def _template(directory: Path, content: str) -> Path:
    file = directory / "x.template.json"
    file.write_text(content)
    return file


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_a_process_answers_file_by_file(process: ValidatorProcess, tmp_path: Path) -> None:
    good = _template(tmp_path, '{"Resources":{"A":{"Type":"AWS::SQS::Queue"}}}')
    missing = tmp_path / "missing.json"

    assert list(process.diagnose([good, good])) == [[], []]
    with pytest.raises(ValidatorBrokenError, match=r"missing\.json"):
        list(process.diagnose([missing]))


@posix
def test_a_process_survives_a_ctrl_c_on_the_terminal(
    process: ValidatorProcess, tmp_path: Path
) -> None:
    file = _template(tmp_path, '{"Resources":{"A":{"Type":"AWS::SQS::Queue"}}}')
    assert list(process.diagnose([file])) == [[]]

    os.kill(process.pid, signal.SIGINT)

    assert list(process.diagnose([file])) == [[]]


def test_a_process_ends_when_its_input_does(node: Path, cache: Path) -> None:
    process = ValidatorProcess(node, lay_out(find_archive(), cache))
    questions = process._process.stdin
    assert questions is not None
    questions.close()

    assert process._process.wait(timeout=20) == 0
    process.kill()


@posix
def test_a_silent_process_is_given_up(tmp_path: Path) -> None:
    silent = tmp_path / "node"
    silent.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    silent.chmod(0o755)
    process = ValidatorProcess(silent, tmp_path, patience=0.1)

    with pytest.raises(ValidatorBrokenError, match="no answer"):
        list(process.diagnose([tmp_path]))

    process.kill()
    assert not process.alive


def test_what_was_said_is_remembered(
    cache: Path, defective: CloudAssembly, found: list[Finding]
) -> None:
    """Without a Node that could be asked, the second check finds the same."""
    with Validator(node=NO_NODE, cache=cache) as validator:
        assert validator.check(defective) == found


def test_a_changed_template_is_asked_for_again(
    cache: Path, node: Path, defective: CloudAssembly, found: list[Finding]
) -> None:
    file = next(s for s in defective.stack.tree() if s.path == "OutOfRange").template_file
    content = file.read_text()
    file.write_text(content.replace("999999", "30"))
    try:
        with Validator(node=NO_NODE, cache=cache) as validator:
            unable = validator.check(read_assembly(defective.directory))
        with Validator(node=node, cache=cache) as validator:
            changed = validator.check(read_assembly(defective.directory))
    finally:
        file.write_text(content)

    assert [f.rule for f in unable if f.severity == "warning"] == ["validator-unavailable"]
    assert changed == [f for f in found if f.path != "OutOfRange/It"]


def test_a_spoilt_memory_only_costs_time(node: Path, tmp_path: Path, good: CloudAssembly) -> None:
    with Validator(node=node, cache=tmp_path) as validator:
        validator.check(good)
        (memory,) = tmp_path.glob("said-*.json")
        memory.write_text('{"x": 1')

        assert validator.check(good) == []
        assert "Resources" not in memory.read_text()
        assert memory.read_text().endswith("}")


def test_without_the_validator_our_own_rules_still_find(
    tmp_path: Path, defective: CloudAssembly
) -> None:
    with Validator(node=NO_NODE, cache=tmp_path) as validator:
        rules = {finding.rule for finding in validator.check(defective)}

    assert {"validator-unavailable", "undefined-reference", "duplicate-name"} <= rules
    assert "unknown-property" not in rules


def test_closing_leaves_no_process(node: Path, tmp_path: Path, good: CloudAssembly) -> None:
    before = _children()
    # of its own, so that the check has to ask and the process is there
    validator = Validator(node=node, cache=tmp_path)
    validator.prepare()
    validator.prepare()
    validator.check(good)
    assert len(_children() - before) == 1

    validator.close()
    validator.close()

    assert _children() == before


def test_a_closed_validator_checks_again(node: Path, tmp_path: Path, good: CloudAssembly) -> None:
    validator = Validator(node=node, cache=tmp_path)
    validator.prepare()
    validator.close()

    assert validator.check(good) == []
    validator.close()


def test_a_process_that_was_killed_is_replaced(
    node: Path, tmp_path: Path, good: CloudAssembly
) -> None:
    before = _children()
    with Validator(node=node, cache=tmp_path) as validator:
        validator.check(good)
        (pid,) = _children() - before
        psutil.Process(pid).kill()
        psutil.wait_procs([psutil.Process(pid)])
        next(tmp_path.glob("said-*.json")).unlink()

        assert validator.check(good) == []


def test_an_archive_without_validator_is_told(tmp_path: Path) -> None:
    archive = tmp_path / "aws-cdk-lib@9.9.9.jsii.tgz"
    archive.write_bytes(b"no archive")

    with pytest.raises(ValidatorMissingError, match=r"9\.9\.9"):
        lay_out(archive, tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_an_incomplete_folder_is_laid_out_again(tmp_path: Path) -> None:
    folder = lay_out(find_archive(), tmp_path)
    (folder / "index.js").unlink()

    assert (lay_out(find_archive(), tmp_path) / "index.js").is_file()
