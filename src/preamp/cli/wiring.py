"""Makes what commands work with, from the command line and the working directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preamp.assembly.project import Project
    from preamp.cli.environments import AccountOptions
    from preamp.environment.place import Environment
    from preamp.events import Reporter
    from preamp.sandbox.cloud import CloudSandbox
    from preamp.sandbox.control import SandboxControl


def project() -> Project:
    """The project of the working directory."""
    from preamp.assembly.project import find_project

    return find_project(Path.cwd())


def sandbox(identifier: str | None, reporter: Reporter) -> SandboxControl:
    """A sandbox of the project of the working directory."""
    from preamp.sandbox.control import SandboxControl
    from preamp.sandbox.place import sandbox_place

    return SandboxControl(sandbox_place(project(), identifier), reporter)


def cloud_environment(identifier: str | None) -> Environment:
    """Where a sandbox at AWS of the project of the working directory is."""
    from preamp.environment.place import sandbox_environment
    from preamp.sandbox.place import sandbox_place

    place = sandbox_place(project(), identifier)
    return sandbox_environment(place.project, place.identifier)


def cloud_sandbox(
    identifier: str | None, account: AccountOptions, reporter: Reporter
) -> CloudSandbox:
    """A sandbox at AWS of the project of the working directory."""
    from preamp.sandbox.cloud import CloudSandbox

    return CloudSandbox(cloud_environment(identifier), account.target, reporter)
