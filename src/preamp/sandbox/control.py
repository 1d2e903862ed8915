"""The one way into a sandbox for the command line: everything a command can ask of it."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from preamp.assembly.lock import Guarded, current_holder, single_writer, wait_until_free
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.activity import CallDenied
    from preamp.contract.mail import MailSummary
    from preamp.deploy.approval import Approval
    from preamp.deploy.target import Target
    from preamp.engine.process import EngineProcess
    from preamp.engine.protocol import EngineConnection
    from preamp.events import PermissionDenied, Reporter
    from preamp.outputs.writing import OutputsForm
    from preamp.sandbox.daemon import SandboxDaemon
    from preamp.sandbox.debugging import Attachment
    from preamp.sandbox.deployment import SandboxDeployment
    from preamp.sandbox.feed import Screen
    from preamp.sandbox.functions import DeployedFunction
    from preamp.sandbox.invocation import Invocation
    from preamp.sandbox.logs import LogReader
    from preamp.sandbox.outputs import OutputsRequest
    from preamp.sandbox.permissions import Permissions
    from preamp.sandbox.place import SandboxPlace
    from preamp.sandbox.restoring import Restoring
    from preamp.sandbox.rounds import SessionOptions
    from preamp.sandbox.secrets import SecretStore
    from preamp.sandbox.session import SessionClient, SessionState
    from preamp.sandbox.source_names import SourceNames


_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class SandboxStatus:
    """How a sandbox is.

    Attributes:
        identifier: Which sandbox.
        stack_name: Its root stack.
        stack_status: CloudFormation's word for its state; None if it was never deployed.
        connection: The engine, if it runs.
        deploying: Pid of the process that deploys right now, if any.
        outputs_file: The outputs file, if it was written.
        session: The session that watches and redeploys, if one runs.
    """

    identifier: str
    stack_name: str
    stack_status: str | None
    connection: EngineConnection | None
    deploying: int | None
    outputs_file: str | None
    session: SessionState | None


class SandboxControl:
    """What can be asked of one sandbox.

    Imports what a question needs only when it is asked: the AWS clients cost 0.2 s.

    Attributes:
        keys: What keys of a session do.
    """

    keys: Final = "lmorq"

    def __init__(self, place: SandboxPlace, reporter: Reporter) -> None:
        self._place = place
        self._reporter = reporter

    @property
    def place(self) -> SandboxPlace:
        """Which sandbox it is."""
        return self._place

    def deploy(
        self,
        *,
        port: int | None,
        approval: Approval | None = None,
        enforce_iam: bool = True,
        outputs: OutputsRequest | None = None,
    ) -> SandboxDeployment:
        """Deploy it once; see `deploy_once`."""
        from preamp.sandbox.deployment import deploy_once

        place, reporter = self._place, self._reporter
        enforce: bool | None = enforce_iam
        if self.session():
            self.keep_permissions(enforce=enforce_iam)
            enforce = None
        return deploy_once(
            place, reporter, port=port, approval=approval, enforce_iam=enforce, outputs=outputs
        )

    def outputs_file(self) -> Path:
        """The outputs file that was written last, or would be."""
        from preamp.sandbox.outputs import SandboxOutputs

        return SandboxOutputs(self._place).file()

    def generate_outputs(self, directory: Path, form: OutputsForm) -> tuple[Path, ...]:
        """Write the outputs of what is deployed.

        Args:
            directory: Where to; this is not where deployments write them.
            form: In which form.

        Returns:
            The files, that of the outputs first.

        Raises:
            UserError: ``SandboxNotRunningError``, or as `read_document`.
        """
        from preamp.outputs.deployed import read_document
        from preamp.outputs.local_client import LocalCloud
        from preamp.outputs.writing import write_outputs

        connection = self._connection()
        clients = self._target(connection).clients
        document = read_document(clients, self._place.backend_id.stack_name, form.version)
        cloud = LocalCloud(connection.endpoint, connection.region)
        return write_outputs(directory, document, form, cloud)

    def read_schema(self, *, of_models: bool) -> str:
        """The schema of the API that is deployed.

        Args:
            of_models: Whether it is the one that the models are made of.

        Raises:
            UserError: ``SandboxNotRunningError``, or as `deployed_schemas.read_schema`.
        """
        from preamp.client_code.deployed_schemas import read_schema

        clients = self._target(self._connection()).clients
        return read_schema(clients.client, self._place.backend_id.stack_name, of_models=of_models)

    def read_models(self) -> object:
        """What the API that is deployed says of its models.

        Raises:
            UserError: ``SandboxNotRunningError``, or as `outputs.models.read_models`.
        """
        from preamp.outputs.models import read_models

        clients = self._target(self._connection()).clients
        stack_name = self._place.backend_id.stack_name
        return read_models(clients.cloudformation, clients.s3, stack_name)

    def keep_permissions(self, *, enforce: bool) -> None:
        """Leave permissions as the session has them that runs in another terminal.

        Args:
            enforce: What is asked for; False is refused if they are enforced there.

        Raises:
            UserError: ``SandboxRunningError``.
        """
        running = self._engine().running()
        if running and running.enforces_iam and not enforce:
            raise UserError(
                "SandboxRunningError",
                "another terminal runs this sandbox, with permissions enforced",
                "stop it with 'preamp sandbox stop', then start it with --no-iam",
            )

    def running(self, options: SessionOptions) -> SessionClient | None:
        """The session that a new one with these options would have to look on at.

        Raises:
            UserError: ``SandboxRunningError`` if it enforces permissions and shall not.
        """
        found = self.session()
        if found is not None:
            self.keep_permissions(enforce=options.enforce_iam)
        return found

    def session(self) -> SessionClient | None:
        """The session that runs in some terminal, or None."""
        from preamp.sandbox.session import find_session

        return find_session(self._place)

    @contextmanager
    def hold(
        self, screen: Screen, options: SessionOptions, approval: Approval
    ) -> Iterator[SandboxDaemon]:
        """Be the session of this sandbox; the daemon is still to be run.

        Args:
            screen: Shows what happens.
            options: How it is run.
            approval: Decides about data that would be lost.

        Raises:
            UserError: ``SandboxRunningError`` or ``InvalidPatternError``.
        """
        from preamp.sandbox.feed import Feed
        from preamp.sandbox.rounds import local_daemon
        from preamp.sandbox.session import hold_session

        self._place.prepare()
        feed = Feed(screen)
        daemon = local_daemon(self._place, feed, options, approval)
        with hold_session(self._place, daemon, feed):
            yield daemon

    def status(self) -> SandboxStatus:
        """How it is; starts nothing."""
        connection = self._engine().running()
        holder = current_holder(self._place.lock_file)
        outputs = self.outputs_file()
        session = self.session()
        return SandboxStatus(
            self._place.identifier,
            self._place.backend_id.stack_name,
            self._stack_status(connection) if connection else None,
            connection,
            holder.pid if holder else None,
            str(outputs) if outputs.exists() else None,
            session.state() if session else None,
        )

    def stop(self) -> bool:
        """Stop the session and the engine, keeping its state; False if neither ran."""
        ended = self._end_session()
        return self._engine().stop() or ended

    def _end_session(self) -> bool:
        """Let the session of another terminal end, to the last of its files; False if none ran."""
        session = self.session()
        if session is None:
            return False
        session.stop()
        wait_until_free(self._place.session_lock, _PATIENCE_SECONDS)
        return True

    def delete(self) -> None:
        """Delete every resource, stop the engine and remove its state.

        Raises:
            UserError: ``DeploymentInProgressError``.
        """
        from preamp.deploy.apply import destroy
        from preamp.sandbox.outputs import SandboxOutputs

        self._end_session()
        engine = self._engine()
        if self._place.directory.exists():
            with single_writer(self._place.lock_file, Guarded.DEPLOYMENT):
                connection = engine.running()
                if connection:
                    destroy(
                        self._place.backend_id.stack_name,
                        self._target(connection),
                        self._reporter,
                        assembly=self._assembly(),
                    )
                engine.stop()
            SandboxOutputs(self._place).remove()
            shutil.rmtree(self._place.directory)

    def restoring(self) -> Restoring:
        """Its snapshots."""
        from preamp.sandbox.restoring import Restoring

        return Restoring(self._place, self._engine())

    def restore(self, name: str) -> bool:
        """Bring a snapshot back.

        A session in another terminal is ended first: it would deploy over what comes back.

        Returns:
            Whether there was a session.

        Raises:
            UserError: ``SnapshotNotFoundError`` or ``DeploymentInProgressError``.
        """
        restoring = self.restoring()
        restoring.find(name)
        ended = self._end_session()
        restoring.restore(name)
        return ended

    def reset(self) -> str | None:
        """Forget everything, ending a session in another terminal first.

        Returns:
            The snapshot that brings it back, None if nothing ran that could be kept.

        Raises:
            UserError: ``DeploymentInProgressError``, or ``SnapshotError`` if there is no room.
        """
        from preamp.sandbox.restoring import BEFORE_RESET

        restoring, taken = self.restoring(), None
        if self._engine().running():
            restoring.take(BEFORE_RESET)
            taken = BEFORE_RESET
        self._end_session()
        restoring.empty()
        return taken

    def variables(self) -> dict[str, str]:
        """Environment variables by which AWS tools reach it."""
        return self._connection().variables()

    def function_paths(self) -> list[str]:
        """Construct paths of the functions that were synthesized last; asks nobody."""
        from preamp.sandbox.functions import function_paths

        assembly = self._assembly()
        return function_paths(assembly) if assembly else []

    def functions(self) -> list[DeployedFunction]:
        """Its functions."""
        from preamp.sandbox.functions import deployed_functions

        # In this order: that nothing was deployed is said of a sandbox that runs.
        cloudformation = self._client("cloudformation")
        return deployed_functions(self._deployed(), cloudformation)

    def invoke(self, path: str, payload: str) -> Invocation:
        """Invoke a function; see `preamp.sandbox.invocation`."""
        from preamp.sandbox.functions import find_function
        from preamp.sandbox.invocation import invoke

        function = find_function(path, self.functions())
        began = time.time()
        invocation = invoke(function, payload, self._client("lambda"), self._source_names())
        if invocation.failure is None:
            return invocation

        def is_its(denial: CallDenied) -> bool:
            if denial.request_id:
                return denial.request_id == invocation.request_id
            # A trace that is not ours does not name the invocation.
            return denial.function == function.name and denial.time >= began

        return replace(invocation, denials=self.denials(is_its))

    def permissions(self) -> Permissions:
        """Explains denied calls, as things are deployed now; see `preamp.sandbox.permissions`."""
        from preamp.sandbox.permissions import Permissions
        from preamp.sandbox.resources import deployed_resources

        assembly = self._deployed()
        resources = deployed_resources(assembly, self._client("cloudformation"))
        return Permissions(assembly, resources, self._place.project.read)

    def denials(
        self, is_wanted: Callable[[CallDenied], bool] = lambda _: True
    ) -> tuple[PermissionDenied, ...]:
        """Its last denied calls, the oldest first, each once, explained.

        Args:
            is_wanted: Chooses among them.
        """
        from preamp.engine.client import EngineClient
        from preamp.sandbox.permissions import collapsed

        denials = EngineClient(self._connection()).denials()
        wanted = [denial for denial in denials if is_wanted(denial)]
        if not wanted:
            return ()
        permissions = self.permissions()
        return collapsed(permissions.explain(denial) for denial in wanted)

    def open_denials(self) -> tuple[PermissionDenied, ...]:
        """The denied calls that would be denied again, as `denials` gives them."""
        from preamp.engine.client import EngineClient
        from preamp.sandbox.mended import still_denied

        connection = self._connection()
        found = EngineClient(connection).denials()
        remaining = still_denied(found, self._target(connection).clients.client("iam"))
        return self.denials(lambda denial: denial in remaining)

    def debug(self, path: str) -> Attachment:
        """Let a function's next environment wait for a debugger."""
        from preamp.engine.client import EngineClient
        from preamp.sandbox.debugging import debug
        from preamp.sandbox.functions import find_function

        function = find_function(path, self.functions())
        engine = EngineClient(self._connection())
        return debug(function, self._client("lambda"), engine, self._reporter)

    def end_debugging(self, path: str) -> bool:
        """Run a function as always; False if it was not debugged."""
        from preamp.engine.client import EngineClient
        from preamp.sandbox.functions import find_function

        function = find_function(path, self.functions())
        return EngineClient(self._connection()).end_debugging(function.name)

    def logs(self, path: str | None, *, since: int = 0) -> LogReader:
        """Reads what one function logs, or all of them.

        Args:
            path: The function's construct path; None for all.
            since: Milliseconds since the epoch; older lines are left out.
        """
        from preamp.sandbox.functions import find_function
        from preamp.sandbox.logs import LogReader

        functions = self.functions()
        chosen = functions if path is None else [find_function(path, functions)]
        clients = self._client("lambda"), self._client("logs")
        return LogReader(chosen, *clients, since=since, sources=self._source_names())

    def mail(self) -> tuple[MailSummary, ...]:
        """The e-mails that SES accepted, newest first."""
        from preamp.engine.client import EngineClient

        return EngineClient(self._connection()).mail()

    def raw_mail(self, message_id: str) -> bytes:
        """One e-mail as a MIME document."""
        from preamp.engine.client import EngineClient

        return EngineClient(self._connection()).raw_mail(message_id)

    def clear_mail(self) -> None:
        """Delete all e-mails."""
        from preamp.engine.client import EngineClient

        EngineClient(self._connection()).clear_mail()

    def secrets(self) -> SecretStore:
        """Its secrets; the engine is started when it is needed for them."""
        from preamp.sandbox.secrets import SecretStore

        return SecretStore(self._place, self._parameters, self._place.engine_directory.exists)

    def _parameters(self) -> Any:  # noqa: ANN401 - see `_client`
        """A client of Systems Manager; one may set a secret before the first deployment."""
        self._place.prepare()
        return self._target(self._engine().start()).clients.client("ssm")

    def _engine(self) -> EngineProcess:
        from preamp.engine.process import EngineProcess

        return EngineProcess(self._place.engine_directory, port=None, reporter=self._reporter)

    def _connection(self) -> EngineConnection:
        connection = self._engine().running()
        if connection is None:
            raise _never_deployed()
        return connection

    def _deployed(self) -> CloudAssembly:
        """What runs was made from this assembly; who asks must be told first if nothing runs."""
        self._connection()
        assembly = self._assembly()
        if assembly is None:
            raise UserError(
                "NothingDeployedError",
                "the sandbox of this project runs, but nothing was ever deployed to it",
                "deploy with 'preamp sandbox'",
            )
        return assembly

    def _source_names(self) -> SourceNames:
        from preamp.sandbox.source_names import SourceNames

        return SourceNames(self._deployed(), self._place.project.directory)

    def _assembly(self) -> CloudAssembly | None:
        from preamp.assembly.read import read_assembly

        directory = self._place.assembly_directory
        return read_assembly(directory) if directory.exists() else None

    def _target(self, connection: EngineConnection) -> Target:
        from preamp.sandbox.deployment import local_target

        return local_target(connection)

    def _client(self, service: str) -> Any:  # noqa: ANN401 - one class per service
        return self._target(self._connection()).clients.client(service)

    def _stack_status(self, connection: EngineConnection) -> str | None:
        from preamp.deploy.deployed import read_stack

        cloudformation = self._target(connection).clients.cloudformation
        stack = read_stack(cloudformation, self._place.backend_id.stack_name)
        return stack.status if stack else None


def _never_deployed() -> UserError:
    return UserError(
        "SandboxNotRunningError",
        "the sandbox of this project does not run",
        "start and deploy it with 'preamp sandbox'",
    )
