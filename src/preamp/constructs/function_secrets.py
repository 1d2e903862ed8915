"""Secrets as environment variables of a function.

As in the official library: the template says where a value is, never what it is. The function
itself gets it, with `preamp.runtime.secrets` or what else its runtime has for that.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from preamp.constructs.secret_context import last_change, owner_of_secrets
from preamp.contract.secret_variables import (
    CONFIG_VARIABLE,
    PATH,
    PLACEHOLDER,
    RENEWAL_VARIABLE,
    SHARED_PATH,
)
from preamp.definition.backend import SYNTHESIS
from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_

    from preamp.contract.site import Site
    from preamp.definition.secret import Secret


class FunctionSecrets:
    """The secrets of one function.

    Args:
        function: Any function; getting the values is left to its code.
    """

    def __init__(self, function: lambda_.Function) -> None:
        self._function = function
        self._paths: dict[str, dict[str, str]] = {}
        self._names: set[str] = set()
        self._statement: iam.PolicyStatement | None = None

    def add(self, secrets: Mapping[str, Secret], site: Site | None) -> None:
        """Let environment variables hold secrets.

        Args:
            secrets: The secrets by the names of their variables.
            site: The line that asks for it.

        Raises:
            UserError: ``SecretOutsideBackendError``.
        """
        owner = owner_of_secrets(self._function, site)
        synthesis = SYNTHESIS.get()
        for variable, each in secrets.items():
            paths = owner.secret_paths(each.name)
            if synthesis:
                synthesis.secrets.note(each, site)
            self._hold(variable, {PATH: paths.own, SHARED_PATH: paths.shared})
            if each.name not in self._names:
                self._names.add(each.name)
                self._allow(paths.own, paths.shared)
        self._announce()
        changed = last_change(self._function, self._names)
        if changed:
            self._function.add_environment(RENEWAL_VARIABLE, str(changed))

    def add_secret(self, key: str, value: Secret) -> None:
        """Let one environment variable hold a secret.

        Args:
            key: The variable.
            value: The secret.

        Raises:
            UserError: ``SecretOutsideBackendError``.
        """
        self.add({key: value}, calling_site())

    def add_parameter(self, key: str, path: str) -> None:
        """Let an environment variable hold the value of a parameter that is no secret.

        Args:
            key: The variable.
            path: The parameter's path.
        """
        self._hold(key, {PATH: path})
        self._allow(path)
        self._announce()

    def _hold(self, variable: str, paths: dict[str, str]) -> None:
        self._function.add_environment(variable, PLACEHOLDER)
        self._paths[variable] = paths

    def _announce(self) -> None:
        config = json.dumps(self._paths, separators=(",", ":"))
        self._function.add_environment(CONFIG_VARIABLE, config)

    def _allow(self, *paths: str) -> None:
        resources = [parameter_arn(path) for path in paths]
        if self._statement:
            self._statement.add_resources(*resources)
            return
        self._statement = iam.PolicyStatement(actions=["ssm:GetParameters"], resources=resources)
        self._function.add_to_role_policy(self._statement)


def parameter_arn(path: str) -> str:
    """The ARN of a parameter of the stack's own account and region."""
    return f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:parameter{path}"
