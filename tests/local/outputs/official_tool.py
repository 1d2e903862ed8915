"""The official tool's packages, installed once into the user's cache, and how it is run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCE: Final = Path(__file__).with_name("official")
OPTIONS: Final = (
    "install", "--legacy-peer-deps", "--ignore-scripts", "--no-package-lock", "--no-audit",
    "--no-fund", "--no-update-notifier", "--loglevel=error", "--prefer-offline",
)  # fmt: skip


def official_packages() -> Path:
    """The folder with the packages and the script that uses them."""
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    place = cache_root() / "tests" / f"official-outputs-{digest}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not (place / ".ready").exists():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(SOURCE, place)
            subprocess.run([node_binary(), _npm(), *OPTIONS], cwd=place, check=True)
            (place / ".ready").touch()
    return place


def generate_officially(
    requests: Sequence[Mapping[str, Any]], variables: Mapping[str, str], models: object = None
) -> None:
    """Have files written by the official tool.

    Args:
        requests: For each file ``stackName``, ``version``, ``format`` and ``directory``.
        variables: Environment variables that lead to the cloud.
        models: What it shall take for the description of an API's models.
    """
    subprocess.run(
        [node_binary(), official_packages() / "generate.mjs"],
        input=json.dumps(requests),
        text=True,
        check=True,
        env={**os.environ, **variables, "MODELS": json.dumps(models)},
    )


def _npm() -> Path:
    node = node_binary()
    script = Path("node_modules", "npm", "bin", "npm-cli.js")
    return next(
        each / script for each in (node.parents[1] / "lib", node.parent) if (each / script).exists()
    )
