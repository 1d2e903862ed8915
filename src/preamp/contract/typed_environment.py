"""Where the environment of a function is typed for the editor, and what runs in that one's place.

A handler in Python imports ``env`` from a module of the function's name in a folder beside it, one
in TypeScript from ``$amplify/env/<name>``. What is written there has the names of the variables;
what a bundle holds has not, so that it does not change with them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import PurePath

FOLDER: Final = "amplify_env"
"""The folder beside a Python handler; it keeps itself out of git."""

BUNDLED: Final = '''"""The function's environment. Made by preamp."""

from preamp.runtime.environment import Environment

env = Environment()
'''
"""The module in a bundle."""

NODE_PREFIX: Final = "$amplify/env/"
"""What a TypeScript module of the kind begins with, before the function's name."""

NODE_FOLDER: Final = Path(".amplify", "generated", "env")
"""The folder of the project to which Amplify's ``tsconfig.json`` has that lead."""

LAMBDA_VARIABLES: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT", "LANG", "LD_LIBRARY_PATH",
    "PATH", "TZ", "_HANDLER", "_X_AMZN_TRACE_ID",
)  # fmt: skip
"""What every function has (Lambda, "Defined runtime environment variables")."""


def module_name(function: str) -> str:
    """The name of a function as a Python module's."""
    return re.sub(r"\W", "_", function)


def is_typed_environment(file: PurePath) -> bool:
    """Whether a Python module is the typed environment of a function."""
    return file.parent.name == FOLDER
