"""What importing costs, in fresh interpreters: which modules come along."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "rich", "click", "uv", "cfnlint")
LIGHT = ("preamp", "preamp.definition.backend", "preamp.errors", "preamp.events")
CLI_MAY_NOT = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "rich")
MAY_COME = {
    "preamp",
    "__future__",
    # dataclasses, and what they bring along
    *("dataclasses", "copy", "inspect", "ast", "_ast", "dis", "opcode", "_opcode", "linecache"),
    *(
        "tokenize",
        "token",
        "types",
        "weakref",
        "_weakrefset",
        "keyword",
        "functools",
        "collections",
    ),
    *("reprlib", "itertools", "enum", "operator", "_operator", "importlib", "warnings", "_thread"),
    *("abc", "_collections_abc", "_collections", "_functools", "copyreg", "contextlib"),
    # patterns of what is checked
    *("re", "_sre", "_sre_compile", "typing", "_typing"),
    # the builder that is at work is kept in a context variable
    *("contextvars", "_contextvars"),
}


def loaded(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_definitions_import_nothing_heavy(module: str) -> None:
    assert loaded(f"import {module}").isdisjoint(HEAVY)


def test_names_of_data_models_are_loaded_when_they_are_used() -> None:
    marked = (
        "sys.modules['used' if 'preamp.definition.data.models' in sys.modules else 'idle'] = sys"
    )
    assert "idle" in loaded(f"import preamp.data; {marked}")
    assert "used" in loaded(f"from preamp.data import Model; {marked}")


def test_the_command_line_starts_without_what_it_may_never_need() -> None:
    statement = "from preamp.cli.main import main; main(['--help'])"
    assert loaded(statement).isdisjoint(CLI_MAY_NOT)


def test_importing_preamp_brings_little_of_the_standard_library() -> None:
    # seconds would tell more about the machine: `make bench` has them
    assert loaded("import preamp") - loaded("pass") - MAY_COME == set()
