"""The official tool reads our stacks, and writes the same files: byte for byte.

Two things differ on purpose. It has no `ts`, `mjs` and `json-mobile` since version 1; ours hold
what the others hold. The classic file for mobile devices names the tool that made it.
"""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

import pytest
from tests.local.cli.commandline import Project
from tests.local.conftest import aws_client
from tests.local.engine.local_engine import Stacks
from tests.local.outputs.backends import (
    BACKENDS,
    MODELS,
    MODELS_BUCKET,
    models_template,
    template,
)
from tests.local.outputs.official_tool import generate_officially, official_packages

from preamp.contract.entries import OUTPUTS_VERSIONS
from preamp.contract.node import node_binary
from preamp.outputs.deployed import AwsClients, read_document
from preamp.outputs.formats import FORMATS, file_name, render
from preamp.outputs.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

CASES = [
    (backend, version, form) for backend in BACKENDS for version in VERSIONS for form in FORMATS
]

NARROWER = re.compile(r"""'"EMAIL"' is not assignable|type 'AmplifyStorageAccessRule'""")
"""Older types lack codes by e-mail, and names of groups; the official tool writes both."""


@pytest.fixture(scope="module")
def clients(engine: EngineConnection) -> Iterator[AwsClients]:
    """Stacks of all backends, and clients that may read them."""
    cloudformation, s3 = aws_client(engine, "cloudformation"), aws_client(engine, "s3")
    stacks = Stacks(cloudformation, s3)
    for name, entries in BACKENDS.items():
        root = template(entries)
        if "GraphQL" in entries:
            root["Resources"]["data"] = stacks.nested(models_template())
        assert stacks.create(f"outputs-{name}", root)["StackStatus"] == "CREATE_COMPLETE"
    s3.put_object(
        Bucket=MODELS_BUCKET, Key="modelIntrospectionSchema.json", Body=json.dumps(MODELS)
    )
    yield AwsClients(cloudformation, s3)
    s3.delete_object(Bucket=MODELS_BUCKET, Key="modelIntrospectionSchema.json")
    for name in stacks.names:
        stacks.delete(name)
    cloudformation.close()
    s3.close()


@pytest.fixture(scope="module")
def official(
    clients: AwsClients,  # noqa: ARG001 - the stacks are there
    engine: EngineConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """What the official tool writes: a folder for each backend, version and format."""
    place = tmp_path_factory.mktemp("official")
    wanted = []
    for backend, version, form in CASES:
        directory = place / backend / version / form
        directory.mkdir(parents=True)
        request = {"version": version, "format": form, "directory": str(directory)}
        wanted.append({"stackName": f"outputs-{backend}", **request})
    generate_officially(wanted, engine.variables(), MODELS)
    return place


def ours(clients: AwsClients, backend: str, version: str, form: str) -> str:
    """What we write."""
    return render(read_document(clients, f"outputs-{backend}", version), form, version)


@pytest.mark.parametrize(("backend", "version", "form"), CASES)
def test_the_file_is_the_official_one(
    backend: str, version: str, form: str, official: Path, clients: AwsClients
) -> None:
    folder = official / backend / version / form
    told = ours(clients, backend, version, form)
    if version != "0" and form in {"ts", "mjs", "json-mobile"}:
        assert "Unsupported client config format" in (folder / "refused").read_text()
        content = told.removeprefix("const amplifyConfig = ")
        content = content.removesuffix("\nexport default amplifyConfig;\n")
        assert content == ours(clients, backend, version, "json")
        return
    assert [path.name for path in folder.iterdir()] == [file_name(form, version)]
    written = (folder / file_name(form, version)).read_bytes().decode()
    our_name = f"preamp/{version_of('preamp')}"
    assert re.sub(r"@aws-amplify/client-config/[\d.]+", our_name, written) == told


DEFINITION = """
from preamp import define_auth, define_backend, define_storage

auth = define_auth(login_with={"email": True}, groups=["ADMINS"])
files = define_storage(
    name="my files",
    access=lambda allow: {
        "public/*": [allow.guest.to(["read"]), allow.groups(["ADMINS"]).to(["read", "write"])],
        "own/{entity_id}/*": [allow.entity("identity").to(["read", "write", "delete"])],
    },
)
shelf = define_storage(name="shelf", is_default=True)
backend = define_backend(auth=auth, files=files, shelf=shelf)
backend.add_output(custom={"pool": backend.auth.resources.user_pool.user_pool_arn})
"""


def test_what_a_sandbox_writes_is_what_the_official_tool_reads(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    project = Project(tmp_path_factory.mktemp("project") / "app")
    project.write("amplify/backend.py", DEFINITION)
    try:
        deployed = project.run("sandbox", "--once", "--json")
        assert deployed.status == 0, deployed.err
        summary = json.loads(deployed.out.splitlines()[-1])
        directory = tmp_path_factory.mktemp("official")
        wanted = {"version": "1.5", "format": "json", "directory": str(directory)}
        variables = project.run("sandbox", "env", "--json").json
        generate_officially([{"stackName": summary["stack"], **wanted}], variables)
        ours = (project.folder / "amplify_outputs.json").read_bytes()
        assert (directory / "amplify_outputs.json").read_bytes() == ours
        told = json.loads(ours)
        assert told["auth"]["groups"] == [{"ADMINS": {"precedence": 0}}]
        assert [bucket["name"] for bucket in told["storage"]["buckets"]] == ["my files", "shelf"]
        assert told["storage"]["bucket_name"] == told["storage"]["buckets"][1]["bucket_name"]
    finally:
        project.run("sandbox", "stop")


def test_every_file_fits_its_versions_official_type(clients: AwsClients, tmp_path: Path) -> None:
    packages = official_packages()
    for version in OUTPUTS_VERSIONS:
        lines = [_declared(packages, version)]
        lines += [
            f"export const {backend}: Outputs = {ours(clients, backend, version, 'json')};"
            for backend in BACKENDS
        ]
        (tmp_path / f"v{version}.ts").write_text("\n".join(lines), encoding="utf-8")
    wrong = ours(clients, "base", "1.5", "json").replace("user_pool_id", "user_pool")
    content = f"{_declared(packages, '1.5')}\nexport const wrong: Outputs = {wrong};"
    (tmp_path / "wrong.ts").write_text(content, encoding="utf-8")
    mistakes = _mistakes(packages, tmp_path)
    assert [line for line in mistakes if line.startswith("wrong.ts")]
    others = [line for line in mistakes if not line.startswith("wrong.ts")]
    assert [line for line in others if not NARROWER.search(line)] == []
    assert {line.partition(".ts")[0] for line in others} == {"v1", "v1.1", "v1.2", "v1.3"}


def _declared(packages: Path, version: str) -> str:
    schemas = packages / "node_modules/@aws-amplify/client-config/lib/client-config-schema"
    module = schemas / f"client_config_v{version}.js"
    return f"import type {{ AWSAmplifyBackendOutputs as Outputs }} from '{module}';"


def _mistakes(packages: Path, folder: Path) -> list[str]:
    compiler = packages / "node_modules/typescript/bin/tsc"
    options = ("--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext")
    finished = subprocess.run(
        [node_binary(), compiler, *options, *sorted(path.name for path in folder.glob("*.ts"))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in finished.stdout.splitlines() if not line.startswith(" ")]
