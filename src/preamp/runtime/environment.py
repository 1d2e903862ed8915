"""The environment of a function as an object: a variable is an attribute.

What a function's own module adds to it are the names of its variables, for the editor and for type
checkers. At run time a variable that is not there is an error that says so.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING


class Environment:
    """What every function on Lambda finds in its environment.

    Lambda, "Defined runtime environment variables".
    """

    AWS_ACCESS_KEY_ID: str
    AWS_DEFAULT_REGION: str
    AWS_EXECUTION_ENV: str
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: str
    AWS_LAMBDA_FUNCTION_NAME: str
    AWS_LAMBDA_FUNCTION_VERSION: str
    AWS_LAMBDA_INITIALIZATION_TYPE: str
    AWS_LAMBDA_LOG_GROUP_NAME: str
    AWS_LAMBDA_LOG_STREAM_NAME: str
    AWS_LAMBDA_RUNTIME_API: str
    AWS_REGION: str
    AWS_SECRET_ACCESS_KEY: str
    AWS_SESSION_TOKEN: str
    AWS_XRAY_CONTEXT_MISSING: str
    AWS_XRAY_DAEMON_ADDRESS: str
    LAMBDA_RUNTIME_DIR: str
    LAMBDA_TASK_ROOT: str
    LANG: str
    LD_LIBRARY_PATH: str
    PATH: str
    TZ: str
    _HANDLER: str
    _X_AMZN_TRACE_ID: str

    if not TYPE_CHECKING:  # which would take any name for one that is there

        def __getattr__(self, name: str) -> str:
            """Look a variable up in the process's environment."""
            try:
                return os.environ[name]
            except KeyError:
                raise AttributeError(_not_there(name)) from None

    def __repr__(self) -> str:
        """Without the values, some of which are secrets."""
        return f"<the environment of {os.environ.get('AWS_LAMBDA_FUNCTION_NAME', 'this process')}>"


def _not_there(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(os.environ), n=1)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    return f"the function has no environment variable {name!r}{guess}"
