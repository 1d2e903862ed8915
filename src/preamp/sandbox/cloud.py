"""The one way into a sandbox at AWS for the command line: everything a command can ask of it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from preamp.assembly.lock import Guarded, current_holder, single_writer, wait_until_free
from preamp.sandbox.session import find_session, hold_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preamp.deploy.approval import Approval
    from preamp.deploy.target import Target
    from preamp.environment.deployment import EnvironmentDeployment
    from preamp.environment.place import Environment
    from preamp.events import Reporter
    from preamp.sandbox.daemon import SandboxDaemon
    from preamp.sandbox.feed import Screen
    from preamp.sandbox.logs import LogReader
    from preamp.sandbox.outputs import OutputsRequest
    from preamp.sandbox.rounds import SessionOptions
    from preamp.sandbox.secrets import SecretStore
    from preamp.sandbox.session import SessionClient, SessionState

_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class CloudStatus:
    """How a sandbox at AWS is.

    Attributes:
        identifier: Which sandbox.
        account: The account.
        region: Its region.
        stack_name: Its root stack.
        stack_status: CloudFormation's word for its state; None if there is none.
        deploying: Pid of the process on this machine that deploys right now, if any.
        session: The session on this machine that watches and redeploys, if one runs.
    """

    identifier: str
    account: str
    region: str
    stack_name: str
    stack_status: str | None
    deploying: int | None
    session: SessionState | None


class CloudSandbox:
    """What can be asked of one sandbox at AWS.

    Args:
        environment: Which sandbox.
        connect: Finds the account; called when it is needed, and once.
        reporter: Hears what happens.

    Attributes:
        environment: Which sandbox.
        keys: What keys of a session do that this kind of sandbox has.
    """

    keys: Final = "lorq"

    def __init__(
        self, environment: Environment, connect: Callable[[], Target], reporter: Reporter
    ) -> None:
        self.environment: Final = environment
        self._connect = connect
        self._reporter = reporter

    @cached_property
    def target(self) -> Target:
        """The account.

        Raises:
            UserError: As `aws_account`.
        """
        return self._connect()

    def deploy(self, *, approval: Approval, outputs: OutputsRequest) -> EnvironmentDeployment:
        """Deploy it once.

        Args:
            approval: Decides about data that would be lost.
            outputs: How the outputs are wanted.

        Raises:
            UserError: The backend has a mistake, its deployment failed, or another one runs.
        """
        from preamp.environment.deployment import deploy_environment
        from preamp.sandbox.outputs import SandboxOutputs

        environment = self.environment
        deployment = deploy_environment(
            environment,
            self.target,
            self._reporter,
            approval=approval,
            consent=None,
            form=outputs.form,
            directory=outputs.folder(environment),
            hotswaps=True,
        )
        SandboxOutputs(environment).record(deployment.files)
        return deployment

    def session(self) -> SessionClient | None:
        """The session that runs in some terminal of this machine, or None."""
        return find_session(self.environment)

    def running(self, options: SessionOptions) -> SessionClient | None:
        """The session that a new one with these options would have to look on at."""
        del options
        return self.session()

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
        from preamp.sandbox.cloud_rounds import cloud_daemon
        from preamp.sandbox.feed import Feed

        self.environment.prepare()
        feed = Feed(screen)
        daemon = cloud_daemon(self.environment, lambda: self.target, feed, options, approval)
        with hold_session(self.environment, daemon, feed):
            yield daemon

    def outputs_file(self) -> Path:
        """The outputs file that was written last, or would be."""
        from preamp.sandbox.outputs import SandboxOutputs

        return SandboxOutputs(self.environment).file()

    def logs(self, path: str | None, *, since: int = 0) -> LogReader:
        """Reads what one function logs, or all of them; see `cloud_logs`."""
        from preamp.environment.deployment import last_assembly
        from preamp.sandbox.cloud_logs import cloud_logs

        known = last_assembly(self.environment)
        return cloud_logs(self.environment.stack_name, self.target, known, path, since=since)

    def secrets(self) -> SecretStore:
        """Its secrets, in Systems Manager."""
        from preamp.deploy.failure import explained
        from preamp.sandbox.secrets import SecretStore

        return SecretStore(
            self.environment, self._parameters, explaining=lambda: explained(self.target)
        )

    def status(self) -> CloudStatus:
        """How it is; changes nothing.

        Raises:
            UserError: The account cannot be asked.
        """
        from preamp.deploy.bootstrapping import STANDARD
        from preamp.deploy.deployed import read_stack
        from preamp.deploy.failure import explained
        from preamp.deploy.roles import Roles

        named, target = self.environment, self.target
        with explained(target):
            looking = Roles(target).take(STANDARD.lookup_role)
            stack = read_stack(looking.clients.cloudformation, named.stack_name)
        holder, session = current_holder(named.lock_file), self.session()
        return CloudStatus(
            named.backend_id.name,
            target.account,
            target.region,
            named.stack_name,
            stack.status if stack else None,
            holder.pid if holder else None,
            session.state() if session else None,
        )

    def stop(self) -> bool:
        """End the session on this machine; what is deployed stays. False if none ran."""
        session = self.session()
        if session is None:
            return False
        session.stop()
        wait_until_free(self.environment.session_lock, _PATIENCE_SECONDS)
        return True

    def delete(self) -> bool:
        """Delete every resource, and its outputs, ending a session on this machine first.

        Returns:
            False if none was there.

        Raises:
            UserError: ``DeletionFailedError`` or ``DeploymentInProgressError``.
        """
        from preamp.environment.deployment import destroy_environment
        from preamp.sandbox.outputs import SandboxOutputs

        environment = self.environment
        self.stop()
        environment.prepare()
        with single_writer(environment.lock_file, Guarded.DEPLOYMENT):
            deleted = destroy_environment(environment, self.target, self._reporter)
            self._forget_hotswaps()
        SandboxOutputs(environment).remove()
        shutil.rmtree(environment.directory, ignore_errors=True)
        return deleted

    def _forget_hotswaps(self) -> None:
        """Leave nothing behind; what stays if it fails speaks of a stack that is no more."""
        from botocore.exceptions import ClientError

        from preamp.environment.deployment import last_assembly
        from preamp.environment.hotswaps import remembered_hotswaps

        known = last_assembly(self.environment)
        with suppress(ClientError):
            hotswaps = remembered_hotswaps(known, self.target) if known else None
            if hotswaps:
                hotswaps.forget()

    def _parameters(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        self.environment.prepare()
        return self.target.clients.client("ssm")
