"""Fetching the AWS SDK for JavaScript once, before the engine needs it.

Only what Node runs is kept: a tenth of what is fetched. A failure is no reason not to deploy, since
many functions bring their own copy.

AWS: "Building Lambda functions with Node.js", runtime-included SDK versions.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.events import Notice
from preamp.npm.fetching import PackageSet, ensure_packages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preamp.events import Reporter

NODE_SDK: Final = PackageSet(Path(__file__).parent, "node-sdk", "AWS SDK for JavaScript")
"""The clients that are kept."""

_SCOPES: Final = ("@aws-sdk", "@smithy", "@aws")
_NOT_RUN: Final = ("dist-types", "dist-es")
"""Type declarations, and a second copy of the code for bundlers: Node runs ``dist-cjs``."""

_NODE_RUNTIME: Final = re.compile(rb'"nodejs\d+\.x"')


def node_sdk_directory() -> Path:
    """Return the folder whose ``node_modules`` is the SDK, whether it is there yet or not.

    The log of the last attempt to fetch it is beside it, with the suffix ``.log``.
    """
    return NODE_SDK.directory()


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
    if not ensure_packages(NODE_SDK, reporter, _remove_what_is_not_run):
        reporter.report(
            Notice(
                f"the {NODE_SDK.title} could not be fetched: Node.js functions without a copy of "
                f"their own cannot use it until it is; see {NODE_SDK.log()}"
            )
        )
    return NODE_SDK.directory()


def _remove_what_is_not_run(folder: Path) -> None:
    for scope in _SCOPES:
        for package in (folder / "node_modules" / scope).glob("*"):
            for name in _NOT_RUN:
                shutil.rmtree(package / name, ignore_errors=True)
