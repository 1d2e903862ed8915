"""What definitions are built to: the constructs of `backend.<name>` and `backend[definition]`.

Types alone; who builds them is known elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack, aws_iam, aws_lambda

    from preamp.definition.secret import Secret


@dataclass(frozen=True)
class FunctionCfnResources:
    """The CloudFormation resources of a function.

    Attributes:
        cfn_function: The function itself.
    """

    cfn_function: aws_lambda.CfnFunction


@dataclass(frozen=True)
class FunctionResources:
    """The constructs of a function.

    Attributes:
        lambda_: The function.
        cfn_resources: What CloudFormation gets, for properties that the constructs do not have.
    """

    lambda_: aws_lambda.Function
    cfn_resources: FunctionCfnResources


class BuiltFunction(Protocol):
    """A function of a backend."""

    @property
    def resources(self) -> FunctionResources:
        """Its constructs."""

    @property
    def stack(self) -> Stack:
        """The stack of its resource group."""

    def add_environment(self, key: str, value: str | Secret) -> None:
        """Give the function an environment variable.

        Amplify Gen 2, "Environment variables and secrets".

        Args:
            key: The variable.
            value: Text, which may be a token, or a secret.

        Raises:
            UserError: ``InvalidEnvironmentKeyError``, ``InvalidFunctionConfigurationError`` or
                ``FunctionReservedEnvironmentVariableError``.
        """

    def add_parameter(self, key: str, path: str) -> None:
        """Give the function an environment variable that holds a parameter's value.

        The function reads the parameter from Systems Manager when it is initialized, and may.

        Args:
            key: The variable.
            path: The parameter's path.
        """

    def accept(self, policy: aws_iam.Policy, parameters: Mapping[str, str]) -> None:
        """Give the function access to another resource.

        Args:
            policy: What it may do; a policy of the other resource's stack, so that this one need
                not know that stack.
            parameters: Paths of parameters that tell of the resource, by the variables that hold
                their values.

        Raises:
            UserError: ``FunctionWithoutRoleError``.
        """
