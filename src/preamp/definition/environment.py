"""Which environment variables a function may be given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.secret_variables import CONFIG_VARIABLE
from preamp.definition.secret import Secret
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.site import Site

_KEY: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_RESERVED: Final = re.compile(
    rf"{CONFIG_VARIABLE}|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_\w+"
    r"|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN"
    r"|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR"
)
"""What preamp, as Amplify, and Lambda set themselves (Lambda, "Defined runtime environment
variables")."""


def check_environment(environment: Mapping[Any, object], site: Site | None) -> None:
    """Refuse variables that a function cannot have.

    Args:
        environment: Variables and their values.
        site: The user's line.

    Raises:
        UserError: ``InvalidEnvironmentKeyError``, ``FunctionReservedEnvironmentVariableError`` or
            ``InvalidFunctionConfigurationError``.
    """
    sites = [site] if site else []
    for key, value in environment.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise UserError(
                "InvalidEnvironmentKeyError",
                f"a function cannot have an environment variable {key!r}",
                "use two or more letters, digits and underscores, and start with a letter",
                sites=sites,
            )
        if _RESERVED.fullmatch(key) and key != "AWS_LAMBDA_EXEC_WRAPPER":
            raise UserError(
                "FunctionReservedEnvironmentVariableError",
                f"the environment variable {key!r} is set by the platform",
                "give the variable another name",
                sites=sites,
            )
        if not isinstance(value, str | Secret):
            raise UserError(
                "InvalidFunctionConfigurationError",
                f"the environment variable {key!r} is {value!r}, neither text nor a secret",
                'give text, such as str(5), or secret("NAME")',
                sites=sites,
            )
