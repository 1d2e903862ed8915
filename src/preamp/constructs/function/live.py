"""A function of a backend, once it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from preamp.constructs.function_secrets import FunctionSecrets
from preamp.constructs.python_function import PythonFunction
from preamp.definition.built import FunctionCfnResources, FunctionResources
from preamp.definition.environment import check_environment
from preamp.definition.secret import Secret
from preamp.definition.site import calling_site
from preamp.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack
    from aws_cdk import aws_iam as iam


class LiveFunction:
    """What `define_function` is built to; see `BuiltFunction`.

    Attributes:
        resources: The constructs.
    """

    def __init__(self, function: lambda_.Function) -> None:
        resource = function.node.default_child
        if not isinstance(resource, lambda_.CfnFunction):
            raise Fault("FunctionResourceFault", f"{function.node.path} has no function resource")
        self.resources = FunctionResources(function, FunctionCfnResources(resource))
        # A Python function brings what resolves them; others may do so themselves.
        self._holder = (
            function if isinstance(function, PythonFunction) else FunctionSecrets(function)
        )

    @property
    def stack(self) -> Stack:
        """The stack of its resource group."""
        return self.resources.lambda_.stack

    def add_environment(self, key: str, value: str | Secret) -> None:
        """Give it an environment variable; see `BuiltFunction.add_environment`."""
        check_environment({key: value}, calling_site())
        self.add_variables({key: value})

    def add_variables(self, variables: Mapping[str, str | Secret]) -> None:
        """Give it environment variables that are known to be good."""
        for key, value in variables.items():
            if isinstance(value, Secret):
                self._holder.add_secret(key, value)
            else:
                self.resources.lambda_.add_environment(key, value)

    def add_parameter(self, key: str, path: str) -> None:
        """Let a variable hold a parameter's value; see `BuiltFunction.add_parameter`."""
        self._holder.add_parameter(key, path)

    def accept(self, policy: iam.Policy, parameters: Mapping[str, str]) -> None:
        """Give it access to another resource; see `BuiltFunction.accept`."""
        role = self.resources.lambda_.role
        if role is None:
            site = calling_site()
            raise UserError(
                "FunctionWithoutRoleError",
                f"the function {self.resources.lambda_.node.path} has no role",
                "give it a role where it is made",
                sites=[site] if site else [],
            )
        policy.attach_to_role(role)
        for key, path in parameters.items():
            self.add_parameter(key, path)
