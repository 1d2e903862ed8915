"""Every mistake in a definition, provoked through the real synthesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.synthesis import synthesize

from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = "amplify/backend.py"
START = "from preamp import define_backend\n"


def failure(project: Path, source: str) -> UserError:
    write(project, source)
    with pytest.raises(UserError) as caught:
        synthesize(project, project / "cdk.out")
    assert not (project / "cdk.out").exists()
    assert list(project.glob(".cdk.out.new")) == []
    return caught.value


def write(project: Path, source: str) -> None:
    (project / "amplify").mkdir(exist_ok=True)
    (project / BACKEND).write_text(source, encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "code", "words", "lines"),
    [
        ("x = (\n", "BackendSyntaxError", "'(' was never closed", [1]),
        ("def f():\n    return 1 / 0\nf()\n", "BackendRaisedError", "division by zero", [2]),
        ("import nowhere_to_be_found\n", "BackendRaisedError", "nowhere_to_be_found", [1]),
        ("raise SystemExit('no')\n", "BackendRaisedError", "exit(no)", [1]),
        ("x = 1\n", "BackendMissingError", "never calls define_backend()", [1]),
        (
            START + "define_backend()\ndefine_backend()\n",
            "BackendDefinedTwiceError",
            "twice",
            [3, 2],
        ),
        (
            START + "b = define_backend()\nb.create_stack('one')\nb.create_stack('one')\n",
            "StackAlreadyExistsError",
            "'one'",
            [4, 3],
        ),
        (
            START + "b = define_backend()\nb.create_stack('a/b')\n",
            "InvalidResourceNameError",
            "'a/b'",
            [3],
        ),
        (
            START + "b = define_backend()\n"
            "b.add_output(custom={'x': {'y': 1}})\nb.add_output(custom={'x': {'y': 2}})\n",
            "OutputEntryAlreadyExistsError",
            "'custom.x.y'",
            [4, 3],
        ),
        (START + "define_backend(auth=3)\n", "InvalidResourceError", "auth=3", [2]),
        (
            START + "from aws_cdk import Duration\nfrom aws_cdk import aws_sqs as sqs\n"
            "b = define_backend()\n"
            "sqs.Queue(b.create_stack('s'), 'Q', retention_period=Duration.days(99))\n",
            "BackendRaisedError",
            "retention period",
            [5],
        ),
        (
            START + "from aws_cdk import aws_sqs as sqs\nb = define_backend()\n"
            "s = b.create_stack('s')\nsqs.Queue(s, 'Q')\nsqs.Queue(s, 'Q')\n",
            "BackendRaisedError",
            "already a Construct with name 'Q'",
            [6],
        ),
    ],
)
def test_it_is_told_with_its_code_and_lines(
    tmp_path: Path, source: str, code: str, words: str, lines: list[int]
) -> None:
    error = failure(tmp_path, source)
    assert (error.code, error.sites) == (code, tuple(Site(BACKEND, line) for line in lines))
    assert words in error.message
    assert error.hint


def test_a_backend_that_is_missing_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        synthesize(tmp_path, tmp_path / "cdk.out")
    assert caught.value.code == "BackendNotFoundError"
    assert str(tmp_path / BACKEND) in caught.value.message


def test_only_the_users_part_of_a_traceback_is_shown(tmp_path: Path) -> None:
    error = failure(tmp_path, START + "b = define_backend()\nb.create_stack(3)\n")
    assert [line for line in error.details if "site-packages" in line or "preamp/" in line] == []


def test_a_failed_synthesis_leaves_the_last_assembly(tmp_path: Path) -> None:
    write(tmp_path, START + "define_backend()\n")
    synthesize(tmp_path, tmp_path / "cdk.out")
    before = (tmp_path / "cdk.out" / "manifest.json").read_bytes()
    write(tmp_path, "x = (")
    with pytest.raises(UserError):
        synthesize(tmp_path, tmp_path / "cdk.out")
    assert (tmp_path / "cdk.out" / "manifest.json").read_bytes() == before


def test_a_folder_with_something_else_in_it_is_not_replaced(tmp_path: Path) -> None:
    write(tmp_path, START + "define_backend()\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("dear diary", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        synthesize(tmp_path, tmp_path / "notes")
    assert caught.value.code == "OutputFolderInUseError"
    assert (tmp_path / "notes" / "diary.txt").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("later: Later", "'Later' is not defined"),
        ("later: 'Later' | None", "operand type(s) for |"),
    ],
)
def test_a_class_that_is_named_too_early(tmp_path: Path, body: str, words: str) -> None:
    error = failure(tmp_path, f"{START}class Early:\n    {body}\nclass Later: ...\n")
    assert words in error.message
    assert "from __future__ import annotations" in error.hint
    assert [site.line for site in error.sites] == [3]


def test_a_name_that_is_missing_elsewhere_is_just_missing(tmp_path: Path) -> None:
    error = failure(tmp_path, "def f():\n    return missing\nf()\n")
    assert "annotations" not in error.hint
