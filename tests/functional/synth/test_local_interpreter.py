"""On this machine, dependencies are for the interpreter that stands for the function's runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.synthesis import DEMO, Recorder

from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.contract.interpreters import find_interpreter
from preamp.contract.local_code import PYTHON_FILE

if TYPE_CHECKING:
    from pathlib import Path

_BACKEND = """
from aws_cdk import aws_lambda as lambda_
from preamp import define_backend
from preamp.constructs import PythonFunction
backend = define_backend()
stack = backend.create_stack("functions")
for runtime in (lambda_.Runtime.PYTHON_3_12, lambda_.Runtime.PYTHON_3_13):
    PythonFunction(
        stack, runtime.name.replace(".", ""), entry="hello.py", runtime=runtime,
        dependencies=["six"],
    )
"""


def test_each_function_names_the_interpreter_of_its_runtime(tmp_path: Path) -> None:
    amplify = tmp_path / "project" / "amplify"
    amplify.mkdir(parents=True)
    (amplify / "backend.py").write_text(_BACKEND)
    (amplify / "hello.py").write_text("import six\ndef handler(event, context): pass\n")
    project, output = find_project(tmp_path / "project"), tmp_path / "out"
    produce_assembly(project, DEMO, output, Recorder(), local=True)
    named = {path.read_text() for path in output.glob(f"asset.*/{PYTHON_FILE}")}
    found = [find_interpreter(f"python3.{minor}") for minor in (12, 13)]
    assert named == {f"{each.path}\n{each.minor}\n" for each in found}
    produce_assembly(project, DEMO, output, Recorder())
    assert list(output.glob(f"asset.*/{PYTHON_FILE}")) == []
