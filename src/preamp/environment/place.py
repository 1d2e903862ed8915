"""Which deployment at AWS is meant, and what is kept of it on this machine.

The names are the official library's: `ampx pipeline-deploy` has an app and a branch, `ampx deploy`
an identifier. Amplify Gen 2, "Custom pipelines".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.assembly.place import DeploymentPlace
from preamp.contract.identity import BackendId
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.project import Project

# no sandbox can have this name
_FOLDER: Final = "_environments"
_STANDALONE: Final = "backend"
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True)
class Environment(DeploymentPlace):
    """One deployment of a project's backend at AWS.

    Attributes:
        project: The project.
        backend_id: The root of the deployment's names.
    """

    backend_id: BackendId

    @property
    def stack_name(self) -> str:
        """Name of the root stack."""
        return self.backend_id.stack_name

    @property
    def told(self) -> str:
        """What it is, for people."""
        named = self.backend_id
        if named.kind == "branch":
            return f"branch {named.name} of the app {named.namespace}"
        if named.kind == "sandbox":
            return f"sandbox {named.name} of {named.namespace}"
        if named.name == _STANDALONE:
            return f"backend {named.namespace}"
        return f"branch {named.name} of {named.namespace}"

    @property
    def directory(self) -> Path:
        """What is kept of it here."""
        return self.project.state_directory / _FOLDER / self.stack_name


def branch_environment(project: Project, branch: str, app_id: str | None) -> Environment:
    """The deployment of a branch.

    Args:
        project: The project.
        branch: The branch.
        app_id: The Amplify app that the branch belongs to; None for a branch that Amplify's
            console knows nothing of, which is told apart by the project's name.
    """
    if app_id is None:
        return Environment(project, BackendId(project.name, branch, "standalone"))
    return Environment(project, BackendId(app_id, branch, "branch"))


def sandbox_environment(project: Project, identifier: str) -> Environment:
    """A developer's own deployment.

    Args:
        project: The project.
        identifier: Tells sandboxes of one project apart.
    """
    return Environment(project, BackendId(project.name, identifier, "sandbox"))


def standalone_environment(project: Project, identifier: str | None) -> Environment:
    """The deployment of a backend without any app or branch.

    Args:
        project: The project.
        identifier: What tells it apart; by default the project's name.

    Raises:
        UserError: ``InvalidIdentifierError``.
    """
    chosen = _as_identifier(project.name) if identifier is None else identifier
    if not _IDENTIFIER.fullmatch(chosen):
        raise UserError(
            "InvalidIdentifierError",
            f"{chosen!r} cannot identify a backend",
            "choose one with --identifier: up to 128 letters, digits and dashes, a letter first",
        )
    return Environment(project, BackendId(chosen, _STANDALONE, "standalone"))


def _as_identifier(name: str) -> str:
    """The identifier that the official library makes of a project's name."""
    letters = re.sub(r"[^A-Za-z0-9-]", "-", re.sub(r"^@[^/]+/", "", name))
    return re.sub(r"^[^A-Za-z]+", "", letters).rstrip("-")[:128]
