"""Lets a function of the sandbox be debugged: what it needs, and where to attach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from preamp.contract.interpreters import is_python
from preamp.errors import UserError
from preamp.lambda_host.preparation import prepare_debugger

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from preamp.engine.client import EngineClient
    from preamp.events import Reporter
    from preamp.sandbox.functions import DeployedFunction

Language = Literal["python", "node"]
_FIRST_PORTS: Final[dict[Language, int]] = {"python": 5678, "node": 9229}
"""What debuggers look at unless told otherwise."""


@dataclass(frozen=True)
class Attachment:
    """Where to attach a debugger to a function.

    Attributes:
        path: The function's construct path.
        language: Which debugger it takes.
        port: The port, on the loopback address.
    """

    path: str
    language: Language
    port: int


def debug(
    function: DeployedFunction, client: LambdaClient, engine: EngineClient, reporter: Reporter
) -> Attachment:
    """Let a function's next environment wait for a debugger.

    Args:
        function: The function.
        client: Lambda's client.
        engine: Runs it.
        reporter: Hears of the debugger's installation.

    Raises:
        UserError: ``UndebuggableRuntimeError``, ``DebuggerInstallationError`` or
            ``DebugPortError``.
    """
    found = client.get_function_configuration(FunctionName=function.name)
    runtime = str(found.get("Runtime", "a container image"))
    language = _language_of(runtime, function)
    library = prepare_debugger(runtime, reporter) if language == "python" else None
    port = engine.debug(function.name, _FIRST_PORTS[language], library)
    return Attachment(function.path, language, port)


def _language_of(runtime: str, function: DeployedFunction) -> Language:
    if is_python(runtime):
        return "python"
    if runtime.startswith("nodejs"):
        return "node"
    raise UserError(
        "UndebuggableRuntimeError",
        f"{function.path} cannot be debugged: its runtime is {runtime}",
        "functions in Python and Node.js can be debugged",
    )
