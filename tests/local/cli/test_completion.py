"""What the shell completes in a project that is deployed, and what that costs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.local.cli.commandline import Project, environment

if TYPE_CHECKING:
    from pathlib import Path

SHORT = {"CustomNotifications/Publisher", "CustomNotifications/Emailer"}
ALL = SHORT | {"Alerts/Publisher", "Alerts/Emailer"}
SLOW = ("aws_cdk", "jsii", "boto3", "botocore", "rich", "psutil")


def pressed_tab(project: Project, line: str) -> tuple[set[str], str]:
    """What completes a command line that ends where the cursor is, and all modules imported."""
    words = line.split(" ")
    asked = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "preamp"],
        cwd=project.folder,
        env={
            **environment(),
            "_PREAMP_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in asked.stderr
    completions = {found.partition(",")[2] for found in asked.stdout.splitlines() if found}
    return completions, asked.stderr


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("preamp invoke ", ALL),
        ("preamp logs Cus", SHORT),
        ("preamp invoke Alerts/P", {"Alerts/Publisher"}),
        ("preamp invoke Alerts/Alerts/P", {"Alerts/Alerts/Publisher"}),
        ("preamp sandbox debug Al", {"Alerts/Publisher", "Alerts/Emailer"}),
        ("preamp sandbox --debug-function Al", {"Alerts/Publisher", "Alerts/Emailer"}),
        ("preamp invoke --identifier other ", set()),
        ("preamp invoke Nothing", set()),
    ],
)
def test_paths_of_functions_are_completed(example: Project, line: str, completed: set[str]) -> None:
    assert pressed_tab(example, line)[0] == completed


def test_identifiers_are_completed_with_the_sandboxes_there_are(example: Project) -> None:
    identifier = example.run("sandbox", "status", "--json").json["identifier"]
    assert pressed_tab(example, "preamp logs --identifier ")[0] == {identifier}


def test_completing_asks_files_alone(example: Project) -> None:
    imported = pressed_tab(example, "preamp invoke ")[1]
    assert "preamp.assembly.read" in imported
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in imported.splitlines()}
    assert names.isdisjoint(SLOW)


def test_where_there_is_no_project_nothing_is_completed(tmp_path: Path) -> None:
    assert pressed_tab(Project(tmp_path), "preamp invoke ")[0] == set()
