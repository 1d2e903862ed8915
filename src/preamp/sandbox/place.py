"""Where one sandbox of one project keeps everything."""

from __future__ import annotations

import getpass
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.assembly.place import DeploymentPlace
from preamp.contract.identity import BackendId
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.project import Project

_IDENTIFIER: Final = re.compile(r"[a-zA-Z0-9-]{1,15}")
_LONGEST: Final = 15


@dataclass(frozen=True)
class SandboxPlace(DeploymentPlace):
    """One sandbox, named by its project and identifier.

    Attributes:
        project: The project.
        identifier: Tells sandboxes of one project apart.
    """

    identifier: str

    @property
    def option(self) -> str:
        """What a command line needs to mean this sandbox; empty for the default one."""
        return "" if self.identifier == _user_name() else f" --identifier {self.identifier}"

    @property
    def backend_id(self) -> BackendId:
        """The root of the sandbox's names."""
        return BackendId(self.project.name, self.identifier, "sandbox")

    @property
    def is_default(self) -> bool:
        """Whether it is the one that commands mean when they name none."""
        return self.identifier == _user_name()

    @property
    def directory(self) -> Path:
        """The sandbox's own folder."""
        return self.project.state_directory / self.identifier

    @property
    def engine_directory(self) -> Path:
        """What the engine keeps."""
        return self.directory / "engine"

    @property
    def hotswap_file(self) -> Path:
        """What runs differently from what CloudFormation knows."""
        return self.directory / "hotswap.json"


def known_identifiers(project: Project) -> list[str]:
    """Identifiers of the sandboxes of a project that were deployed, or tried to be."""
    folders = project.state_directory.glob("*/")
    return sorted(folder.name for folder in folders if _IDENTIFIER.fullmatch(folder.name))


def sandbox_place(project: Project, identifier: str | None) -> SandboxPlace:
    """The sandbox of a project.

    Args:
        project: The project.
        identifier: Up to 15 letters, digits and dashes; by default the user's name, as in
            Amplify Gen 2, "Use cloud sandbox in dev environment".

    Raises:
        UserError: ``InvalidIdentifierError``.
    """
    if identifier is None:
        return SandboxPlace(project, _user_name())
    if not _IDENTIFIER.fullmatch(identifier):
        raise UserError(
            "InvalidIdentifierError",
            f"{identifier!r} cannot identify a sandbox",
            f"use 1 to {_LONGEST} letters, digits and dashes",
        )
    return SandboxPlace(project, identifier)


def _user_name() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # no such user: a container that runs under a bare number
        name = ""
    return re.sub(r"[^a-zA-Z0-9-]", "", name)[:_LONGEST] or "me"
