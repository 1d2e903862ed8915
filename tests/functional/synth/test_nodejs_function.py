"""The CDK's own `NodejsFunction` in a project that has no esbuild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.synthesis import synthesize

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BACKEND: Final = """
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_nodejs as nodejs
from preamp import define_backend

stack = define_backend().create_stack("jobs")
nodejs.NodejsFunction(
    stack, "Fn", entry="amplify/fn.ts", handler="main", runtime=lambda_.Runtime.NODEJS_22_X
)
"""


def test_it_finds_the_esbuild_that_comes_with_preamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    (tmp_path / "amplify").mkdir()
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "amplify" / "backend.py").write_text(BACKEND)
    (tmp_path / "amplify" / "fn.ts").write_text(
        "export const main = async (event: string): Promise<string> => event;\n"
    )
    synthesize(tmp_path, tmp_path / "out")
    (bundled,) = tmp_path.glob("out/asset.*/index.js")
    assert "main" in bundled.read_text()
    assert ": string" not in bundled.read_text()
