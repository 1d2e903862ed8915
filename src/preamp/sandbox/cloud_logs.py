"""Reads what the functions of a backend at AWS logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.deploy.bootstrapping import STANDARD
from preamp.deploy.failure import explained
from preamp.deploy.roles import Roles
from preamp.environment.functions import environment_functions
from preamp.sandbox.functions import DeployedFunction, find_function
from preamp.sandbox.logs import LogReader

if TYPE_CHECKING:
    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.target import Target

_PAUSE_SECONDS: Final = 2.0
# CloudWatch Logs answers five such requests a second, to all who ask for an account.
_SECONDS_FOR_ONE: Final = 0.4


def cloud_logs(
    stack_name: str,
    target: Target,
    assembly: CloudAssembly | None,
    path: str | None,
    *,
    since: int,
) -> LogReader:
    """Reads what one function logs, or all of them.

    Args:
        stack_name: Name or ARN of the backend's root stack.
        target: The account.
        assembly: What was deployed last from here, if anything.
        path: The function's construct path; None for all.
        since: Milliseconds since the epoch; older lines are left out.

    Raises:
        UserError: ``StackMissingError``, or ``FunctionNotFoundError``.
    """
    with explained(target):
        looking = Roles(target).take(STANDARD.lookup_role)
        found = environment_functions(stack_name, looking, assembly)
        functions = [DeployedFunction(one.path, one.name) for one in found]
        chosen = functions if path is None else [find_function(path, functions)]
        clients = looking.clients.client("lambda"), looking.clients.client("logs")
        pause = max(_PAUSE_SECONDS, len(chosen) * _SECONDS_FOR_ONE)
        return LogReader(chosen, *clients, since=since, pause=pause)
