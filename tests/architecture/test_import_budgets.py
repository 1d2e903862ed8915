"""What importing costs, in fresh interpreters: which modules come along, and how long it takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "rich", "click", "uv", "cfnlint")
LIGHT = ("preamp", "preamp.definition.backend", "preamp.errors", "preamp.events")
CLI_MAY_NOT = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "rich")
BUDGET_SECONDS = 0.06
RUNS = 5


def loaded(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_definitions_import_nothing_heavy(module: str) -> None:
    assert loaded(f"import {module}").isdisjoint(HEAVY)


def test_the_command_line_starts_without_what_it_may_never_need() -> None:
    statement = "from preamp.cli.main import main; main(['--help'])"
    assert loaded(statement).isdisjoint(CLI_MAY_NOT)


def test_importing_preamp_stays_within_its_budget() -> None:
    def seconds(statement: str) -> float:
        code = (
            "import time, sys; t = time.process_time(); "
            f"{statement}; print(time.process_time() - t, file=sys.stderr)"
        )
        runs = [
            float(
                subprocess.run(
                    [sys.executable, "-c", code], capture_output=True, text=True, check=True
                ).stderr
            )
            for _ in range(RUNS)
        ]
        return min(runs)

    assert seconds("import preamp") - seconds("pass") < BUDGET_SECONDS
