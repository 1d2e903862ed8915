"""The files that frontends of a sandbox read: written after each deployment, removed with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preamp.outputs.local_client import LocalCloud
from preamp.outputs.writing import OutputsForm, write_outputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preamp.assembly.place import DeploymentPlace
    from preamp.engine.protocol import EngineConnection


@dataclass(frozen=True)
class OutputsRequest:
    """How the outputs of a sandbox are wanted.

    Attributes:
        form: Format and version.
        directory: Where they go, absolute; None for the project's folder.
    """

    form: OutputsForm = field(default_factory=OutputsForm)
    directory: Path | None = None

    def path(self, place: DeploymentPlace) -> Path:
        """Where the outputs file of a sandbox is going to be."""
        return self.folder(place) / self.form.name

    def folder(self, place: DeploymentPlace) -> Path:
        """The folder that it is in."""
        return self.directory or place.project.directory


class SandboxOutputs:
    """The outputs of one sandbox, as they lie in some folder.

    Several sandboxes of a project write to the same place. A record tells which files are this
    one's, and what it wrote into them.

    Args:
        place: Which sandbox.
    """

    def __init__(self, place: DeploymentPlace) -> None:
        self._place = place

    def write(
        self, document: Mapping[str, Any], request: OutputsRequest, connection: EngineConnection
    ) -> None:
        """Write them.

        Args:
            document: The outputs, composed for the version that is requested.
            request: In which form, and where to.
            connection: Where the sandbox runs.

        Raises:
            UserError: ``OutputsFileError``.
        """
        cloud = LocalCloud(connection.endpoint, connection.region)
        self.record(write_outputs(request.folder(self._place), document, request.form, cloud))

    def record(self, files: Iterable[Path]) -> None:
        """Remember which files were written.

        Args:
            files: That of the outputs first.
        """
        record = {str(path): _digest(path) for path in files}
        self._place.outputs_record.write_text(json.dumps(record, indent=2), encoding="utf-8")

    def file(self) -> Path:
        """The outputs file that was written last; if none was, where it would be."""
        written = next(iter(self._recorded()), None)
        return Path(written) if written else OutputsRequest().path(self._place)

    def remove(self) -> None:
        """Remove them, unless someone else has written them since."""
        for name, digest in self._recorded().items():
            path = Path(name)
            if path.exists() and _digest(path) == digest:
                path.unlink()

    def _recorded(self) -> dict[str, str]:
        try:
            record: dict[str, str] = json.loads(
                self._place.outputs_record.read_text(encoding="utf-8")
            )
        except (FileNotFoundError, ValueError):
            return {}
        return record


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
