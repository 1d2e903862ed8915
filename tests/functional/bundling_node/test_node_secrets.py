"""Secrets and parameters of a handler for Node.js, which its bundle reads before all else.

What stands for Systems Manager keeps parameters and refuses what the service would.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest

from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from pathlib import Path

    from tests.functional.bundling_node.conftest import NodeProject

OWN: Final = "/amplify/demo/me-sandbox-b83aa8c917/"
SHARED: Final = "/amplify/shared/demo/"
HANDLER: Final = """
import "./first";
export const handler = async () => Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith("KEY")),
);
"""
PARAMETERS: Final = """
const kept = JSON.parse(process.env.PARAMETERS);
export class GetParametersCommand { constructor(input) { this.input = input; } }
export class SSMClient {
  async send({ input: { Names, WithDecryption } }) {
    if (process.env.DENIED) throw new Error("AccessDeniedException");
    if (Names.length > 10 || new Set(Names).size < Names.length) throw new Error("Validation");
    if (!WithDecryption) throw new Error("encrypted");
    const found = Names.filter((name) => name in kept);
    return { Parameters: found.map((Name) => ({ Name, Value: kept[Name] })) };
  }
}
"""


@pytest.fixture
def bundle(project: NodeProject, tmp_path: Path) -> Path:
    """A bundle with a Systems Manager beside it."""
    project.write("fn.ts", HANDLER)
    project.write("first.ts", "if (process.env.KEY1?.startsWith('<')) throw new Error('too soon');")
    place = tmp_path / "task"
    shutil.copytree(project.bundle("fn.ts").directory, place)
    client = place / "node_modules" / "@aws-sdk" / "client-ssm"
    client.mkdir(parents=True)
    (client / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (client / "index.js").write_text(PARAMETERS)
    return place


def run(
    bundle: Path, secrets: dict[str, str], kept: dict[str, str], **more: str
) -> subprocess.CompletedProcess[str]:
    """Load the handler with variables that stand for secrets, and call it."""
    config = {
        variable: {"path": name} if name.startswith("/") else of_secret(name)
        for variable, name in secrets.items()
    }
    program = """
        const { handler } = await import(process.argv[1]);
        console.log(JSON.stringify(await handler()));
    """
    return subprocess.run(
        [node_binary(), "--input-type=module", "--eval", program, str(bundle / "index.mjs")],
        env={
            **dict.fromkeys(secrets, "<value will be resolved during runtime>"),
            "AMPLIFY_SSM_ENV_CONFIG": json.dumps(config),
            "PARAMETERS": json.dumps(kept),
            **more,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def of_secret(name: str) -> dict[str, str]:
    return {"path": OWN + name, "sharedPath": SHARED + name}


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_they_are_there_before_the_handlers_modules_are_loaded(bundle: Path) -> None:
    secrets = {"KEY1": "A", "KEY2": "A", "KEY3": "B", "KEY4": "/app/plain"}
    kept = {f"{OWN}A": "own", f"{SHARED}A": "shared", f"{SHARED}B": "shared", "/app/plain": "plain"}
    found = answer(run(bundle, secrets, kept))
    assert found == {"KEY1": "own", "KEY2": "own", "KEY3": "shared", "KEY4": "plain"}


def test_any_number_of_them_is_read(bundle: Path) -> None:
    names = [f"KEY{number}" for number in range(23)]
    found = answer(run(bundle, {name: name for name in names}, {f"{OWN}{n}": n for n in names}))
    assert found == {name: name for name in names}


def test_those_that_are_not_set_are_all_named(bundle: Path) -> None:
    done = run(bundle, {"KEY1": "A", "KEY2": "B", "KEY3": "/app/plain"}, {})
    assert done.returncode
    for told in (
        "SecretNotSetError",
        "the secret A is not set; run: preamp sandbox secret set A",
        "the secret B is not set",
        "the parameter /app/plain does not exist",
    ):
        assert told in done.stderr


def test_a_role_that_may_not_read_them_is_told(bundle: Path) -> None:
    done = run(bundle, {"KEY1": "A"}, {f"{OWN}A": "never-told"}, DENIED="yes")
    assert "cannot read the secrets A: AccessDeniedException" in done.stderr
    assert "never-told" not in done.stderr


def test_without_secrets_nothing_is_asked(bundle: Path) -> None:
    assert answer(run(bundle, {}, {}, DENIED="yes")) == {}
