"""The assembly says what its definition read, in Python and in Node, cold and warm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.functional.synth.warm_project import START, WarmProject

from preamp.assembly.project import find_project
from preamp.assembly.read import read_assembly
from preamp.assembly.warm import WarmSynthesizer
from preamp.sandbox.affected import affects_assembly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READING = (
    START + "from pathlib import Path\n"
    "from aws_cdk import aws_lambda as lambda_\n"
    "from aws_cdk.cloudformation_include import CfnInclude\n"
    "from preamp.constructs import PythonFunction\n"
    "from .names import NAME\n"
    "Path('settings.toml').read_text()\n"
    "Path('written.txt').write_text('by us')\n"
    "Path('absent.toml').exists() or None\n"
    "[path.read_text() for path in Path('texts').iterdir()]\n"
    "try:\n    open('missing.toml')\nexcept FileNotFoundError:\n    pass\n"
    "s = define_backend().create_stack('s')\n"
    "PythonFunction(s, 'P', entry='handler/main.py')\n"
    "CfnInclude(s, 'I', template_file='included.json')\n"
    "lambda_.Function(s, 'F', code=lambda_.Code.from_asset('site'), handler='a.b',\n"
    "    runtime=lambda_.Runtime.NODEJS_22_X)\n"
)
RESOURCE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
EXPECTED = {
    "amplify/__init__.py",
    "amplify/backend.py",
    "amplify/names.py",
    "included.json",
    "missing.toml",
    "settings.toml",
    "site/",
    "site/deep/",
    "texts/",
}


@pytest.fixture
def project(tmp_path: Path) -> WarmProject:
    project = WarmProject(tmp_path)
    project.write("amplify/names.py", "NAME = 1\n")
    project.write("amplify/handler/main.py", "from words import W\ndef handler(*_): pass\n")
    project.write("amplify/handler/words.py", "W = 1\n")
    project.write("settings.toml", "")
    project.write("texts/one.txt", "")
    project.write("site/deep/a.js", "")
    project.write("included.json", json.dumps(RESOURCE))
    project.backend(READING)
    return project


@pytest.fixture
def warm(project: WarmProject) -> Iterator[WarmSynthesizer]:
    with WarmSynthesizer(project.folder) as synthesizer:
        yield synthesizer


def test_it_names_what_was_read_and_nothing_else(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    for synthesizer in (None, warm, warm):
        project.synthesize(synthesizer)
        inputs = read_assembly(project.output).inputs
        assert inputs is not None
        assert {name for name in inputs if name != "site"} == EXPECTED


def test_a_saved_handler_needs_no_synthesis_until_it_needs_more(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.synthesize(warm)
    assembly, found = read_assembly(project.output), find_project(project.folder)
    handler = project.write(
        "amplify/handler/main.py", "from words import W\ndef handler(*_): return W\n"
    )
    assert not affects_assembly([handler], assembly, found)
    project.write("amplify/handler/main.py", "import csv\ndef handler(*_): pass\n")
    assert affects_assembly([handler], assembly, found)
    assert affects_assembly([project.folder / "site" / "deep" / "a.js"], assembly, found)


@pytest.mark.parametrize(
    "text",
    [
        "import subprocess\nsubprocess.run(['true'])\n",
        "import os\nos.system('true')\n",
    ],
)
def test_what_a_program_read_is_not_known(project: WarmProject, text: str) -> None:
    project.backend(text + START + "define_backend()\n")
    project.synthesize(None)
    assert read_assembly(project.output).inputs is None
