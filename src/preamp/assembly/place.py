"""What is kept on this machine of one deployment of a project."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.project import Project

SECRETS_RECORD: Final = "secrets.json"
"""The file that says when which secret was changed."""


@dataclass(frozen=True)
class DeploymentPlace(ABC):
    """Where it is kept, whether the deployment is on this machine or at AWS.

    Attributes:
        project: The project.
    """

    project: Project

    @property
    @abstractmethod
    def directory(self) -> Path:
        """The deployment's own folder."""

    @property
    def assembly_directory(self) -> Path:
        """The cloud assembly that was synthesized last."""
        return self.directory / "assembly"

    @property
    def lock_file(self) -> Path:
        """Held while a deployment that was started from here runs."""
        return self.directory / "deploy.lock"

    @property
    def session_lock(self) -> Path:
        """Held by the process that watches and redeploys a sandbox."""
        return self.directory / "session.lock"

    @property
    def session_record(self) -> Path:
        """How to speak with that process; for the user alone."""
        return self.directory / "session.json"

    @property
    def secrets_file(self) -> Path:
        """When which secret of a sandbox was changed from here; never what it is."""
        return self.directory / SECRETS_RECORD

    @property
    def outputs_record(self) -> Path:
        """Which files of outputs a sandbox wrote, and what was in them."""
        return self.directory / "outputs.json"

    def prepare(self) -> None:
        """Make the folder, for the user alone, and keep it out of git."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.project.keep_state_apart()
