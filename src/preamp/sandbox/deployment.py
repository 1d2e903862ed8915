"""Deploys a sandbox once: engine and synthesis side by side, then check, deploy, outputs."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.assembly.lock import Guarded, single_writer
from preamp.assembly.produce import produce_assembly
from preamp.assembly.read import read_assembly
from preamp.check import Validator, raise_on_errors
from preamp.contract.cache import cache_root
from preamp.contract.node import node_binary
from preamp.deploy.apply import deploy
from preamp.deploy.target import Credentials, Target
from preamp.engine.environment import ensure_environment
from preamp.engine.node_sdk.installation import ensure_node_sdk, needs_node_sdk
from preamp.engine.process import EngineProcess
from preamp.events import StageFinished, StageStarted
from preamp.lambda_host.preparation import prepare_python
from preamp.outputs.document import compose_document
from preamp.outputs.entries import collect_entries
from preamp.outputs.file import write_outputs

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.deploy.apply import DeploymentResult
    from preamp.engine.protocol import EngineConnection
    from preamp.events import Reporter
    from preamp.sandbox.place import SandboxPlace

_POLL_SECONDS: Final = 0.02
_FUNCTION: Final = "AWS::Lambda::Function"


@dataclass(frozen=True)
class SandboxDeployment:
    """How a deployment of a sandbox ended.

    Attributes:
        connection: The engine it runs on.
        assembly: What was deployed.
        result: What CloudFormation did.
    """

    connection: EngineConnection
    assembly: CloudAssembly
    result: DeploymentResult


def deploy_once(place: SandboxPlace, reporter: Reporter, *, port: int | None) -> SandboxDeployment:
    """Make a sandbox what its definition says.

    Args:
        place: Which sandbox.
        reporter: Hears what happens.
        port: The engine's port if it has to be started; None for any free one.

    Raises:
        UserError: The backend has a mistake, its deployment failed, or another one runs.
    """
    place.prepare()
    checking = Validator(node=node_binary(), cache=cache_root() / "check")
    with single_writer(place.lock_file, Guarded.DEPLOYMENT), checking as validator:
        # Before the two that run side by side: it has a stage of its own to show.
        ensure_environment(reporter)
        backend_folder = (place.project.directory / place.project.backend_file).parent
        if _edited_since(place.assembly_directory, backend_folder):
            validator.prepare()
        with ThreadPoolExecutor(max_workers=1) as beside:
            starting = beside.submit(_start, place, reporter, port)
            produce_assembly(
                place.project,
                place.backend_id,
                place.assembly_directory,
                reporter,
                local=True,
            )
            connection, target = starting.result()
        assembly = read_assembly(place.assembly_directory)
        _check(assembly, validator, reporter)
        _prepare_runtimes(assembly, reporter)
        result = deploy(assembly, target, reporter)
        entries = collect_entries(assembly.stack_name, result.metadata, result.outputs)
        write_outputs(place.outputs_file.parent, compose_document(entries))
        shutil.copy2(place.outputs_file, place.outputs_record)
    return SandboxDeployment(connection, assembly, result)


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


def _start(
    place: SandboxPlace, reporter: Reporter, port: int | None
) -> tuple[EngineConnection, Target]:
    """The running engine, and its clients in the making: that takes 0.2 s the synthesis hides."""
    connection = EngineProcess(place.engine_directory, port=port, reporter=reporter).start()
    target = local_target(connection)
    target.clients.preload()
    return connection, target


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


def _check(assembly: CloudAssembly, validator: Validator, reporter: Reporter) -> None:
    reporter.report(StageStarted("check"))
    started = time.monotonic()
    raise_on_errors(validator.check(assembly))
    reporter.report(StageFinished("check", time.monotonic() - started))
