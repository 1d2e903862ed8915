"""Brings a deployment at AWS to what the definition says, tells what that would do, or deletes it.

The stages: the definition is synthesized for AWS; the assembly is checked; CloudFormation deploys
it, by the roles of the account's bootstrap; the outputs are written. Of a branch, nothing is
hotswapped, and data and permissions change only with somebody's consent.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.produce import produce_assembly
from preamp.assembly.read import read_assembly
from preamp.assembly.synthesizer import ColdSynthesizer
from preamp.check import CheckFirst
from preamp.deploy.apply import deploy, destroy, foresee
from preamp.deploy.bootstrapping import STANDARD, require_bootstrap
from preamp.deploy.failure import explained
from preamp.deploy.roles import Roles
from preamp.environment.hotswaps import remembered_hotswaps
from preamp.environment.secrets import EnvironmentSecrets
from preamp.errors import UserError
from preamp.outputs.document import compose_document
from preamp.outputs.entries import collect_entries
from preamp.outputs.models import read_models
from preamp.outputs.writing import write_outputs

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.assembly.synthesizer import Synthesizer
    from preamp.deploy.apply import DeploymentResult, Foreseen
    from preamp.deploy.approval import Approval
    from preamp.deploy.consent import Consent
    from preamp.deploy.hotswap.state import HotswapState
    from preamp.deploy.target import Target
    from preamp.environment.place import Environment
    from preamp.events import Reporter
    from preamp.outputs.writing import OutputsForm


@dataclass(frozen=True)
class EnvironmentDeployment:
    """How a deployment ended.

    Attributes:
        assembly: What was deployed.
        result: What CloudFormation did.
        files: The files written for frontends, that of the outputs first.
    """

    assembly: CloudAssembly
    result: DeploymentResult
    files: tuple[Path, ...]


def deploy_environment(
    environment: Environment,
    target: Target,
    reporter: Reporter,
    *,
    approval: Approval,
    consent: Consent | None,
    form: OutputsForm,
    directory: Path,
    hotswaps: bool = False,
) -> EnvironmentDeployment:
    """Deploy a project's backend to an account.

    Args:
        environment: Which deployment.
        target: The account.
        reporter: Hears what happens.
        approval: Decides about data that would be lost.
        consent: Decides about permissions; None if nobody need be asked.
        form: In which form the outputs are wanted.
        directory: Where they go.
        hotswaps: Whether changes may be made past CloudFormation.

    Raises:
        UserError: The backend has a mistake, its deployment failed, or another one runs.
    """
    environment.prepare()
    with (
        single_writer(environment.lock_file, Guarded.DEPLOYMENT),
        closing(EnvironmentSynthesis(environment, target, reporter)) as synthesis,
    ):
        assembly = synthesis.run()
        with explained(target):
            hotswap = remembered_hotswaps(assembly, target) if hotswaps else None
        return deploy_assembly(
            assembly,
            target,
            reporter,
            approval=approval,
            consent=consent,
            form=form,
            directory=directory,
            hotswap=hotswap,
        )


def deploy_assembly(
    assembly: CloudAssembly,
    target: Target,
    reporter: Reporter,
    *,
    approval: Approval,
    consent: Consent | None,
    form: OutputsForm,
    directory: Path,
    hotswap: HotswapState | None = None,
) -> EnvironmentDeployment:
    """Deploy what was synthesized for an account, and write the outputs.

    Args:
        assembly: What shall run.
        target: The account.
        reporter: Hears what happens.
        approval: Decides about data that would be lost.
        consent: Decides about permissions; None if nobody need be asked.
        form: In which form the outputs are wanted.
        directory: Where they go.
        hotswap: Of a sandbox: what was changed past CloudFormation.

    Raises:
        UserError: The deployment failed.
    """
    result = deploy(assembly, target, reporter, approval=approval, consent=consent, hotswap=hotswap)
    with explained(target):
        files = _write_outputs(assembly, result, target, form, directory)
    return EnvironmentDeployment(assembly, result, files)


def compare_environment(
    environment: Environment, target: Target, reporter: Reporter, *, drift: bool = False
) -> Foreseen:
    """Tell what a deployment would change.

    Args:
        environment: Which deployment.
        target: The account.
        reporter: Hears of the synthesis.
        drift: Whether to find out, too, what was changed by hand.

    Raises:
        UserError: The backend has a mistake, or the stack allows no update.
    """
    environment.prepare()
    with (
        single_writer(environment.lock_file, Guarded.DEPLOYMENT),
        closing(EnvironmentSynthesis(environment, target, reporter)) as synthesis,
    ):
        return foresee(synthesis.run(), target, reporter, drift=drift)


def destroy_environment(environment: Environment, target: Target, reporter: Reporter) -> bool:
    """Delete a deployment with everything in it.

    The definition is not needed for that, and need not be valid.

    Args:
        environment: Which deployment.
        target: The account.
        reporter: Hears of resources as they go.

    Returns:
        False if there was none.

    Raises:
        UserError: ``StackProtectedError`` or ``DeletionFailedError``.
    """
    known = last_assembly(environment)
    return destroy(
        environment.stack_name,
        target,
        reporter,
        assembly=known,
        bootstrapping=known.bootstrapping if known else STANDARD,
    )


class EnvironmentSynthesis:
    """Synthesizes a definition for an account, again and again if that is wanted.

    Args:
        environment: Which deployment.
        target: The account.
        reporter: Hears what happens.
        synthesizer: Who runs the definition; by default a new process each time.
    """

    def __init__(
        self,
        environment: Environment,
        target: Target,
        reporter: Reporter,
        synthesizer: Synthesizer | None = None,
    ) -> None:
        self._environment = environment
        self._target = target
        self._reporter = reporter
        self._synthesizer = synthesizer or ColdSynthesizer()
        self._checker = CheckFirst()

    def run(self) -> CloudAssembly:
        """Have the assembly written and checked, if the account is prepared and no secret missing.

        Raises:
            UserError: ``BootstrapMissingError``, ``BootstrapOutdatedError``,
                ``SecretNotSetError``, or the backend has a mistake.
        """
        environment = self._environment
        secrets = self._secrets()
        self._checker.prepare()
        produce_assembly(
            environment.project,
            environment.backend_id,
            environment.assembly_directory,
            self._reporter,
            context=secrets.context(),
            synthesizer=self._synthesizer,
        )
        assembly = read_assembly(environment.assembly_directory)
        secrets.require(assembly)
        self._checker.check(assembly, self._reporter)
        return assembly

    def close(self) -> None:
        """Let go of everything."""
        self._synthesizer.close()
        self._checker.close()

    def _secrets(self) -> EnvironmentSecrets:
        with explained(self._target):
            roles = Roles(self._target)
            # Looked at again with what the assembly says; but nobody wants to wait for that.
            require_bootstrap(STANDARD, roles, self._reporter)
            looking = roles.take(STANDARD.lookup_role)
            return EnvironmentSecrets(self._environment.backend_id, looking)


def last_assembly(environment: Environment) -> CloudAssembly | None:
    """Return what was synthesized last for a deployment, from here; None if nothing was.

    Args:
        environment: Which deployment.
    """
    try:
        return read_assembly(environment.assembly_directory)
    except UserError:
        return None


def _write_outputs(
    assembly: CloudAssembly,
    result: DeploymentResult,
    target: Target,
    form: OutputsForm,
    directory: Path,
) -> tuple[Path, ...]:
    looking = Roles(target).take(assembly.bootstrapping.lookup_role).clients
    entries = collect_entries(assembly.stack_name, result.metadata, result.outputs)
    models = partial(read_models, looking.cloudformation, looking.s3, assembly.stack_name)
    document = compose_document(entries, version=form.version, models=models)
    return write_outputs(directory, document, form, cloud=None)
