"""What the inner loop sets in motion for a sandbox at AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.warm import WarmSynthesizer
from preamp.deploy.failure import explained
from preamp.environment.deployment import EnvironmentSynthesis, deploy_assembly
from preamp.environment.hotswaps import remembered_hotswaps
from preamp.events import SandboxOpened
from preamp.sandbox.daemon import Effect, SandboxDaemon
from preamp.sandbox.ignoring import Ignored
from preamp.sandbox.outputs import SandboxOutputs
from preamp.sandbox.watching import FileWatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.approval import Approval
    from preamp.deploy.hotswap.state import HotswapState
    from preamp.deploy.target import Target
    from preamp.environment.place import Environment
    from preamp.sandbox.feed import Screen
    from preamp.sandbox.rounds import SessionOptions


def cloud_daemon(
    environment: Environment,
    connect: Callable[[], Target],
    screen: Screen,
    options: SessionOptions,
    approval: Approval,
) -> SandboxDaemon:
    """The inner loop of a sandbox at AWS, ready to run.

    Args:
        environment: Which sandbox.
        connect: Finds the account.
        screen: Shows what happens.
        options: How it is run.
        approval: Decides about data that would be lost.

    Raises:
        UserError: ``InvalidPatternError``.
    """
    project = environment.project
    watched = options.watched or project.definition_folder
    ignored = Ignored(project.directory, options.exclude)
    work = CloudWork(environment, connect, screen, options, approval, watched)
    return SandboxDaemon(project.directory, work, FileWatcher(watched, ignored), screen)


class CloudWork:
    """Synthesizes warm, and deploys to an account: past CloudFormation what can be, by it the rest.

    Args:
        environment: Which sandbox.
        connect: Finds the account.
        screen: Shows what happens.
        options: How the session is run.
        approval: Decides about data that would be lost.
        watched: The folder that is watched.
    """

    def __init__(
        self,
        environment: Environment,
        connect: Callable[[], Target],
        screen: Screen,
        options: SessionOptions,
        approval: Approval,
        watched: Path,
    ) -> None:
        self._environment = environment
        self._connect = connect
        self._screen = screen
        self._outputs = options.outputs
        self._approval = approval
        self._watched = watched
        self._synthesizer = WarmSynthesizer(environment.project.directory)
        self._hotswap: HotswapState | None = None
        self._synthesis: EnvironmentSynthesis | None = None
        self._assembly: CloudAssembly | None = None
        self._synthesizer.start()

    def synthesize(self) -> None:
        """Have the assembly written and checked."""
        if self._synthesis is None:
            self._synthesis = self._opened()
        self._assembly = self._synthesis.run()

    def cancel(self) -> None:
        """End the synthesis that is running."""
        self._synthesizer.cancel()

    def deploy(self) -> int:
        """Deploy what was synthesized; how many resources changed."""
        if self._assembly is None:
            return 0
        with single_writer(self._environment.lock_file, Guarded.DEPLOYMENT):
            deployment = deploy_assembly(
                self._assembly,
                self._connect(),
                self._screen,
                approval=self._approval,
                consent=None,
                form=self._outputs.form,
                directory=self._outputs.folder(self._environment),
                hotswap=self._hotswaps(self._assembly),
            )
        SandboxOutputs(self._environment).record(deployment.files)
        return len(deployment.result.changes)

    def _hotswaps(self, assembly: CloudAssembly) -> HotswapState | None:
        """What was hotswapped, and what is known of the stack for as long as it is the same."""
        if self._hotswap is None:
            target = self._connect()
            with explained(target):
                self._hotswap = remembered_hotswaps(assembly, target)
        return self._hotswap

    def effect(self, saved: Collection[Path]) -> Effect:
        """What saved files can change: there, functions run what was uploaded of them."""
        return Effect(deployment=bool(saved))

    def sources(self) -> Collection[Path]:
        """Files elsewhere that a deployment depends on: the record of changed secrets."""
        return [self._environment.secrets_file]

    def close(self) -> None:
        """Let go of everything; what is deployed stays."""
        (self._synthesis or self._synthesizer).close()

    def _opened(self) -> EnvironmentSynthesis:
        """Find the account, and say where this goes."""
        environment, target = self._environment, self._connect()
        self._screen.report(
            SandboxOpened(
                environment.project.name,
                environment.backend_id.name,
                f"account {target.account} in {target.region}, {target.name}",
                str(self._outputs.path(environment)),
                str(self._watched),
            )
        )
        return EnvironmentSynthesis(environment, target, self._screen, self._synthesizer)
