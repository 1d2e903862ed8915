"""The plain CDK command line accepts what `preamp synth` writes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.local.cdk import run_cdk
from tests.local.cli.commandline import EXAMPLE

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.local.cli.commandline import Project


def cdk(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the CDK's own command line on the project's local cloud."""
    variables = project.run("sandbox", "env", "--json").json
    return run_cdk(project.folder, variables, *words)


def test_it_lists_and_compares_the_assembly(example: Project) -> None:
    assert example.run("synth", "--out", "build").status == 0
    stack = example.run("sandbox", "status", "--json").json["stack_name"]
    listed = cdk(example, "ls", "--app", "build")
    assert listed.stdout.strip() == stack, listed.stderr

    same = cdk(example, "diff", "--app", str(deployed_assembly(example)), "--fail")
    assert same.returncode == 0, same.stdout + same.stderr

    example.replace("amplify/backend.py", '"CustomQueue"', '"RenamedQueue"')
    assert example.run("synth", "--out", "build").status == 0
    other = cdk(example, "diff", "--app", "build", "--fail")
    assert other.returncode == 1
    assert "MyCustomResources" in other.stdout + other.stderr


def test_cdk_json_lets_it_synthesize_the_project_itself(example: Project) -> None:
    settings = json.loads((EXAMPLE / "cdk.json").read_text(encoding="utf-8"))
    settings["app"] = f"{sys.executable} -m preamp.cli.main synth --quiet"
    settings["context"] = {"@aws-cdk/aws-sqs:a-flag": True}
    (example.folder / "cdk.json").write_text(json.dumps(settings), encoding="utf-8")
    stack = example.run("sandbox", "status", "--json").json["stack_name"]
    listed = cdk(example, "ls")
    assert listed.stdout.strip() == stack, listed.stderr
    templates = [path.read_text() for path in (example.folder / "cdk.out").glob("*.template.json")]
    assert templates
    assert not any("aws:cdk:path" in template for template in templates)


def deployed_assembly(project: Project) -> Path:
    [assembly] = (project.folder / ".preamp").glob("*/assembly")
    return assembly
