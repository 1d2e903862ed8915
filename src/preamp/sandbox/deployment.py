"""Makes a sandbox what its definition says: engine and synthesis side by side, then the rest.

The stages: the engine is started while the definition is synthesized; the assembly is checked;
what its functions find on AWS is fetched; CloudFormation deploys it; the outputs are written.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, Self

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.produce import produce_assembly
from preamp.assembly.read import read_assembly
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.check import CheckFirst
from preamp.deploy.apply import deploy
from preamp.deploy.assets import AssetPublisher
from preamp.deploy.hotswap.record import FileRecord
from preamp.deploy.hotswap.state import HotswapState
from preamp.deploy.target import Credentials, Target
from preamp.engine.environment import ensure_environment
from preamp.engine.node_sdk.installation import ensure_node_sdk, needs_node_sdk
from preamp.engine.process import EngineProcess
from preamp.lambda_host.preparation import prepare_python
from preamp.outputs.document import compose_document
from preamp.outputs.entries import collect_entries
from preamp.outputs.models import read_models
from preamp.sandbox.outputs import OutputsRequest, SandboxOutputs
from preamp.sandbox.restoring import Restoring
from preamp.sandbox.secrets import require_secrets, secrets_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.assembly.synthesizer import Synthesizer
    from preamp.deploy.apply import DeploymentResult
    from preamp.deploy.approval import Approval
    from preamp.engine.protocol import EngineConnection
    from preamp.events import Reporter
    from preamp.sandbox.place import SandboxPlace

_POLL_SECONDS: Final = 0.02
_FUNCTION: Final = "AWS::Lambda::Function"


def _nobody_asks(_connection: EngineConnection) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class SandboxDeployment:
    """How a deployment of a sandbox ended.

    Attributes:
        connection: The engine it runs on.
        target: The same, with its clients.
        assembly: What was deployed.
        result: What CloudFormation did.
        outputs_file: The outputs file that was written.
    """

    connection: EngineConnection
    target: Target
    assembly: CloudAssembly
    result: DeploymentResult
    outputs_file: Path


@dataclass(frozen=True)
class _Running:
    """An engine, and what is kept for as long as it is the same one."""

    connection: EngineConnection
    target: Target
    publisher: AssetPublisher
    hotswap: HotswapState


class Checker(Protocol):
    """Finds mistakes in an assembly."""

    def prepare(self) -> None:
        """Get ready, in the hope of being needed."""

    def check(self, assembly: CloudAssembly, reporter: Reporter) -> None:
        """Check it.

        Raises:
            UserError: ``InvalidTemplateError``, if the deployment shall not begin.
        """

    def close(self) -> None:
        """Let go of everything."""


class Deployer:
    """Deploys one sandbox, again and again, and keeps warm between what can be kept.

    Args:
        place: Which sandbox.
        reporter: Hears what happens.
        port: The engine's port if it has to be started; None for any free one.
        synthesizer: Synthesizes.
        checker: Checks.
        approval: Decides about data that would be lost; None if none may be.
        enforce_iam: Whether policies are enforced; None for what a running engine does.
        outputs: How the outputs are wanted.
        connected: Told where the engine is, as soon as that is known.
    """

    def __init__(
        self,
        place: SandboxPlace,
        reporter: Reporter,
        *,
        port: int | None,
        synthesizer: Synthesizer,
        checker: Checker,
        approval: Approval | None = None,
        enforce_iam: bool | None = True,
        outputs: OutputsRequest | None = None,
        connected: Callable[[EngineConnection], None] = _nobody_asks,
    ) -> None:
        self._place = place
        self._reporter = reporter
        self._port = port
        self._synthesizer = synthesizer
        self._checker = checker
        self._approval = approval
        self._enforce_iam = enforce_iam
        self._outputs = outputs or OutputsRequest()
        self._tell = connected
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._connecting: Future[_Running] | None = None
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything but the engine."""
        self._synthesizer.close()
        self._checker.close()
        self._beside.shutdown()

    def synthesize(self) -> None:
        """Have the assembly written, and the engine started beside.

        Raises:
            UserError: The backend has a mistake.
        """
        # Before the two that run side by side: it has a stage of its own to show.
        ensure_environment(self._reporter)
        if _edited_since(self._place.assembly_directory, self._place.project.definition_folder):
            self._checker.prepare()
        self._connecting = self._beside.submit(self._connect)
        produce_assembly(
            self._place.project,
            self._place.backend_id,
            self._place.assembly_directory,
            self._reporter,
            local=True,
            context=secrets_context(self._place),
            synthesizer=self._synthesizer,
        )

    def deploy(self) -> SandboxDeployment:
        """Deploy the assembly that was written last, and write the outputs.

        Raises:
            UserError: It has a mistake, or its deployment failed.
        """
        running = self._connected()
        assembly = read_assembly(self._place.assembly_directory)
        require_secrets(assembly, self._place, running.target)
        self._checker.check(assembly, self._reporter)
        _prepare_runtimes(assembly, self._reporter)
        result = deploy(
            assembly,
            running.target,
            self._reporter,
            publisher=running.publisher,
            hotswap=running.hotswap,
            approval=self._approval,
            before_data_loss=Restoring(self._place, self._engine()).take_before_loss,
        )
        self._write_outputs(running, assembly, result)
        outputs_file = self._outputs.path(self._place)
        return SandboxDeployment(running.connection, running.target, assembly, result, outputs_file)

    def _connected(self) -> _Running:
        """The engine; one that failed to start is started again with the next deployment."""
        connecting, self._connecting = self._connecting, None
        return connecting.result() if connecting else self._connect()

    def _connect(self) -> _Running:
        """The running engine, and its clients in the making: 0.2 s that the synthesis hides."""
        connection = self._engine().start()
        if self._running is None or self._running.connection != connection:
            target = local_target(connection)
            target.clients.preload()
            hotswap = HotswapState(FileRecord(self._place.hotswap_file))
            self._running = _Running(connection, target, AssetPublisher(target), hotswap)
            self._tell(connection)
        return self._running

    def _engine(self) -> EngineProcess:
        return EngineProcess(
            self._place.engine_directory,
            port=self._port,
            reporter=self._reporter,
            enforce_iam=self._enforce_iam,
        )

    def _write_outputs(
        self, running: _Running, assembly: CloudAssembly, result: DeploymentResult
    ) -> None:
        entries = collect_entries(assembly.stack_name, result.metadata, result.outputs)
        clients, version = running.target.clients, self._outputs.form.version
        models = partial(read_models, clients.cloudformation, clients.s3, assembly.stack_name)
        document = compose_document(entries, version=version, models=models)
        SandboxOutputs(self._place).write(document, self._outputs, running.connection)


