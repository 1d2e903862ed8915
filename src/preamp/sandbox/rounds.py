"""What the inner loop sets in motion for a sandbox on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.read import read_assembly
from preamp.assembly.warm import WarmSynthesizer
from preamp.check import CheckBeside
from preamp.contract.activity import CallDenied, InvocationEnded, MailAccepted
from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.deploy.hotswap.swappers import services_of
from preamp.engine.process import EngineProcess
from preamp.events import EngineLost, FunctionInvoked, MailReceived, SandboxOpened
from preamp.sandbox.activity import ActivityWatch
from preamp.sandbox.affected import affects_assembly, linked_sources
from preamp.sandbox.daemon import Effect, SandboxDaemon
from preamp.sandbox.denials import DenialReports
from preamp.sandbox.deployment import Deployer, local_target
from preamp.sandbox.functions import deployed_functions, shortest_path
from preamp.sandbox.ignoring import Ignored
from preamp.sandbox.outputs import OutputsRequest
from preamp.sandbox.watching import FileWatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.activity import Happening
    from preamp.deploy.approval import Approval
    from preamp.engine.protocol import EngineConnection
    from preamp.sandbox.feed import Screen
    from preamp.sandbox.place import SandboxPlace


@dataclass(frozen=True)
class SessionOptions:
    """How a session is run.

    Attributes:
        port: The engine's port; None for the one it had, or any free one.
        watched: The folder to watch, absolute; None for that of the definition.
        exclude: Patterns of files that are no sources, as in a ``.gitignore``.
        allow_data_loss: Whether a change may delete resources that hold data.
        enforce_iam: Whether policies are enforced.
        outputs: How the outputs are wanted.
    """

    port: int | None = None
    watched: Path | None = None
    exclude: tuple[str, ...] = ()
    allow_data_loss: bool = False
    enforce_iam: bool = True
    outputs: OutputsRequest = field(default_factory=OutputsRequest)


def local_daemon(
    place: SandboxPlace, screen: Screen, options: SessionOptions, approval: Approval
) -> SandboxDaemon:
    """The inner loop of a sandbox on this machine, ready to run.

    Args:
        place: Which sandbox.
        screen: Shows what happens.
        options: How it is run.
        approval: Decides about data that would be lost.

    Raises:
        UserError: ``InvalidPatternError``.
    """
    project = place.project
    watched = options.watched or project.definition_folder
    ignored = Ignored(project.directory, options.exclude)
    work = LocalWork(place, screen, options, approval, watched)
    daemon = SandboxDaemon(project.directory, work, FileWatcher(watched, ignored), screen)
    work.lost = daemon.redeploy
    return daemon


class LocalWork:
    """Synthesizes warm, and deploys to an engine that is started when it is needed.

    Args:
        place: Which sandbox.
        screen: Shows what happens.
        options: How the session is run.
        approval: Decides about data that would be lost.
        watched: The folder that is watched.
    """

    def __init__(
        self,
        place: SandboxPlace,
        screen: Screen,
        options: SessionOptions,
        approval: Approval,
        watched: Path,
    ) -> None:
        self._place = place
        self._screen = screen
        self._watched = watched
        self._outputs_file = options.outputs.path(place)
        self._synthesizer = WarmSynthesizer(place.project.directory)
        self._deployer = Deployer(
            place,
            screen,
            port=options.port,
            synthesizer=self._synthesizer,
            checker=CheckBeside(node=node_binary(), cache=cache_root() / "check"),
            approval=approval,
            enforce_iam=options.enforce_iam,
            outputs=options.outputs,
            connected=self._connected,
        )
        self._assembly: CloudAssembly | None = None
        self._activity: ActivityWatch | None = None
        self._denials = DenialReports(place.project, screen)
        self._names: dict[str, str] = {}
        self._sources: frozenset[Path] = frozenset()
        self._settled = False
        self._deployed = False
        self.lost: Callable[[], None] = _nobody

    def synthesize(self) -> None:
        """Have the assembly written."""
        self._assembly, earlier = None, self._assembly
        self._sources = self._sources_of(earlier)
        self._deployer.synthesize()
        assembly = read_assembly(self._place.assembly_directory)
        self._denials.deploying(assembly)
        self._assembly, self._sources = assembly, self._sources_of(assembly)

    def cancel(self) -> None:
        """End the synthesis that is running."""
        self._synthesizer.cancel()

    def deploy(self) -> int:
        """Deploy what was synthesized; how many resources changed."""
        self._deployed = False
        with single_writer(self._place.lock_file, Guarded.DEPLOYMENT):
            deployment = self._deployer.deploy()
        result, clients = deployment.result, deployment.target.clients
        if not self._settled:
            clients.preload(services_of(deployment.assembly.stack))
        if not self._settled or (result.changes and not result.hotswapped):
            functions = deployed_functions(deployment.assembly, clients.cloudformation)
            paths = [function.path for function in functions]
            self._names = {
                each.name: shortest_path(each.path, paths) or each.path for each in functions
            }
        self._denials.deployed()
        self._settled = self._deployed = True
        return len(result.changes)

    def effect(self, saved: Collection[Path]) -> Effect:
        """What saved files can change; everything while there is no assembly of the sources."""
        assembly = self._assembly
        if assembly is None or affects_assembly(saved, assembly, self._place.project):
            return Effect(deployment=True)
        handlers = linked_sources(assembly).intersection(saved)
        if not self._deployed and handlers:
            # a handler that a failed deployment called, say for a custom resource
            return Effect(deployment=True)
        return Effect(deployment=False, handlers=handlers)

    def sources(self) -> Collection[Path]:
        """Files elsewhere that the assembly depends on."""
        return self._sources

    def _sources_of(self, assembly: CloudAssembly | None) -> frozenset[Path]:
        """What the definition read, what functions run, and the record of changed secrets."""
        if assembly is None:
            return frozenset({self._place.secrets_file})
        read = (self._place.project.directory / name for name in assembly.inputs or ())
        return linked_sources(assembly).union(read, {self._place.secrets_file})

    def close(self) -> None:
        """End everything that was started; the sandbox keeps its state."""
        if self._activity:
            self._activity.close()
        self._deployer.close()
        EngineProcess(self._place.engine_directory, port=None, reporter=self._screen).stop()

    def _connected(self, connection: EngineConnection) -> None:
        place = self._place
        where = connection.endpoint, str(self._outputs_file), str(self._watched)
        enforces_iam = connection.enforces_iam
        self._screen.report(
            SandboxOpened(place.project.name, place.identifier, *where, enforces_iam=enforces_iam)
        )
        if self._activity:
            self._activity.close()
        self._denials.connected(local_target(connection).clients)
        self._activity = ActivityWatch(connection, self._happened, self._engine_lost)

    def _happened(self, happening: Happening) -> None:
        match happening:
            case InvocationEnded():
                self._screen.report(
                    FunctionInvoked(
                        self._names.get(happening.function, happening.function),
                        happening.request_id,
                        happening.duration_ms,
                        happening.outcome,
                        happening.init_ms,
                        happening.error,
                        happening.message,
                    )
                )
            case CallDenied():
                self._denials.report(happening)
            case MailAccepted():
                self._screen.report(
                    MailReceived(happening.id, happening.recipients, happening.subject)
                )

    def _engine_lost(self) -> None:
        """Start it again, unless it ends before anything could be deployed to it."""
        self._screen.report(EngineLost())
        if self._settled:
            self._settled = False
            self.lost()


def _nobody() -> None:
    """Tell nobody."""
