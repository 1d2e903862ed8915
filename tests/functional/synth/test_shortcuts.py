"""What is spared the CDK changes nothing in what it makes, nor in what it says."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest
from tests.functional.synth.warm_project import START, WarmProject
from tests.synthesis import DEMO, PROJECTS, Recorder

from preamp.assembly.produce import produce_assembly
from preamp.assembly.project import find_project
from preamp.assembly.warm import WarmSynthesizer
from preamp.errors import PreampError, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN: Final = "PREAMP_PLAIN_CDK"
NAMES: Final = ["peculiar", "data_auth", "data_operations"]
MISTAKES: Final = {
    "a value of another type": """
from aws_cdk import CfnResource, Token, aws_sqs as sqs
b = define_backend()
sqs.CfnQueue(b.create_stack('s'), 'Q', delay_seconds=Token.as_number({'a': 1}), tags=[])
sqs.CfnQueue(b.stack, 'R').add_property_override('DelaySeconds', Token.as_number('x'))
""",
    "what fails late": """
import jsii
from aws_cdk import IStableStringProducer, Lazy, aws_sqs as sqs
@jsii.implements(IStableStringProducer)
class Late:
    def produce(self):
        raise ValueError('too late')
b = define_backend()
sqs.Queue(b.create_stack('s'), 'Q', queue_name=Lazy.string(Late()))
""",
    "a list where a text belongs": """
from aws_cdk import CfnParameter, CfnResource
b = define_backend()
s = b.create_stack('s')
names = CfnParameter(s, 'Names', type='CommaDelimitedList')
CfnResource(s, 'R', type='A::B::C', properties={'name': names.value_as_list[0]})
""",
    "one logical id for two": """
from aws_cdk import CfnResource
b = define_backend()
s = b.create_stack('s')
for name in 'PQ':
    CfnResource(s, name, type='A::B::C').override_logical_id('Same')
""",
    "a name that was changed for nothing": """
b = define_backend()
b.create_stack('s').rename_logical_id('Nothing', 'Something')
""",
}

LATE: Final = """
from aws_cdk import CfnParameter, CfnResource
b = define_backend()
names = CfnParameter(b.create_stack('a'), 'Names', type='CommaDelimitedList', default='x')
z = b.create_stack('z')
text = z.to_json_string({'names': names.value_as_list})
CfnResource(z, 'R', type='A::B::C', properties={'text': text})
"""


class Both:
    """A project, synthesized with and without what is spared."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.project = WarmProject(folder)
        self._patch = patch
        self._synthesizers: dict[str, WarmSynthesizer] = {}

    def differing(self, *, local: bool = True) -> set[str]:
        """The files of the two assemblies that are not the same."""
        found = []
        for plain in ("1", ""):
            self.project.synthesize(self._by(plain), local=local)
            found.append(set(self.project.assembly().items()))
        return {file for file, _ in found[0] ^ found[1]}

    def failures(self) -> list[tuple[object, ...]]:
        found = [self.project.failure(self._by(plain)) for plain in ("1", "")]
        return [(each.code, each.message, *_advice(each)) for each in found]

    def close(self) -> None:
        for each in self._synthesizers.values():
            each.close()

    def _by(self, plain: str) -> WarmSynthesizer:
        self._patch.setenv(PLAIN, plain)
        if plain not in self._synthesizers:
            self._synthesizers[plain] = WarmSynthesizer(self.project.folder)
            self._synthesizers[plain].start()
        return self._synthesizers[plain]


def _advice(error: PreampError) -> tuple[object, ...]:
    return (error.hint, error.sites) if isinstance(error, UserError) else ()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as patch:
        found = Both(tmp_path_factory.mktemp("project"), patch)
        yield found
        found.close()


@pytest.mark.parametrize("name", NAMES)
def test_an_assembly_is_the_cdks_own_to_the_byte(both: Both, name: str) -> None:
    shutil.rmtree(both.project.folder / "amplify")
    shutil.copytree(PROJECTS / name / "amplify", both.project.folder / "amplify")

    assert both.differing() == set()


def test_a_template_that_comes_to_have_more_as_it_is_made_is_made_again(both: Both) -> None:
    both.project.backend(START + LATE)

    assert both.differing() == set()


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_as_by_the_cdk(both: Both, text: str) -> None:
    both.project.backend(START + text)

    plain, spared = both.failures()

    assert spared == plain


def test_an_assembly_for_aws_lists_all_constructs(both: Both) -> None:
    shutil.rmtree(both.project.folder / "amplify")
    shutil.copytree(PROJECTS / "data_types" / "amplify", both.project.folder / "amplify")

    assert both.differing(local=False) == set()
    assert b"AssetBucket" in both.project.assembly()["tree.json"]


def test_templates_of_resolvers_leave_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    output = tmp_path / "out"

    produce_assembly(find_project(PROJECTS / "data_types"), DEMO, output, Recorder(), local=True)

    assert list(output.glob("asset.*.vtl"))
    assert [path.name for path in temporary.iterdir() if "transformer" in path.name] == []