def deploy_once(
    place: SandboxPlace,
    reporter: Reporter,
    *,
    port: int | None,
    approval: Approval | None = None,
    enforce_iam: bool | None = True,
    outputs: OutputsRequest | None = None,
) -> SandboxDeployment:
    """Make a sandbox what its definition says.

    Args:
        place: Which sandbox.
        reporter: Hears what happens.
        port: The engine's port if it has to be started; None for any free one.
        approval: Decides about data that would be lost; None if none may be.
        enforce_iam: Whether policies are enforced; None for what a running engine does.
        outputs: How the outputs are wanted.

    Raises:
        UserError: The backend has a mistake, its deployment failed, or another one runs.
    """
    place.prepare()
    deployer = Deployer(
        place,
        reporter,
        port=port,
        synthesizer=ColdSynthesizer(),
        checker=CheckFirst(),
        approval=approval,
        enforce_iam=enforce_iam,
        outputs=outputs,
    )
    with single_writer(place.lock_file, Guarded.DEPLOYMENT), deployer:
        deployer.synthesize()
        return deployer.deploy()


def local_target(connection: EngineConnection) -> Target:
    """A running engine as the target of a deployment."""
    return Target(
        name="local cloud",
        region=connection.region,
        account=connection.account,
        endpoint_url=connection.endpoint,
        credentials=Credentials(connection.access_key_id, connection.secret_access_key),
        poll_interval=_POLL_SECONDS,
    )


def _edited_since(assembly: Path, folder: Path) -> bool:
    """Whether a Python file changed since an assembly was written, so that it needs checking.

    Only a guess, to have the validator ready in time without starting it for nothing.
    """
    try:
        written = (assembly / "manifest.json").stat().st_mtime
    except FileNotFoundError:
        return True
    return any(path.stat().st_mtime > written for path in folder.rglob("*.py"))


def _prepare_runtimes(assembly: CloudAssembly, reporter: Reporter) -> None:
    """Fetch what the functions find beside their own code, before the first call waits for it."""
    prepare_python(_runtimes(assembly.stack), reporter)
    if needs_node_sdk(stack.template_file for stack in assembly.stack.tree()):
        ensure_node_sdk(reporter)


def _runtimes(stack: AssemblyStack) -> set[str]:
    """The runtimes of all functions, as far as templates name them."""
    own = (
        resource.get("Properties", {}).get("Runtime")
        for resource in stack.resources.values()
        if resource["Type"] == _FUNCTION
    )
    below = (_runtimes(child) for child in stack.children.values())
    return {runtime for runtime in own if isinstance(runtime, str)}.union(*below)
