"""Snapshots of a sandbox: everything in its local cloud, and what we remember about it.

The engine keeps its own state; beside it goes the record of hotswapped functions, without which
the next plan would take the functions for those of the template.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Final

from preamp.assembly.lock import Guarded, single_writer
from preamp.engine.snapshots import Snapshot, snapshot_directory
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.engine.process import EngineProcess
    from preamp.sandbox.place import SandboxPlace

__all__ = ["BEFORE_LOSS", "BEFORE_RESET", "Restoring", "Snapshot"]

BEFORE_LOSS: Final = "before-data-loss"
"""What snapshots are called that are taken before a deployment that loses data; a time follows."""

BEFORE_RESET: Final = "before-reset"
"""The snapshot that is taken before everything is forgotten."""


class Restoring:
    """Takes snapshots of one sandbox and brings them back.

    Args:
        place: Where the sandbox keeps everything.
        engine: Its engine.
    """

    def __init__(self, place: SandboxPlace, engine: EngineProcess) -> None:
        self._place = place
        self._engine = engine

    def snapshots(self) -> list[Snapshot]:
        """What can be brought back, newest first."""
        return self._engine.snapshots()

    def find(self, name: str) -> Snapshot:
        """The snapshot of a name.

        Raises:
            UserError: ``SnapshotNotFoundError``.
        """
        found = self.snapshots()
        for snapshot in found:
            if snapshot.name == name:
                return snapshot
        names = ", ".join(snapshot.name for snapshot in found)
        raise UserError(
            "SnapshotNotFoundError",
            f"there is no snapshot {name!r}",
            f"there is {names}" if names else "none was taken yet",
        )

    def take(self, name: str) -> None:
        """Keep everything as it is now; the local cloud must run.

        Args:
            name: What to call it; one of the same name is replaced.

        Raises:
            UserError: ``EngineNotRunningError`` or ``SnapshotError``.
        """
        self._engine.snapshot(name)
        record = self._place.hotswap_file
        if record.exists():
            shutil.copyfile(record, self._record_in(name))

    def take_before_loss(self) -> str:
        """Keep everything before a deployment that loses data; return how it comes back."""
        name = f"{BEFORE_LOSS}-{time.strftime('%Y%m%d-%H%M%S')}"
        self.take(name)
        return f"`preamp sandbox restore {name}` brings back what was there before"

    def restore(self, name: str) -> None:
        """Bring a snapshot back; a local cloud that runs is started again on the same port.

        Raises:
            UserError: ``SnapshotNotFoundError`` or ``DeploymentInProgressError``.
        """
        self.find(name)
        with single_writer(self._place.lock_file, Guarded.DEPLOYMENT):
            self._place.hotswap_file.unlink(missing_ok=True)
            if self._record_in(name).exists():
                shutil.copyfile(self._record_in(name), self._place.hotswap_file)
            self._engine.restore(name)

    def empty(self) -> None:
        """Forget everything but the snapshots.

        Raises:
            UserError: ``DeploymentInProgressError``.
        """
        self._place.prepare()
        with single_writer(self._place.lock_file, Guarded.DEPLOYMENT):
            self._place.hotswap_file.unlink(missing_ok=True)
            self._engine.empty()

    def _record_in(self, name: str) -> Path:
        directory = snapshot_directory(self._place.engine_directory, name)
        return directory / self._place.hotswap_file.name
