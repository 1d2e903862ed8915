"""From what a handler declares to an installed tree, for Lambda or for this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.bundling.interpreter import inspect_interpreter
from preamp.bundling.job import Job, Target
from preamp.bundling.lock import lock_for_lambda, lock_for_local
from preamp.bundling.request import LocalDestination
from preamp.bundling.tree import install
from preamp.bundling.uv import own_interpreter

if TYPE_CHECKING:
    from preamp.bundling.declaration import Dependencies
    from preamp.bundling.interpreter import Interpreter
    from preamp.bundling.request import BundleRequest
    from preamp.bundling.store import Store
    from preamp.bundling.tree import Tree
    from preamp.events import Reporter


def install_declared(
    declared: Dependencies, request: BundleRequest, store: Store, reporter: Reporter
) -> tuple[Tree | None, tuple[str, ...]]:
    """Choose versions and install them, each only if that was not done before.

    Versions are chosen for Lambda first, for a local destination too: what cannot be deployed fails
    before it is tried.

    Returns:
        The tree, None if nothing has to be installed; and the chosen versions.

    Raises:
        UserError: The dependencies cannot be had.
    """
    job = Job(declared, request, store, reporter)
    target = lambda_target(request)
    lock = lock_for_lambda(target, job)
    if isinstance(request.destination, LocalDestination):
        python = inspect_interpreter(request.destination.python, request, store)
        target = local_target(python)
        lock = lock_for_local(lock, target, job)
    return (install(lock, target, job) if lock.pins else None), lock.pins


def lambda_target(request: BundleRequest) -> Target:
    """The Lambda runtime; nothing can be built for it here, so wheels only."""
    version = ".".join(map(str, request.python_version))
    platform = request.wheel_platform
    arguments = (
        f"--python={own_interpreter()}",
        f"--python-version={version}",
        f"--python-platform={platform}",
        "--only-binary=:all:",
    )
    title = f"Lambda ({request.runtime}, {request.architecture})"
    return Target(arguments, f"{version} {platform}", title)


def local_target(interpreter: Interpreter) -> Target:
    """The interpreter that runs functions on this machine; what has no wheel for it is built."""
    title = f"the Python {interpreter.version} that runs functions on this machine"
    return Target((f"--python={interpreter.path}",), interpreter.identity, title)
