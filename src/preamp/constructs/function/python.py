"""A function of `define_function` whose handler is a Python file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from preamp.constructs.python_function import PythonFunction

if TYPE_CHECKING:
    from typing import Unpack

    from constructs import Construct

    from preamp.bundling.environment_uses import EnvironmentUse
    from preamp.constructs.function_options import HandlerOptions
    from preamp.definition.function import Handler


class HandlerFunction(PythonFunction):
    """A `PythonFunction` whose environment may be typed."""

    def __init__(
        self,
        scope: Construct,
        handler: Handler,
        *,
        environments: tuple[str, ...],
        **options: Unpack[HandlerOptions],
    ) -> None:
        """Make the function.

        Args:
            scope: Its stack.
            handler: Its handler.
            environments: The typed environments that its code may import.
            options: Everything else that a function takes.

        Raises:
            UserError: It cannot be bundled.
        """
        self._environments = environments
        super().__init__(
            scope,
            f"{handler.name}-lambda",
            entry=handler.entry,
            runtime=lambda_.Runtime(handler.runtime, lambda_.RuntimeFamily.PYTHON),
            **options,
        )

    @property
    def typed_environments(self) -> frozenset[str]:
        """The typed environments that its code imports."""
        return self._bundled.environments

    @property
    def environment_uses(self) -> tuple[EnvironmentUse, ...]:
        """The variables that its code reads off them."""
        return self._bundled.uses
