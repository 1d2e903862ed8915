"""Explains denied calls to whoever shows a session, as they happen and each but once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.sandbox.permissions import Permissions, Repetitions
from preamp.sandbox.resources import deployed_resources

if TYPE_CHECKING:
    from preamp.assembly.project import Project
    from preamp.assembly.read import CloudAssembly
    from preamp.contract.activity import CallDenied
    from preamp.deploy.target import ClientFactory
    from preamp.events import Reporter


class DenialReports:
    """Reports the denied calls of one session.

    Args:
        project: Whose sources are read.
        reporter: Shows them.
    """

    def __init__(self, project: Project, reporter: Reporter) -> None:
        self._project = project
        self._reporter = reporter
        self._assembly: CloudAssembly | None = None
        self._clients: ClientFactory | None = None
        self._is_settled = False
        self._permissions: Permissions | None = None
        self._repetitions = Repetitions()

    def connected(self, clients: ClientFactory) -> None:
        """Hear where the engine is.

        Args:
            clients: Its clients.
        """
        self._clients = clients

    def deploying(self, assembly: CloudAssembly) -> None:
        """Hear that an assembly is going to be deployed; that may call functions already.

        Args:
            assembly: The assembly.
        """
        self._assembly = assembly
        self._is_settled = False
        self._permissions = None
        # What was denied before may be allowed now: it is told anew if it is not.
        self._repetitions = Repetitions()

    def deployed(self) -> None:
        """Hear that nothing changes any more until the next deployment."""
        self._permissions = None
        self._is_settled = True

    def report(self, denial: CallDenied) -> None:
        """Explain a denied call, unless it is one of many.

        Args:
            denial: The call.
        """
        permissions = self._permissions or self._current()
        if permissions is None:
            return
        if self._is_settled:
            self._permissions = permissions
        shown = self._repetitions.shown(permissions.explain(denial))
        if shown:
            self._reporter.report(shown)

    def _current(self) -> Permissions | None:
        from botocore.exceptions import BotoCoreError, ClientError

        if self._assembly is None or self._clients is None:
            return None
        try:
            resources = deployed_resources(self._assembly, self._clients.cloudformation)
        except (BotoCoreError, ClientError):
            # The engine stops, or the stack is only about to be: told by names then.
            resources = []
        return Permissions(self._assembly, resources, self._project.read)
