"""A warm synthesis gives what a cold one gives, and leaves nothing behind for the next."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.functional.synth.warm_project import START, WarmProject
from tests.synthesis import PROJECTS

from preamp.assembly.read import read_assembly
from preamp.assembly.warm import WarmSynthesizer
from preamp.contract.cache import cache_root
from preamp.contract.site import Site
from preamp.errors import UserError
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER_JSII = """
from jsii._kernel.providers.process import _NodeProcess
_NodeProcess.greet = _NodeProcess.handshake
del _NodeProcess.handshake
_NodeProcess.__getattr__ = lambda self, name: self.greet
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")
KINDS = [pytest.param(True, marks=linux, id="forking"), pytest.param(False, id="standby")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> WarmProject:
    return WarmProject(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module", params=KINDS)
def warm(request: pytest.FixtureRequest, project: WarmProject) -> Iterator[WarmSynthesizer]:
    with WarmSynthesizer(project.folder, forking=request.param) as synthesizer:
        synthesizer.start()
        yield synthesizer


def seen(project: WarmProject, synthesizer: WarmSynthesizer | None) -> dict[str, Any]:
    """What the backend says that it sees."""
    (line,) = project.synthesize(synthesizer).lines(1)
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("name", ["seed", "custom_stacks"])
def test_the_assembly_is_that_of_a_cold_one(
    project: WarmProject, warm: WarmSynthesizer, name: str
) -> None:
    shutil.rmtree(project.folder / "amplify")
    shutil.copytree(PROJECTS / name / "amplify", project.folder / "amplify")
    project.synthesize(None)
    cold = project.assembly()
    for _ in range(2):
        project.synthesize(warm)
        assert project.assembly() == cold


def test_mistakes_are_told_as_in_a_cold_one(project: WarmProject, warm: WarmSynthesizer) -> None:
    for text in (
        "x = (\n",
        "import nowhere\n",
        "raise SystemExit('no')\n",
        START + "b = define_backend()\nb.create_stack(3)\n",
        START + "from aws_cdk import aws_sqs as sqs\nb = define_backend()\n"
        "sqs.Queue(b.create_stack('s'), 'Q', fifo='yes')\n",
    ):
        project.backend(text)
        cold, found = project.failure(None), project.failure(warm)
        assert isinstance(found, UserError)
        assert isinstance(cold, UserError)
        assert (found.code, found.message, found.hint) == (cold.code, cold.message, cold.hint)
        assert (found.sites, found.details) == (cold.sites, cold.details)
        assert found.sites


def test_the_backend_finds_the_world_of_a_cold_one(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.backend(
        "import json, os, sys, signal, threading\n"
        + START
        + "define_backend()\n"
        + "print(json.dumps({'cwd': os.getcwd(), 'path': sys.path, 'argv': sys.argv,"
        " 'environment': dict(os.environ), 'stdin': sys.stdin.read(),"
        " 'main': sys.modules['__main__'].__name__, 'interrupt': str(signal.getsignal(2)),"
        " 'mine': sorted(n for n in sys.modules if n.startswith('amplify')),"
        " 'encoding': sys.stdout.encoding, 'depth': sys.getrecursionlimit()}))\n"
    )
    cold = seen(project, None)
    assert seen(project, warm) == cold
    assert cold["mine"] == ["amplify", "amplify.backend"]


def test_nothing_of_a_run_is_left_for_the_next(project: WarmProject, warm: WarmSynthesizer) -> None:
    project.backend(
        "import builtins, os, sys\n" + START + "define_backend()\n"
        "print(hasattr(builtins, 'left'), os.environ.get('LEFT'), 'json.left' in sys.modules)\n"
        "builtins.left = os.environ['LEFT'] = 'here'\n"
        "sys.modules['json.left'] = sys\n"
    )
    for _ in range(2):
        assert project.synthesize(warm).lines(1) == ["False None False"]


def test_what_is_printed_is_reported_line_by_line(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    project.backend(
        "import os, sys\nprint('from print')\nprint('to stderr', file=sys.stderr)\n"
        "os.system('echo from a program')\n" + START + "define_backend()\n"
    )
    printed = project.synthesize(warm).lines(3)
    assert sorted(printed) == ["from a program", "from print", "to stderr"]


def test_a_deprecation_is_noticed_in_the_run_that_uses_it(
    project: WarmProject, warm: WarmSynthesizer
) -> None:
    deprecated = (
        START + "from aws_cdk import aws_dynamodb as dynamodb\n"
        "s = define_backend().create_stack('s')\n"
        "key = dynamodb.Attribute(name='pk', type=dynamodb.AttributeType.STRING)\n"
        "dynamodb.Table(s, 'T', partition_key=key, point_in_time_recovery=True)\n"
    )
    for text, count in ((deprecated, 1), (START + "define_backend()\n", 0), (deprecated, 1)):
        project.backend(text)
        events = project.synthesize(warm).events
        assert len([event for event in events if isinstance(event, Notice)]) == count


def test_an_edit_within_the_second_is_seen(project: WarmProject, warm: WarmSynthesizer) -> None:
    # each of the same size, so that only the time tells them apart
    for value in range(1, 5):
        project.write("amplify/settings.py", f"VALUE = {value}\n")
        project.backend(
            START + f"from .settings import VALUE\ndefine_backend()\nprint(VALUE, {value})\n"
        )
        assert project.synthesize(warm).lines(1) == [f"{value} {value}"]


def test_an_edited_asset_is_a_new_asset(project: WarmProject, warm: WarmSynthesizer) -> None:
    project.backend(
        START + "from aws_cdk import aws_lambda as lambda_\n"
        "s = define_backend().create_stack('s')\n"
        "lambda_.Function(s, 'F', code=lambda_.Code.from_asset('code'), handler='a.b',\n"
        "    runtime=lambda_.Runtime.NODEJS_22_X)\n"
    )
    for content in ("exports.b = 1", "exports.b = 2"):
        project.write("code/a.js", content)
        project.synthesize(warm)
        found = [path.read_text() for path in project.output.glob("asset.*/a.js")]
        assert found == [content]
        files = project.assembly()
        project.synthesize(None)
        assert project.assembly() == files


def test_a_module_that_hides_one_of_the_cdks_is_no_obstacle(
    tmp_path: Path,
) -> None:
    project = WarmProject(tmp_path)
    project.write("publication.py", "MARK = 1\ndef publish(*_): pass\n")
    project.backend(START + "import publication\ndefine_backend()\nprint(publication.MARK)\n")
    with WarmSynthesizer(tmp_path) as synthesizer:
        synthesizer.start()
        for mark in (1, 22):
            project.write("publication.py", f"MARK = {mark}\ndef publish(*_): pass\n")
            assert project.synthesize(synthesizer).lines(1) == [str(mark)]


def test_a_module_that_comes_to_hide_another_does(project: WarmProject) -> None:
    project.backend(START + "import publication\ndefine_backend()\nprint(publication.__file__)\n")
    with WarmSynthesizer(project.folder) as synthesizer:
        (before,) = project.synthesize(synthesizer).lines(1)
        hiding = project.write("publication.py", "def publish(*_): pass\n")
        assert project.synthesize(synthesizer).lines(1) == [str(hiding)] != [before]
        hiding.unlink()
        assert project.synthesize(synthesizer).lines(1) == [before]


@pytest.mark.skipif(sys.platform != "linux", reason="where jsii keeps its packages on Linux")
def test_a_home_that_cannot_be_written_to_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAMP_CACHE_DIR", str(cache_root()))
    monkeypatch.setenv("HOME", os.devnull)
    project = WarmProject(tmp_path)
    project.write("code/index.js", "exports.b = 1")
    project.backend(
        START + "from aws_cdk.aws_s3_assets import Asset\n"
        "Asset(define_backend().create_stack('s'), 'A', path='code')\nprint('good')\n"
    )
    with WarmSynthesizer(tmp_path) as synthesizer:
        assert project.synthesize(synthesizer).lines(1) == ["good"]


def test_a_jsii_of_another_kind_is_used_as_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "path"
    path.mkdir()
    (path / "sitecustomize.py").write_text(OTHER_JSII)
    project = WarmProject(tmp_path / "project")
    project.write("texts/one.txt", "")
    project.backend(
        START + "import os\nos.listdir('texts')\nfrom jsii._kernel.providers import process\n"
        "from aws_cdk import Duration, aws_s3 as s3\ns = define_backend().create_stack('s')\n"
        "s3.Bucket(s, 'B', enforce_ssl=True, versioned=False, lifecycle_rules=[\n"
        "    s3.LifecycleRule(expiration=Duration.days(1), tag_filters={'a': ''})])\n"
        "print(process._NodeProcess.__name__)\n"
    )
    project.synthesize(None)
    templates = {name: text for name, text in project.assembly().items() if "template" in name}
    monkeypatch.setenv("PYTHONPATH", str(path))
    with WarmSynthesizer(project.folder) as synthesizer:
        for _ in range(2):
            assert project.synthesize(synthesizer).lines(1) == ["_NodeProcess"]
            found = project.assembly()
            assert {name: found[name] for name in templates} == templates
            # nobody says what this Node reads
            assert read_assembly(project.output).inputs is None


def test_a_site_is_the_line_in_the_users_file(project: WarmProject, warm: WarmSynthesizer) -> None:
    project.backend(START + "\n\nraise ValueError('there')\n")
    error = project.failure(warm)
    assert isinstance(error, UserError)
    assert error.sites == (Site("amplify/backend.py", 4),)
